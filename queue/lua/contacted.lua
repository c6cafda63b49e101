-- contacted.lua: note that the desk has informed a ticket's patient of what a change of
-- the record took from its session (連絡済み).
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> name of the cut that the desk has seen
-- ARGV[14] -> name of the ticket's cut: the record's rev keeps it true, and the next one
-- ARGV[15] -> the sessions that have all that the cut took, each between commas; "any": every one has
-- ARGV[16] -> the consultations of the sessions as JSON: of each, its first and past-last millisecond
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'booked', 'waiting', 'absent', 'held')
if not t then return was end
local whole = ARGV[15] == 'any' or string.find(ARGV[15], ',' .. (t.sess or '') .. ',', 1, true)
if t.slot then -- a cut of its slot lasts until the record has the slot again
  local now = cjson.decode(ARGV[16])[t.sess]
  whole = ARGV[15] == 'any' or ARGV[14] == 'closed' and now and now[1] <= t.sfrom and now[2] >= t.sto
end
if ARGV[13] ~= ARGV[14] or whole then return refuse('ticket_changed') end
next_version()
t.told = ARGV[13]
return done(change(was, t, 'contacted'))

-- contacted.lua: note that the desk has informed a ticket's patient of what a change of
-- the record took from its session (連絡済み).
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> name of the cut that the desk has seen
-- ARGV[14] -> name of the ticket's cut: the record's rev keeps it true, and the next one
-- ARGV[15] -> the sessions that have all that the cut took, each between commas; "any": every one has
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'booked', 'waiting', 'absent', 'held')
if not t then return was end
local whole = ARGV[15] == 'any' or string.find(ARGV[15], ',' .. (t.sess or '') .. ',', 1, true)
if ARGV[13] ~= ARGV[14] or whole then return refuse('ticket_changed') end
next_version()
t.told = ARGV[13]
return done(change(was, t, 'contacted'))

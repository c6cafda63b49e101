-- contacted.lua: note that the desk has told a ticket's patient what a change of the
-- record took from its session (連絡済み, U3).
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> name of the cut that the desk has seen
-- ARGV[14] -> name of the ticket's cut: the record's rev keeps it true
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'booked', 'waiting', 'absent', 'held')
if not t then return was end
if ARGV[13] ~= ARGV[14] then return refuse('ticket_changed') end
bump()
t.told = ARGV[13]
change(was, t, 'contacted')
return done(cjson.encode(t))

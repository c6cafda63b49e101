-- finish.lua: the visit is over (完了); the room is free.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> "1": nothing is learned from its times
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'called', 'in_service')
if not t then return was end
next_version()
return done(finish(t, ARGV[13] == '1'))

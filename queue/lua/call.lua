-- call.lua: call one waiting ticket to a room, out of its order.
--
-- ARGV[11] -> ticket id
-- ARGV[12] -> room
--
-- Result: the ticket. Refuses ticket_unknown, state_forbids.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[11], 'waiting')
if not t then return was end
return call(t, ARGV[12])

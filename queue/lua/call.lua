-- call.lua: call one waiting ticket to a room, out of its order. Where the
-- patient is does not matter.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> room
-- ARGV[14] -> the services that the room serves, each between commas
--
-- Result: the ticket. Refuses room_off_duty, room_changed, ticket_unknown,
-- ticket_changed, state_forbids, service_unknown, room_unknown (it does not serve the line of the ticket).
local stop = begin('room:' .. ARGV[13])
if stop then return stop end

if off_duty(desk[2]) then return refuse('room_off_duty') end
local inside = redis.call('HGET', ROOMS, ARGV[13])
if room_changed(inside) then return refuse('room_changed') end
local t, was = object(ARGV[12], 'waiting')
if not t then return was end
if not string.find(ARGV[14], ',' .. line_of(t) .. ',', 1, true) then return refuse('room_unknown') end
return call(t, ARGV[13], inside)

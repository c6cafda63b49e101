-- finish.lua: the visit is over (完了); the room is free.
--
-- ARGV[12] -> ticket id
--
-- Result: the ticket. Refuses ticket_unknown, state_forbids.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'called', 'in_service')
if not t then return was end
bump()
finish(t)
return done(cjson.encode(t))

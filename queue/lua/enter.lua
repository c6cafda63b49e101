-- enter.lua: the called patient is in the room (入室, 診察中).
--
-- ARGV[11] -> ticket id
--
-- Result: the ticket. Refuses ticket_unknown, state_forbids.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[11], 'called')
if not t then return was end
bump()
t.s, t.entered = 'in_service', now
change(was, t, 'enter')
return done(cjson.encode(t))

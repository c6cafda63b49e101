-- enter.lua: the called patient is in the room (入室, 診察中).
--
-- ARGV[12] -> ticket id
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'called')
if not t then return was end
next_version()
t.s, t.entered, t.pres = 'in_service', now, 'here'
return done(change(was, t, 'enter'))

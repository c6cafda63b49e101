-- hold.lua: set a ticket aside (保留): not counted, not called. It keeps its position.
--
-- ARGV[12] -> ticket id
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'waiting', 'called')
if not t then return was end
next_version()
t.s = 'held'
return done(change(was, t, 'hold'))

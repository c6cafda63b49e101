-- return.lua: an absent or held patient is here again (戻り): waiting at the
-- ticket's place. After an absence that cost the place the ticket is marked (↓).
--
-- ARGV[12] -> ticket id
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'absent', 'held')
if not t then return was end
next_version(line_of(t) .. ':calls')
come_back(t)
t.pres = 'here'
return done(change(was, t, 'return'))

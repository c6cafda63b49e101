-- recall.lua: call a called ticket once more (再呼出): attempt + 1, announced again.
--
-- ARGV[12] -> ticket id
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'called')
if not t then return was end
next_version()
t.called, t.seq, t.attempt = now, version, t.attempt + 1
return done(change(was, t, 'recall'))

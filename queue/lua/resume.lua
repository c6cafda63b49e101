-- resume.lua: a held ticket waits again at its position (保留解除); after an exam
-- behind the next few (再診察).
--
-- ARGV[12] -> ticket id
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'held')
if not t then return was end
next_version()
come_back(t)
return done(change(was, t, 'resume'))

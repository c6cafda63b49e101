-- resume.lua: a held ticket waits again at its place (保留解除).
--
-- ARGV[11] -> ticket id
--
-- Result: the ticket. Refuses ticket_unknown, state_forbids.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[11], 'held')
if not t then return was end
bump()
t.s = 'waiting'
change(was, t, 'resume')
return done(cjson.encode(t))

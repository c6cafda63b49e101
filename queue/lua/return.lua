-- return.lua: an absent or held patient is here again (戻り): waiting at the
-- ticket's place. After an absence the ticket is marked (↓).
--
-- ARGV[11] -> ticket id
--
-- Result: the ticket. Refuses ticket_unknown, state_forbids.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[11], 'absent', 'held')
if not t then return was end
bump()
if t.s == 'absent' then t.back = true end
t.s = 'waiting'
change(was, t, 'return')
return done(cjson.encode(t))

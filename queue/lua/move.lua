-- move.lua: put a ticket behind the first N waiting, and announce the reason to the
-- public (順番が前後します, A15).
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> N; more than there are: the end
-- ARGV[14] -> reason: "exam", "urgent" or "desk"
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'waiting', 'absent', 'held')
if not t then return was end
next_version()
leave(t)
t.s = 'waiting'
if line_slot(t) then
  local slot
  t.pos, slot = among(line_of(t), tonumber(ARGV[13]), t)
  stand(t, slot)
else
  t.pos = positions().ahead(line_of(t), tonumber(ARGV[13]))
end
t.why, t.moved = ARGV[14], version
t.front, t.grace, t.park, t.cool, t.back = nil
announce(line_of(t), ARGV[14])
return done(change(was, t, 'move'))

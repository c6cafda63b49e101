-- readmit.lua: the desk takes a lost ticket in again at its old position. A booking
-- that had no number yet gets one.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> numbering that the record has now, see prelude/numbers.lua
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'lost')
if not t then return was end
next_version()
if not t.n and not t.slot then
  local numbers = numbers()
  local number = numbers.find(service_of(t), ARGV[13], {override = true}, t.ch == 'web', t.sess or '')
  numbers.take(service_of(t), ARGV[13], number, string.sub(t.pos, 1, 2) * 1000000)
  t.n = number.n
end
t.s = (t.n or not t.slot) and 'waiting' or 'booked'
return done(change(was, t, 'readmit'))

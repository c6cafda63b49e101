-- persons.lua: forget persons of slot mode whose bookings are over, unless they have
-- booked again since. It is no act of the line, and comes without the prelude.
--
-- KEYS[1] -> junban:{c}:persons  hash
-- ARGV -> field and value in turn: a field that has another value stays
--
-- Returns {"ok"}
for i = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then redis.call('HDEL', KEYS[1], ARGV[i]) end
end
return {'ok'}

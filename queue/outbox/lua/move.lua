-- move.lua: move the wants of a ticket to the one that replaced it on another day.
--
-- KEYS[1] … KEYS[5] -> those of wants.lua, of the former ticket
-- KEYS[6] -> junban:{c}:<day>:wants  hash, of the other ticket
-- ARGV[1], ARGV[2] -> both tickets
-- ARGV[3] -> millisecond at which the wants of the other day expire
-- ARGV[4] -> clinic
-- ARGV[5] -> the other day
--
-- Returns {"ok"}
local WANTS, JOBS, INDEX, DUE, CHECKS, TO = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local list = redis.call('HGET', WANTS, ARGV[1])
if list then
  if redis.call('HSETNX', TO, ARGV[2], list) == 1 then
    redis.call('PEXPIREAT', TO, ARGV[3])
    wake(CHECKS, ARGV[5], ARGV[4])
  end
  redis.call('HDEL', WANTS, ARGV[1])
  void_address(JOBS, INDEX, DUE, ARGV[1], function() return true end, 'moved')
end
return {'ok'}

-- seen.lua: note that a login was seen, unless it was changed or has ended since it was read.
--
-- KEYS[1] -> junban:{c}:sessions hash  token hash -> JSON
-- ARGV[1] -> token hash
-- ARGV[2] -> the login as it was read
-- ARGV[3] -> the login as it is
if redis.call('HGET', KEYS[1], ARGV[1]) == ARGV[2] then redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 'ok'

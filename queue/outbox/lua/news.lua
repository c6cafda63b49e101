-- news.lua: write or withdraw news.
--
-- KEYS[1] -> junban:{c}:news  hash
-- ARGV[1] -> put | withdraw
-- ARGV[2] -> id
-- ARGV[3] -> of put, JSON
-- ARGV[4] -> clinic
-- the others -> ids of old news, which are removed
--
-- Returns {"ok"} | {"none"}: there is no such news
if ARGV[1] == 'put' then
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
elseif redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 then
  return {'none'}
else
  local clock = redis.call('TIME')
  redis.call('HSETNX', KEYS[1], ARGV[2] .. ':withdrawn', clock[1] * 1000 + math.floor(clock[2] / 1000))
end
for i = 5, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i], ARGV[i] .. ':withdrawn') end
redis.call('PUBLISH', 'junban:notify', ARGV[4])
return {'ok'}

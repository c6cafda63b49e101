-- news.lua: write or withdraw news.
--
-- KEYS[1] -> junban:{c}:news    hash
-- KEYS[2] -> junban:{c}:checks  zset
-- ARGV[1] -> put | withdraw
-- ARGV[2] -> id
-- ARGV[3] -> of put, JSON
-- ARGV[4] -> clinic
-- ARGV[5] -> of put, the box whose jobs are to be made; "": all are
-- the others -> ids of old news, which are removed
--
-- Returns {"ok"} | {"none"}: there is no such news
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if ARGV[1] == 'put' then
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
  if ARGV[5] == '' then
    redis.call('ZREM', KEYS[2], 'news-' .. ARGV[2])
  else
    redis.call('ZADD', KEYS[2], now, ARGV[5])
  end
elseif redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 then
  return {'none'}
else
  redis.call('HSETNX', KEYS[1], ARGV[2] .. ':withdrawn', now)
end
for i = 6, #ARGV do
  redis.call('HDEL', KEYS[1], ARGV[i], ARGV[i] .. ':withdrawn')
  redis.call('ZREM', KEYS[2], 'news-' .. ARGV[i])
end
redis.call('PUBLISH', 'junban:notify', ARGV[4])
return {'ok'}

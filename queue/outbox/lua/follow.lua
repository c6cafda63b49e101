-- follow.lua: add a follower, or replace the one of the same address.
--
-- KEYS[1] -> junban:{c}:followers        hash
-- KEYS[2] -> junban:{c}:follower-counts  hash
-- ARGV[1] -> hash of the address
-- ARGV[2] -> JSON; "" removes the follower
-- ARGV[3] -> how many there may be
--
-- Returns {"ok"} | {"full"}
local old = redis.call('HGET', KEYS[1], ARGV[1])
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
elseif not old and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then
  return {'full'}
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('HINCRBY', KEYS[2], cjson.decode(ARGV[2]).channel, 1)
end
if old then redis.call('HINCRBY', KEYS[2], cjson.decode(old).channel, -1) end
return {'ok'}

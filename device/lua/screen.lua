-- screen.lua: which screen of the waiting room it is, and that it was seen.
--
-- KEYS[1] -> junban:{c}:screens hash  token hash -> JSON
-- ARGV[1] -> token hash
-- ARGV[2] -> after how many milliseconds the time it was seen is written again
--
-- Returns {"ok", JSON} | {"none"}
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if not kept then return {'none'} end
local screen = cjson.decode(kept)
if now - screen.seen >= tonumber(ARGV[2]) then
  screen.seen = now
  kept = cjson.encode(screen)
  redis.call('HSET', KEYS[1], ARGV[1], kept)
end
return {'ok', kept}

-- login.lua: which user has a login, and that it was seen.
--
-- KEYS[1] -> junban:{c}:sessions hash  token hash -> JSON
-- KEYS[2] -> junban:{c}:users    hash  name -> JSON
-- ARGV[1] -> token hash
-- ARGV[2] -> after how many milliseconds the time it was seen is written again
--
-- Returns {"ok", user, role} | {"none"}
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if not kept then return {'none'} end
local opened = cjson.decode(kept)
local account = redis.call('HGET', KEYS[2], opened.user)
-- After the first login a user is a JSON object, also one created before roles existed.
if not account or string.sub(account, 1, 1) ~= '{' then return {'none'} end
account = cjson.decode(account)
if account.mark ~= opened.mark or opened.ends <= now then return {'none'} end
if now - opened.seen >= tonumber(ARGV[2]) then
  opened.seen = now
  redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(opened))
end
return {'ok', opened.user, account.role}

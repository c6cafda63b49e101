-- session.lua: whose session of the desk it is, and that it was seen. It is no act
-- of the line: nothing is logged, nobody is poked.
--
-- KEYS[1] -> junban:{c}:sessions hash  token hash -> JSON
-- KEYS[2] -> junban:{c}:users    hash  name -> JSON
-- ARGV[1] -> token hash
-- ARGV[2] -> after how many milliseconds the time it was seen is written again
--
-- Returns {"ok", user, role} | {"none"}
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if not kept then return {'none'} end
local opened = cjson.decode(kept)
local account = redis.call('HGET', KEYS[2], opened.user)
-- Who has a session has logged in, and that makes an old account a JSON object.
if not account or string.sub(account, 1, 1) ~= '{' then return {'none'} end
account = cjson.decode(account)
if account.mark ~= opened.mark or opened.ends <= now then return {'none'} end
if now - opened.seen >= tonumber(ARGV[2]) then
  opened.seen = now
  redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(opened))
end
return {'ok', opened.user, account.role}

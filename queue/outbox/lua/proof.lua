-- proof.lua: compare a code with that of a proof, and count the wrong ones.
--
-- KEYS[1] -> junban:{c}:proof:<id>  hash
-- ARGV[1] -> hash of the code
-- ARGV[2] -> how often it may be wrong
--
-- Returns {"ok", address} | {"over"} | {"tries"} | {"wrong"}
local proof = redis.call('HMGET', KEYS[1], 'code', 'address', 'tries')
if not proof[1] then return {'over'} end
if (tonumber(proof[3] or nil) or 0) >= tonumber(ARGV[2]) then return {'tries'} end
if proof[1] ~= ARGV[1] then
  redis.call('HINCRBY', KEYS[1], 'tries', 1)
  return {'wrong'}
end
return {'ok', proof[2]}

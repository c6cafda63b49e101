-- own.lua: become or stay the owner of a clinic's outbox.
--
-- KEYS[1] -> junban:{c}:notify:owner  string
-- ARGV[1] -> node
-- ARGV[2] -> milliseconds; 0: release it
--
-- Returns 1 if the node is the owner
local owner = redis.call('GET', KEYS[1])
if ARGV[2] == '0' then
  if owner == ARGV[1] then redis.call('DEL', KEYS[1]) end
  return 0
end
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1

-- wants.lua: replace the wants of a ticket.
--
-- KEYS[1] -> junban:{c}:<day>:wants    hash
-- KEYS[2] -> junban:{c}:<day>:jobs     hash
-- KEYS[3] -> junban:{c}:<day>:jobs-of  hash
-- KEYS[4] -> junban:{c}:due            zset
-- KEYS[5] -> junban:{c}:checks         zset
-- ARGV[1] -> ticket
-- ARGV[2] -> JSON list of the wants; "" removes all
-- ARGV[3] -> millisecond at which the day's wants expire
-- ARGV[4] -> clinic
-- ARGV[5] -> why the open jobs of other addresses are void
--
-- Returns {"ok"}
local WANTS, JOBS, INDEX, DUE, CHECKS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local ticket, list = ARGV[1], ARGV[2]
local wanted = {}
if list == '' then
  redis.call('HDEL', WANTS, ticket)
else
  redis.call('HSET', WANTS, ticket, list)
  redis.call('PEXPIREAT', WANTS, ARGV[3])
  for _, want in ipairs(cjson.decode(list)) do wanted[want.channel .. ' ' .. want.hash] = true end
end
void_address(JOBS, INDEX, DUE, ticket, function(address) return not wanted[address] end, ARGV[5])
if list ~= '' then wake(CHECKS, string.match(WANTS, '}:(.-):'), ARGV[4]) end
return {'ok'}

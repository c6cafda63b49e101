-- message.lua: set or remove a message of a service (A13, 臨時メッセージ).
--
-- ARGV[11] -> service
-- ARGV[12] -> text; "" removes the message
-- ARGV[13] -> "" for the standing message, or the millisecond at which the temporary one expires
--
-- Result: the text.
local stop = begin()
if stop then return stop end

bump()
local kind = ARGV[13] == '' and 'standing' or 'temporary'
local was = redis.call('HGET', DESK, ARGV[11] .. ':' .. kind) or ''
if ARGV[12] == '' then
  redis.call('HDEL', DESK, ARGV[11] .. ':' .. kind)
else
  redis.call('HSET', DESK, ARGV[11] .. ':' .. kind, ARGV[12])
end
if kind == 'temporary' then
  if ARGV[12] == '' then
    redis.call('HDEL', DESK, ARGV[11] .. ':until')
  else
    redis.call('HSET', DESK, ARGV[11] .. ':until', ARGV[13])
  end
end
redis.call('XADD', LOG, '*', 'v', version, 'act', kind, 'id', ARGV[11],
  'by', ARGV[8] .. ':' .. ARGV[9], 'dev', ARGV[10], 'was', was, 'is', ARGV[12])
return done(ARGV[12])

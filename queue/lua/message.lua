-- message.lua: set or remove a message of a service (A13, 臨時メッセージ).
--
-- ARGV[12] -> service
-- ARGV[13] -> text; "" removes the message
-- ARGV[14] -> "" for the standing message, or the millisecond at which the temporary one expires
--
-- Result: the text.
local stop = begin()
if stop then return stop end

next_version()
desk_changed = true
local kind = ARGV[14] == '' and 'standing' or 'temporary'
local was = redis.call('HGET', DESK, ARGV[12] .. ':' .. kind) or ''
if ARGV[13] == '' then
  redis.call('HDEL', DESK, ARGV[12] .. ':' .. kind)
else
  redis.call('HSET', DESK, ARGV[12] .. ':' .. kind, ARGV[13])
end
if kind == 'temporary' then
  if ARGV[13] == '' then
    redis.call('HDEL', DESK, ARGV[12] .. ':until')
  else
    redis.call('HSET', DESK, ARGV[12] .. ':until', ARGV[14])
  end
end
log(kind, ARGV[12], was, ARGV[13])
return done(ARGV[13])

-- duty.lua: a room takes a break, is off for the day, or is on duty again
-- (休憩・休診). Nobody is called to a room that is not on duty; a patient in it
-- stays. It ends with the day.
--
-- ARGV[12] -> room
-- ARGV[13] -> "on", "break" or "off"
-- ARGV[14] -> the millisecond at which it is on again, or ""
--
-- Result: the duty as it is kept: "on", or the state and its last millisecond.
local stop = begin()
if stop then return stop end

next_version()
desk_changed = true
local field = 'room:' .. ARGV[12]
local was = redis.call('HGET', DESK, field) or 'on'
local ends, is = tonumber(ARGV[3]), 'on'
if ARGV[14] ~= '' and tonumber(ARGV[14]) < ends then ends = tonumber(ARGV[14]) end
if ARGV[13] == 'on' or ends <= now then
  redis.call('HDEL', DESK, field)
else
  is = string.format('%s|%d', ARGV[13], ends)
  redis.call('HSET', DESK, field, is)
end
log('duty', ARGV[12], was, is)
return done(is)

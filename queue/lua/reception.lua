-- reception.lua: open, pause or close the web desk of a service (A16), or leave it to
-- the timetable again. With a timetable this holds until the present or next session is
-- over, or else until the day is.
--
-- ARGV[12] -> service
-- ARGV[13] -> "open", "paused", "closed" or "auto"
-- ARGV[14] -> "1" if the service has a timetable
-- ARGV[15] -> the public reason, or ""
-- ARGV[16] -> milliseconds for which the web desk does not pause by itself once it is open; "" where it never does
-- ARGV[17] … -> the ends of today's sessions in order, in milliseconds
--
-- Result: the reception.
local stop = begin()
if stop then return stop end

next_version()
desk_changed = true
local field = ARGV[12] .. ':reception'
local was = redis.call('HGET', DESK, field) or 'auto'
local why = redis.call('HGET', DESK, field .. '_reason')
if ARGV[16] ~= '' and (ARGV[13] == 'open' or ARGV[13] == 'auto' and why == 'surge') then
  local quiet = 'quiet/' .. string.format('%.0f', now + ARGV[16])
  set_count(ARGV[12], 'surge', quiet)
  redis.call('HSET', DESK, ARGV[12] .. ':bookings', quiet)
end
redis.call('HDEL', DESK, field, field .. '_until', field .. '_reason')
local ends = ''
if ARGV[13] ~= 'auto' then
  redis.call('HSET', DESK, field, ARGV[13])
  if ARGV[15] ~= '' then redis.call('HSET', DESK, field .. '_reason', ARGV[15]) end
  if ARGV[14] == '1' then
    ends = ARGV[3]
    for i = #ARGV, 17, -1 do
      if tonumber(ARGV[i]) > now then ends = ARGV[i] end
    end
    redis.call('HSET', DESK, field .. '_until', ends)
  end
end
log('reception', ARGV[12], was, ARGV[13], {til = ends})
return done(ARGV[13])

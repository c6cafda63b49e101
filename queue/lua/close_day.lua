-- close_day.lua: end the tickets of a day that is over (domain §5.5). A ticket that
-- waited is a no-show, a ticket in a room is done. The caller repeats it until it returns
-- "closed": each run does a bounded part, and a closed day stays as it is. It checks its
-- own day, because every other act refuses a day that is over.
--
-- ARGV[12] -> how many tickets at most
--
-- Result: "more" or "closed". Refuses day_open.
if now < tonumber(ARGV[3]) then return refuse('day_open') end
if redis.call('EXISTS', META) == 0 or redis.call('HGET', META, 'closed') then return {'ok', 'closed'} end

local left = tonumber(ARGV[12])
local function close(id, state)
  if left == 0 then return end
  left = left - 1
  next_version() -- each its own, so that those who ended together have an order
  local t = load(id)
  local was = copy(t)
  if t.s == 'booked' and not t.slot then add_count(line_of(t), 'booked', -1) end -- a clock put right may open the day again
  t.s, t.why, t.ended, t.seq = state, 'day_end', now, version
  leave(was)
  join(t)
  log_change(was, t, 'day_end')
  save(t)
end
for _, id in ipairs(redis.call('ZRANGE', CALLED, 0, -1)) do close(id, 'done') end
for service in string.gmatch(ARGV[11], '[^,]+') do
  for _, set in ipairs({LINES[service].waiting, LINES[service].aside}) do
    for _, member in ipairs(redis.call('ZRANGE', set, 0, left)) do close(string.match(member, '/(.+)$'), 'no_show') end
  end
end
if left == 0 then return done('more') end
next_version()
set_meta('closed', '1')
log('close_day', ARGV[5], '', '1')
return done('closed')

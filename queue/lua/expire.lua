-- expire.lua: do what is due at a moment, so that every screen shows it at once. It
-- removes what the desk has set until then, and gives the day a new version, also where
-- only a window opened or a seat is free again. The act's key is made of the moment: it
-- happens once, although every node sends it.
--
-- ARGV[12] -> the moment, in milliseconds
--
-- Result: the moment; before it nothing is changed.
local stop = begin()
if stop then return stop end
if now < tonumber(ARGV[12]) then return {'ok', ARGV[12]} end

next_version()
desk_changed = true
local desk, is = redis.call('HGETALL', DESK), {}
for i = 1, #desk, 2 do is[desk[i]] = desk[i + 1] end
local function past(ends) return ends and tonumber(ends) <= now end
for field, value in pairs(is) do
  local room, service = string.match(field, '^room:(.+)$'), string.match(field, '^([0-9]+):until$')
  local web = string.match(field, '^([0-9]+):reception_until$')
  if room and past(string.match(value, '[0-9]+$')) then
    redis.call('HDEL', DESK, field)
    log('duty', room, value, 'on')
  elseif service and past(value) then
    redis.call('HDEL', DESK, field, service .. ':temporary')
    log('temporary', service, is[service .. ':temporary'] or '', '')
  elseif web and past(value) then
    redis.call('HDEL', DESK, field, web .. ':reception', web .. ':reception_reason')
    log('reception', web, is[web .. ':reception'] or 'auto', 'auto')
  end
end
log('moment', ARGV[5], '', ARGV[12])
return done(ARGV[12])

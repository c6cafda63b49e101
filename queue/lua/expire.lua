-- expire.lua: remove the temporary messages whose time has come, so that every
-- screen drops them at once.
--
-- ARGV[11] … -> the services to look at
--
-- Result: how many were removed; when none was, nothing is changed.
local stop = begin()
if stop then return stop end

local gone = 0
for i = 11, #ARGV do
  local expiry = redis.call('HGET', DESK, ARGV[i] .. ':until')
  if expiry and tonumber(expiry) <= now then
    if gone == 0 then bump() end
    gone = gone + 1
    local was = redis.call('HGET', DESK, ARGV[i] .. ':temporary') or ''
    redis.call('HDEL', DESK, ARGV[i] .. ':until', ARGV[i] .. ':temporary')
    redis.call('XADD', LOG, '*', 'v', version, 'act', 'temporary', 'id', ARGV[i],
      'by', ARGV[8] .. ':' .. ARGV[9], 'dev', ARGV[10], 'was', was, 'is', '')
  end
end
if gone == 0 then return {'ok', '0'} end
return done(tostring(gone))

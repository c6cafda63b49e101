-- open_day.lua: make the day's epoch when the day is read before its first act.
--
-- Result: the epoch.
local stop = begin()
if stop then return stop end

if redis.call('EXISTS', META) == 1 then return {'ok', redis.call('HGET', META, 'epoch')} end
next_version()
log('open_day', ARGV[5], '', mark)
return done(ARGV[4])

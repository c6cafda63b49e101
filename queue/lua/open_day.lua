-- open_day.lua: make the day's epoch when somebody looks before anybody acts.
--
-- Result: the epoch.
local stop = begin()
if stop then return stop end

if redis.call('EXISTS', META) == 1 then return {'ok', redis.call('HGET', META, 'epoch')} end
next_version()
log('open_day', ARGV[5], '', mark)
return done(ARGV[4])

-- renew.lua: give the day another epoch, because Redis has lost acts that a screen
-- showed, or is another process and may have lost some. Every screen then takes the
-- present state, whatever its version is.
--
-- ARGV[12] -> the epoch that is replaced; another node may have done so already
--
-- Result: the epoch.
local stop = begin()
if stop then return stop end

local epoch = redis.call('HGET', META, 'epoch')
if epoch ~= ARGV[12] then return {'ok', epoch or ''} end
next_version()
set_meta('epoch', ARGV[4])
save_run_id()
log('epoch', ARGV[5], epoch, ARGV[4])
return done(ARGV[4])

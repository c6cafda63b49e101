-- renew.lua: give the day another epoch, because Redis has lost acts that were
-- shown to somebody: every screen takes the state of now, whatever its version.
--
-- ARGV[11] -> the epoch that was lost; another node may have been first
--
-- Result: the epoch.
local stop = begin()
if stop then return stop end

local epoch = redis.call('HGET', META, 'epoch')
if epoch ~= ARGV[11] then return {'ok', epoch or ''} end
bump()
redis.call('HSET', META, 'epoch', ARGV[4])
redis.call('XADD', LOG, '*', 'v', version, 'act', 'epoch', 'id', ARGV[5],
  'by', ARGV[8] .. ':' .. ARGV[9], 'dev', ARGV[10], 'was', epoch, 'is', ARGV[4])
return done(ARGV[4])

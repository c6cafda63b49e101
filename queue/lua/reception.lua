-- reception.lua: open, pause or close the web desk of a service (A16).
--
-- ARGV[11] -> service
-- ARGV[12] -> "open", "paused" or "closed"
--
-- Result: the reception.
local stop = begin()
if stop then return stop end

bump()
local field = ARGV[11] .. ':reception'
local was = redis.call('HGET', DESK, field) or 'open'
redis.call('HSET', DESK, field, ARGV[12])
redis.call('XADD', LOG, '*', 'v', version, 'act', 'reception', 'id', ARGV[11],
  'by', ARGV[8] .. ':' .. ARGV[9], 'dev', ARGV[10], 'was', was, 'is', ARGV[12])
return done(ARGV[12])

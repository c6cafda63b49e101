-- put_clinic.lua: write a clinic's record. Its rev changes with it, so that
-- every node learns of it with the next act or read.
--
-- ARGV[11] -> rev of the record
-- ARGV[12] -> the record as JSON
--
-- Result: the rev. The caller's old rev (ARGV[1]) is not looked at.
bump()
redis.call('HSET', CLINIC, 'rev', ARGV[11], 'record', ARGV[12])
redis.call('XADD', LOG, '*', 'v', version, 'act', 'record', 'id', ARGV[5],
  'by', ARGV[8] .. ':' .. ARGV[9], 'dev', ARGV[10], 'was', '', 'is', ARGV[11])
return done(ARGV[11])

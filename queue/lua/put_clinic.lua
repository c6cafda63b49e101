-- put_clinic.lua: write a clinic's record, if the caller knows the newest. Its rev
-- changes with it, so that every node learns of it with the next act or read.
--
-- KEYS, the last two -> junban:{c}:clinic   hash    rev, record
--                       junban:{c}:changes  stream  who changed what in the record
-- ARGV[12] -> rev of the new record
-- ARGV[13] -> the record as JSON
-- ARGV[14], ARGV[15] -> what was and what is, of the fields that change, as JSON
-- ARGV[16] -> how many changes are kept, about
-- ARGV[17] -> the rooms of the record, as JSON
--
-- Result: the rev. Refuses room_not_empty, of a room that is no more.
local stop = begin()
if stop then return stop end

local stays = {}
for _, room in ipairs(cjson.decode(ARGV[17])) do stays[room] = true end
for _, room in ipairs(redis.call('HKEYS', ROOMS)) do
  if not stays[room] then return refuse('room_not_empty') end
end

bump()
redis.call('HSET', KEYS[#KEYS - 1], 'rev', ARGV[12], 'record', ARGV[13])
redis.call('HSET', DESK, 'rev', ARGV[12]) -- where every act and read looks for it
redis.call('XADD', KEYS[#KEYS], 'MAXLEN', '~', ARGV[16], '*', 'rev', ARGV[12], 'at', now,
  'kind', ARGV[8], 'name', ARGV[9], 'dev', ARGV[10], 'was', ARGV[14], 'is', ARGV[15])
note('record', ARGV[5], ARGV[1], ARGV[12])
return done(ARGV[12])

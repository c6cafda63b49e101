-- snapshot.lua: read one clinic's day whole, at one instant. It writes nothing
-- and comes without the prelude.
--
-- KEYS[1] -> junban:{c}:desk           hash
-- KEYS[2] -> junban:{c}:<day>:meta     hash
-- KEYS[3] -> junban:{c}:<day>:tickets  hash
-- KEYS[4] -> junban:{c}:<day>:patients hash
-- KEYS[5] -> junban:{c}:<day>:called   zset
-- KEYS[6] -> junban:{c}:<day>:ended    zset
-- KEYS[7] -> junban:{c}:<day>:cuts     hash
-- KEYS[8] -> junban:{c}:<day>:told     hash, of package outbox
-- KEYS[9], KEYS[10], … -> waiting and aside of each service, in turn
-- ARGV[1] -> rev of the record that the caller knows
-- ARGV[2], ARGV[3] -> first and past-last millisecond of the business day
-- ARGV[4] -> how many ended tickets to bring, at most
--
-- Returns {"ok", now, meta, desk, tickets, patients, cuts, told}, tickets and patients as JSON arrays
--       | {"stale", kind, …}: "new" (the day has no epoch yet) | "record" | "day", now
--       | "epoch", epoch (another Redis process wrote the data; see renew.lua)
-- Tickets come in this order: called (newest first), ended (newest first), then
-- for each service the waiting in order and the aside.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local desk = redis.call('HMGET', KEYS[1], 'rev', 'run')
if desk[1] ~= ARGV[1] then return {'stale', 'record'} end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then return {'stale', 'day', now} end
local meta = redis.call('HGETALL', KEYS[2])
if not meta[1] then return {'stale', 'new'} end
local info = redis.pcall('INFO', 'server')
if desk[2] ~= (type(info) == 'string' and string.match(info, 'run_id:(%x+)') or '') then
  return {'stale', 'epoch', redis.call('HGET', KEYS[2], 'epoch')}
end

local ids = {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[5], 0, -1)) do ids[#ids + 1] = id end
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[6], 0, ARGV[4] - 1)) do ids[#ids + 1] = id end
for i = 9, #KEYS do
  for _, member in ipairs(redis.call('ZRANGE', KEYS[i], 0, -1)) do
    ids[#ids + 1] = string.match(member, '/(.+)$')
  end
end
local tickets, patients = {}, {}
for from = 1, #ids, 1000 do -- a thousand at a time: Lua's stack is bounded
  local some = {}
  for i = from, math.min(from + 999, #ids) do some[#some + 1] = ids[i] end
  for _, t in ipairs(redis.call('HMGET', KEYS[3], unpack(some))) do tickets[#tickets + 1] = t end
  for _, p in ipairs(redis.call('HMGET', KEYS[4], unpack(some))) do patients[#patients + 1] = p or 'null' end
end
return {'ok', now, meta, redis.call('HGETALL', KEYS[1]),
  '[' .. table.concat(tickets, ',') .. ']', '[' .. table.concat(patients, ',') .. ']',
  redis.call('HGETALL', KEYS[7]), redis.call('HGETALL', KEYS[8])}

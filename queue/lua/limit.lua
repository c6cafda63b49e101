-- limit.lua: take a token from each of several token buckets, or from none (GCRA).
-- It is no act of the line: nothing is logged or published, and it comes without the prelude.
--
-- KEYS[1], KEYS[2], … -> the buckets: "<full>.<charge>"; a full bucket has no key
--   full: microsecond at which the bucket is full again. charge: ARGV[3] of the script that wrote it
-- ARGV[1] -> "take", "look" (as take, but nothing is written), or "give" (put a token back; never creates a key)
-- ARGV[2] -> "act" when the last key is no bucket but that of an act: the repeat of an act that was done takes nothing
-- ARGV[3] -> digits that no other charge has. A charge whose reply was lost is sent again with the same digits, and
--   a bucket that has them shows that it was done. Only where other charges have written all its buckets in
--   between does the repeat take a second token: those buckets are shared by many clients, and large.
-- ARGV[3 + i] -> microseconds in which a bucket gains a token, and how many it holds: "<every> <burst>"
--
-- Returns {"ok"} | {"repeat"} | {"refused", i, microseconds until each bucket has a token}; i is the bucket with the longest wait
local seconds, micros = unpack(redis.call('TIME'))
local moment, n = seconds * 1000000 + micros, #KEYS
if ARGV[2] == 'act' then
  if redis.call('EXISTS', KEYS[n]) == 1 then return {'repeat'} end
  n = n - 1
end

local full = redis.call('MGET', unpack(KEYS, 1, n))
for i = 1, n do
  local at, charge = string.match(full[i] or '', '^(%d+)%.?(%d*)$')
  if charge == ARGV[3] then return {'ok'} end
  full[i] = tonumber(at)
end

local every, longest, which = {}, 0, 0
for i = 1, n do
  local period, burst = string.match(ARGV[3 + i], '(%d+) (%d+)')
  local depth
  every[i], depth = tonumber(period), period * burst
  -- A clock that was set back must not lock a bucket for longer than it takes to fill.
  if full[i] then full[i] = math.min(full[i], moment + depth) end
  local wait = math.max(full[i] or 0, moment) + every[i] - depth - moment
  if wait > longest then longest, which = wait, i end
end
if ARGV[1] ~= 'give' and which > 0 then return {'refused', which, longest} end

for i = 1, n do
  local at
  if ARGV[1] == 'take' then
    at = math.max(full[i] or 0, moment) + every[i]
  elseif ARGV[1] == 'give' and full[i] then
    at = full[i] - every[i]
  end
  if at and at <= moment then
    redis.call('DEL', KEYS[i])
  elseif at then
    redis.call('SET', KEYS[i], string.format('%.0f.%s', at, ARGV[3]), 'PX', string.format('%.0f', math.ceil((at - moment) / 1000)))
  end
end
return {'ok'}

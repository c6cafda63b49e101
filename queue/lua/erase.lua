-- erase.lua: remove who tickets of one day are for, at the person's wish. It is no act of
-- the line, and comes without the prelude: the tickets stay as they are.
--
-- KEYS[1] -> junban:{c}:<day>:patients  hash
-- KEYS[2] -> junban:{c}:persons         hash
-- ARGV[1] -> clinic
-- ARGV[2] … -> ticket ids
--
-- Returns {"ok", how many patients it removed}
local PATIENTS, PERSONS = KEYS[1], KEYS[2]
local erased, removed = {}, 0
for i = 2, #ARGV do
  local id = ARGV[i]
  erased[id] = true
  local service = string.match(id, '^%d+%-(%d+)%-')
  for person in string.gmatch(redis.call('HGET', PATIENTS, 'of:' .. id) or '', '[^,]+') do
    local field, ids = service .. ':' .. person, ''
    for other in string.gmatch(redis.call('HGET', PERSONS, field) or '', '%S+') do
      if other ~= id then ids = ids .. other .. ' ' end
    end
    if ids == '' then redis.call('HDEL', PERSONS, field) else redis.call('HSET', PERSONS, field, ids) end
  end
  removed = removed + redis.call('HDEL', PATIENTS, id)
  redis.call('HDEL', PATIENTS, 'of:' .. id)
end
local fields = redis.call('HGETALL', PATIENTS)
for i = 1, #fields, 2 do
  if erased[fields[i + 1]] then redis.call('HDEL', PATIENTS, fields[i]) end
end
redis.call('PUBLISH', 'junban:poke', ARGV[1]) -- every node reads a snapshot, which has no such patient
return {'ok', removed}

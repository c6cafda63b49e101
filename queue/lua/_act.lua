-- _act.lua: how every act on the line begins and ends. It is put before each
-- of the other writing scripts, so that none can change the line without
-- checking its key, bumping the version, writing the log and poking.
--
-- KEYS[1]  -> junban:{c}:clinic         hash    rev, record
-- KEYS[2]  -> junban:{c}:desk           hash    <service>:reception, :standing, :temporary, :until
-- KEYS[3]  -> junban:{c}:act:<h>        string  fingerprint and result of this act
-- KEYS[4]  -> junban:{c}:<day>:meta     hash    epoch, version, mark
-- KEYS[5]  -> junban:{c}:<day>:log      stream  one entry per change
-- KEYS[6]  -> junban:{c}:<day>:tickets  hash    ticket id -> JSON
-- KEYS[7]  -> junban:{c}:<day>:patients hash    ticket id -> JSON
-- KEYS[8]  -> junban:{c}:<day>:rooms    hash    room -> id of its open ticket
-- KEYS[9]  -> junban:{c}:<day>:called   zset    ticket id by version of the call
-- KEYS[10] -> junban:{c}:<day>:ended    zset    ticket id by version of the end
-- KEYS[11] -> junban:{c}:<day>:<s>:counter string  last number issued
-- KEYS[12] -> junban:{c}:<day>:<s>:waiting zset    <place>/<ticket id>, all of score 0
-- KEYS[13] -> junban:{c}:<day>:<s>:aside   zset    the same, of the absent and held
-- ARGV[1]  -> rev of the record that the caller knows
-- ARGV[2], ARGV[3] -> first and past-last millisecond of the business day
-- ARGV[4]  -> random: the act's mark, and the epoch should it open the day
-- ARGV[5]  -> clinic
-- ARGV[6]  -> fingerprint of the request, 16 characters
-- ARGV[7]  -> seconds for which the key is remembered
-- ARGV[8], ARGV[9], ARGV[10] -> the actor's kind, name and device
--
-- Returns {"ok", result} | {"again", first result} | {"refused", code}
--       | {"record"} (the caller's record is old) | {"day", now} (its day is)

local CLINIC, DESK, ACT, META, LOG, TICKETS, PATIENTS, ROOMS, CALLED, ENDED, COUNTER, WAITING, ASIDE =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13]

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local version

local function refuse(code) return {'refused', code} end

-- begin returns the reply that ends the script at once, or nil to go on.
local function begin()
  local seen = redis.call('GET', ACT)
  if seen then
    if string.sub(seen, 1, 16) ~= ARGV[6] then return refuse('idempotency_conflict') end
    return {'again', string.sub(seen, 17)}
  end
  if redis.call('HGET', CLINIC, 'rev') ~= ARGV[1] then return {'record'} end
  if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then return {'day', now} end
end

-- bump gives the act its version and its mark; the first of a day opens it. Two
-- acts of one version and different marks tell that Redis lost the first.
local function bump()
  version = redis.call('HINCRBY', META, 'version', 1)
  if version == 1 then
    redis.call('HSET', META, 'epoch', ARGV[4], 'mark', ARGV[4])
  else
    redis.call('HSET', META, 'mark', ARGV[4])
  end
end

-- done remembers the result under the act's key, and pokes.
local function done(result)
  redis.call('SET', ACT, ARGV[6] .. result, 'EX', ARGV[7])
  redis.call('PUBLISH', 'junban:poke', ARGV[5] .. ' ' .. version)
  return {'ok', result}
end

local function copy(t)
  local c = {}
  for k, v in pairs(t) do c[k] = v end
  return c
end

local function load(id)
  local raw = redis.call('HGET', TICKETS, id)
  return raw and cjson.decode(raw)
end

-- object returns the ticket and a copy of it as it was, or nil and a refusal
-- when it is unknown or in none of the states.
local function object(id, ...)
  local t = load(id)
  if not t then return nil, refuse('ticket_unknown') end
  for _, s in ipairs({...}) do
    if t.s == s then return t, copy(t) end
  end
  return nil, refuse('state_forbids')
end

local function open(t) return t.s == 'called' or t.s == 'in_service' end

-- leave and join keep the sets true to the state.
local function leave(t)
  if t.s == 'waiting' then
    redis.call('ZREM', WAITING, t.pos .. '/' .. t.id)
  elseif t.s == 'absent' or t.s == 'held' then
    redis.call('ZREM', ASIDE, t.pos .. '/' .. t.id)
  elseif open(t) then
    redis.call('ZREM', CALLED, t.id)
    redis.call('HDEL', ROOMS, t.room)
  else
    redis.call('ZREM', ENDED, t.id)
  end
end

local function join(t)
  if t.s == 'waiting' then
    redis.call('ZADD', WAITING, 0, t.pos .. '/' .. t.id)
  elseif t.s == 'absent' or t.s == 'held' then
    redis.call('ZADD', ASIDE, 0, t.pos .. '/' .. t.id)
  elseif open(t) then
    redis.call('ZADD', CALLED, t.seq, t.id)
    redis.call('HSET', ROOMS, t.room, t.id)
  else
    redis.call('ZADD', ENDED, t.seq, t.id)
  end
end

-- record writes one entry of the log: who did what, and what it changed. In
-- "was" and "is" false stands for a field that was not there. Further fields
-- come as name, value, …
local function record(was, t, act, ...)
  local before, after = {}, {}
  for k, v in pairs(t) do
    if was[k] ~= v then
      before[k] = was[k] or false
      after[k] = v
    end
  end
  for k, v in pairs(was) do
    if t[k] == nil then before[k], after[k] = v, false end
  end
  before.last = was.last or false
  return redis.call('XADD', LOG, '*', 'v', version, 'act', act, 'id', t.id,
    'by', ARGV[8] .. ':' .. ARGV[9], 'dev', ARGV[10],
    'was', cjson.encode(before), 'is', cjson.encode(after), ...)
end

local function save(t) redis.call('HSET', TICKETS, t.id, cjson.encode(t)) end

-- change takes a ticket from what it was to what it is, as an act that undo
-- can take back.
local function change(was, t, act, ...)
  t.act = act
  leave(was)
  join(t)
  t.last = record(was, t, act, ...)
  save(t)
end

local function finish(t)
  local was = copy(t)
  t.s, t.ended, t.seq = 'done', now, version
  change(was, t, 'finish')
end

-- call brings a waiting ticket into a room. Whoever is in the room is finished
-- with the same press (one-button clinics, domain §5.2 enter).
local function call(t, room)
  local was, with, with_last = copy(t), '', ''
  bump()
  local inside = redis.call('HGET', ROOMS, room)
  if inside then
    local other = load(inside)
    finish(other)
    with, with_last = other.id, other.last
  end
  t.s, t.room, t.called, t.seq = 'called', room, now, version
  t.attempt = (t.attempt or 0) + 1
  change(was, t, 'call', 'with', with, 'withlast', with_last)
  return done(cjson.encode(t))
end

-- A place is a text of digits that sorts in the order of the line and does not
-- end in a zero, so that there is always another between two of them: no gap is
-- ever used up, and undo can bring back a place of this morning.

-- place is where number n stands when it is issued.
local function place(n) return string.format('%08d5', n) end

-- between returns a place after a and before b; b nil is the end of all places.
local function between(a, b)
  local out, i = '', 1
  while true do
    local x = tonumber(string.sub(a, i, i)) or 0
    local y = 10
    if b then y = tonumber(string.sub(b, i, i)) or 0 end
    if y - x > 1 then return out .. math.floor((x + y) / 2) end
    if y - x == 1 then
      if b and #b > i then return out .. y end
      b = nil
    end
    out = out .. x
    i = i + 1
  end
end

-- unique_between returns a place between two that no other ticket had, has or
-- will have: it ends in the act's version.
local function unique_between(a, b)
  local p = between(a, b)
  while string.sub(b, 1, #p) == p do p = between(p, b) end
  return p .. place(version)
end

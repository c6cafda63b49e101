-- _act.lua: how every act on the line begins and ends, so that none can change
-- it without checking its key, bumping the version, writing the log and poking.
-- Of this file and _seats.lua each writing script gets those paragraphs before it
-- that it uses, itself or through another: a blank line ends a paragraph. What
-- only a block uses that begins with the line "-- (shared)" comes in that line's place.
--
-- KEYS[1]  -> junban:{c}:desk           hash    rev; <service>:reception, :standing, :temporary, :until, :bookings; room:<room>
-- KEYS[2]  -> junban:{c}:act:<h>        string  fingerprint and result of this act
-- KEYS[3]  -> junban:{c}:<day>:meta     hash    epoch, version, mark, closed; the counts of each line as <service>:<count>
-- KEYS[4]  -> junban:{c}:<day>:log      stream  one entry per change
-- KEYS[5]  -> junban:{c}:<day>:tickets  hash    ticket id -> JSON
-- KEYS[6]  -> junban:{c}:<day>:patients hash    ticket id -> JSON
-- KEYS[7]  -> junban:{c}:<day>:rooms    hash    room -> id of its open ticket
-- KEYS[8]  -> junban:{c}:<day>:called   zset    ticket id by version of the call
-- KEYS[9]  -> junban:{c}:<day>:ended    zset    ticket id by version of the end
-- KEYS[10] -> junban:{c}:days           zset    opened days that are not closed, by their end
-- KEYS[11] … -> for each service of the record, in its order:
--   junban:{c}:<day>:<s>:waiting zset    <place>/<ticket id>, all of score 0
--   junban:{c}:<day>:<s>:aside   zset    the same, of the absent and held
-- ARGV[1]  -> rev of the record that the caller knows
-- ARGV[2], ARGV[3] -> first and past-last millisecond of the business day
-- ARGV[4]  -> random: the act's mark, and the epoch should it open the day
-- ARGV[5]  -> clinic
-- ARGV[6]  -> fingerprint of the request, 16 characters
-- ARGV[7]  -> seconds for which the key is remembered
-- ARGV[8], ARGV[9], ARGV[10] -> the actor's kind, name and device
-- ARGV[11] -> the services of the record, with commas
-- ARGV[12] … -> the script's own
-- Of an act on a ticket, after those, what the client expects (U7), "" where it is not checked:
-- ARGV[#ARGV - 1] -> of a call, the id of the ticket in the room, or "nobody"
-- ARGV[#ARGV] -> of another act, the ticket's "last", "0" where it has none
--
-- Returns {"ok", result} | {"again", first result} | {"refused", code}
--       | {"record"} (the caller's record is old) | {"day", now} (its day is)

local DESK, ACT, META, LOG, TICKETS, PATIENTS, ROOMS, CALLED, ENDED, DAYS =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]

-- LINES has each service's keys: waiting, aside.
local LINES, next_key = {}, 11
for service in string.gmatch(ARGV[11], '[^,]+') do
  LINES[service] = {waiting = KEYS[next_key], aside = KEYS[next_key + 1]}
  next_key = next_key + 2
end

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- The fields of DESK that the script asked for as it began.
local desk

local function refuse(code) return {'refused', code} end

-- begin returns the reply that ends the script at once, or nil to go on. It reads
-- the fields of DESK that the script names: what it has to read anyway.
local function begin(...)
  local seen = redis.call('GET', ACT)
  if seen then
    if string.sub(seen, 1, 16) ~= ARGV[6] then return refuse('idempotency_conflict') end
    redis.call('EXPIRE', ACT, ARGV[7]) -- a write, for a caller that waits for replicas
    return {'again', string.sub(seen, 17)}
  end
  desk = redis.call('HMGET', DESK, 'rev', ...)
  if (desk[1] or '') ~= ARGV[1] then return {'record'} end
  if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then return {'day', now} end
end

local version, mark = nil, ARGV[4]

-- What this act knows of META, and what it has changed: the fields, in their
-- order, and the value of each, as texts. All of it is written at once, with the
-- act's next entry of the log. A field of META that is not there is false.
local meta, changed = {}, {}

-- read_meta reads several fields at once.
local function read_meta(...)
  local fields = {...}
  local got = redis.call('HMGET', META, ...)
  for i = 1, #fields do meta[fields[i]] = got[i] end
end

-- put changes a field.
local function put(field, value)
  value = value .. ''
  if not changed[field] then changed[#changed + 1] = field end
  meta[field], changed[field] = value, value
end

-- know_server keeps the run id of this Redis: its data may be older than what
-- the former one showed.
local function know_server()
  local info = redis.pcall('INFO', 'server')
  redis.call('HSET', DESK, 'run', type(info) == 'string' and string.match(info, 'run_id:(%x+)') or '')
end

-- bump gives the act its version and its mark; the first of a day opens it, and
-- so does one on a day that was closed because the clock had leapt forward. Two
-- acts of one version and different marks tell that Redis lost the first.
local function bump()
  if meta.version == nil then read_meta('version', 'closed') end
  version = (meta.version or 0) + 1
  put('version', version)
  put('mark', mark)
  if version == 1 then
    put('epoch', mark)
    know_server()
  end
  if meta.closed then redis.call('HDEL', META, 'closed') end
  if version == 1 or meta.closed then redis.call('ZADD', DAYS, ARGV[3], string.match(META, '}:(.-):')) end
  meta.closed = nil
end

-- stay is for what goes into the log and shows nowhere: the version stays.
local function stay()
  read_meta('version', 'mark')
  version, mark = meta.version, meta.mark
end

-- count_of tells a count of a service; set_count and count change it, the only
-- way to do so: the entry that it is written with carries it. count returns the
-- new value.
local function count_of(service, field)
  field = service .. ':' .. field
  if meta[field] == nil then read_meta(field) end
  return meta[field]
end

local function set_count(service, field, value) put(service .. ':' .. field, value) end

local function count(service, field, by)
  local n = (count_of(service, field) or 0) + by
  set_count(service, field, n)
  return n
end

-- write_meta writes what has changed, and returns the counts in it as the inside
-- of a JSON object, nil if there are none. Neither a field nor a value has
-- anything in it that JSON would escape.
local function write_meta()
  local args, told = {}, {}
  for i = 1, #changed do
    local field = changed[i]
    local value = changed[field]
    args[2 * i - 1], args[2 * i] = field, value
    if string.find(field, ':', 1, true) then told[#told + 1] = '"' .. field .. '":"' .. value .. '"' end
  end
  redis.call('HSET', META, unpack(args))
  changed = {}
  return told[1] and '"counts":{' .. table.concat(told, ',') .. '}'
end

-- entry writes one entry of the log, and returns its id. "more" is what else is
-- to be told, as the inside of a JSON object, or nil. Every entry has the same
-- fields in the same order, so that Redis keeps their names once.
local function entry(act, id, was, is, more)
  return redis.call('XADD', LOG, '*', 'v', version, 'mark', mark, 'act', act, 'id', id,
    'by', ARGV[8] .. ':' .. ARGV[9], 'dev', ARGV[10], 'was', was, 'is', is, 'more', more and '{' .. more .. '}' or '')
end

-- note writes an entry with what has changed of META.
local function note(act, id, was, is, more)
  local counts = changed[1] and write_meta()
  if counts then more = counts .. (more and ',' .. more or '') end
  return entry(act, id, was, is, more)
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

-- home is the service that the ticket was issued for; lane the one in whose
-- line it stands.
local function home(t) return string.match(t.id, '^[0-9]+-([0-9]+)-') end

local function lane(t) return t.lane or home(t) end

-- stale reports whether another act on the ticket came after the one that the
-- client knows.
local function stale(t)
  local rev = ARGV[#ARGV]
  return rev ~= '' and rev ~= (t.last or '0')
end

-- room_stale reports the same of a room and its ticket.
local function room_stale(room)
  local expected = ARGV[#ARGV - 1]
  return expected ~= '' and expected ~= (redis.call('HGET', ROOMS, room) or 'nobody')
end

-- object returns the ticket and a copy of it as it was, or nil and a refusal
-- when it is unknown, changed since the client saw it, or in none of the states.
local function object(id, ...)
  local t = load(id)
  if not t then return nil, refuse('ticket_unknown') end
  if stale(t) then return nil, refuse('ticket_changed') end
  for _, s in ipairs({...}) do
    if t.s == s then
      if not LINES[lane(t)] then return nil, refuse('service_unknown') end
      return t, copy(t)
    end
  end
  return nil, refuse('state_forbids')
end

local function open(t) return t.s == 'called' or t.s == 'in_service' end

local function aside(t) return t.s == 'absent' or t.s == 'held' or t.s == 'booked' or t.s == 'lost' end

-- leave and join keep the sets true to the state.
local function leave(t)
  if t.s == 'waiting' then
    redis.call('ZREM', LINES[lane(t)].waiting, t.pos .. '/' .. t.id)
  elseif aside(t) then
    redis.call('ZREM', LINES[lane(t)].aside, t.pos .. '/' .. t.id)
  elseif open(t) then
    redis.call('ZREM', CALLED, t.id)
    redis.call('HDEL', ROOMS, t.room)
  else
    redis.call('ZREM', ENDED, t.id)
  end
end

local function join(t)
  if t.s == 'waiting' then
    redis.call('ZADD', LINES[lane(t)].waiting, 0, t.pos .. '/' .. t.id)
  elseif aside(t) then
    redis.call('ZADD', LINES[lane(t)].aside, 0, t.pos .. '/' .. t.id)
  elseif open(t) then
    redis.call('ZADD', CALLED, t.seq, t.id)
    redis.call('HSET', ROOMS, t.room, t.id)
  else
    redis.call('ZADD', ENDED, t.seq, t.id)
  end
end

-- record writes what an act changed of a ticket. A field of "is" that is not in
-- "was" was not there; in "is", false stands for a field that is no longer
-- there, and true for "last" being this very entry.
local function record(was, t, act, more)
  local before, after = {}, {}
  for k, v in pairs(t) do
    if was[k] ~= v then
      before[k], after[k] = was[k], v
    end
  end
  for k, v in pairs(was) do
    if t[k] == nil then before[k], after[k] = v, false end
  end
  local function encode(o) return next(o) and cjson.encode(o) or '{}' end -- an empty table could pass for a list
  return note(act, t.id, encode(before), encode(after), more)
end

local function save(t) redis.call('HSET', TICKETS, t.id, cjson.encode(t)) end

-- change takes a ticket from what it was to what it is, as an act that undo
-- can take back.
local function change(was, t, act, more)
  t.act, t.last = act, true
  leave(was)
  join(t)
  t.last = record(was, t, act, more)
  save(t)
end

local function finish(t, inaccurate)
  local was = copy(t)
  t.s, t.ended, t.seq, t.inacc = 'done', now, version, inaccurate or nil
  change(was, t, 'finish')
end

-- off_duty tells whether a room takes nobody now: its break or day off lasts
-- until the moment kept beside it (休憩・休診).
local function off_duty(room)
  local duty = redis.call('HGET', DESK, 'room:' .. room)
  return duty and tonumber(string.match(duty, '[0-9]+$')) > now
end

-- announce tells the public why the order of a line has changed (A15).
local function announce(service, reason)
  set_count(service, 'notice', reason)
  set_count(service, 'noticed', now)
  set_count(service, 'announced', version)
end

-- new_leg begins another way to a room: calls and absences count from zero.
local function new_leg(t)
  t.leg = (t.leg or 0) + 1
  t.attempt, t.missed, t.cool, t.entered, t.back, t.tail = nil
end

-- call brings a waiting ticket into a room. The visit in the room is finished
-- with the same press (one-button clinics, domain §5.2 enter).
local function call(t, room)
  local was, more = copy(t)
  bump()
  local inside = redis.call('HGET', ROOMS, room)
  if inside then
    local other = load(inside)
    finish(other)
    more = '"with":"' .. other.id .. '","withlast":"' .. other.last .. '"'
  end
  t.s, t.room, t.called, t.seq, t.cool = 'called', room, now, version, nil
  t.attempt = (t.attempt or 0) + 1
  t.nth = count(lane(t), 'calls', 1)
  change(was, t, 'call', more)
  return done(cjson.encode(t))
end

-- A place is a text of digits that sorts in the order of the line and does not
-- end in a zero, so that there is always another between two of them: no gap is
-- ever used up, and undo can bring back a place of this morning.

-- place is where the n-th ticket of a line stands when it is issued. Its first
-- two digits are the session's, so that a line keeps the order of the sessions.
local function place(n) return string.format('%08d5', n) end

-- places makes what finds a place in a line: gap, between and ahead.
local function places()
  local function at(member) return string.match(member, '^[0-9]+') end
  -- session_of tells with which half hour of the day the session of a place
  -- begins, 0 where no sessions are kept.
  local function session_of(pos) return tonumber(string.sub(pos, 1, 2)) or 0 end
  -- between returns a place after a and before b that no other ticket had, has
  -- or will have: it ends in the act's version. It is no longer than it must be,
  -- and begins neither of the two, so that the gaps on both sides stay wide.
  local function between(a, b)
    local out, i = '', 1
    while true do
      local x, y = tonumber(string.sub(a, i, i)) or 0, b and tonumber(string.sub(b, i, i)) or 10
      if y - x > 1 then return out .. math.floor((x + y) / 2) .. place(version) end
      if y - x == 1 then b = nil end -- anything after a will do
      out, i = out .. x, i + 1
    end
  end
  -- gap returns the places between which a ticket stands that lets the next n
  -- waiting of a line go first, and tickets that were promised a place before the one
  -- that follows them, and that goes before later tickets; n nil is the end
  -- of the line. A ticket put back by a rule never gets behind a session that
  -- has not begun: then "t" is given.
  local function gap(service, n, t)
    local line = LINES[service]
    local follower = n and redis.call('ZRANGE', line.waiting, n, n)[1]
    local above, below = follower and at(follower) or '~', ''
    if t then
      local horizon = place((math.max(session_of(t.pos), math.floor((now - ARGV[2]) / 1800000)) + 1) * 1000000)
      if horizon < above then above = horizon end
    end
    for _, set in ipairs({line.waiting, line.aside}) do
      local nearest = redis.call('ZREVRANGEBYLEX', set, '(' .. above, '-', 'LIMIT', 0, 1)[1]
      if nearest and at(nearest) > below then below = at(nearest) end
    end
    -- The called keep their places too: undo may bring them back.
    for _, id in ipairs(redis.call('ZRANGE', CALLED, 0, -1)) do
      local other = load(id)
      if lane(other) == service and other.pos < above and other.pos > below then below = other.pos end
    end
    local comes = place(session_of(below) * 1000000 + (count_of(service, 'issued') or 0) + 1)
    return below, comes < above and comes or above
  end
  -- ahead is a fresh place in that gap, for a ticket that is in no set.
  local function ahead(service, n, t) return between(gap(service, n, t)) end
  return {gap = gap, between = between, ahead = ahead}
end

-- come_back decides where a ticket set aside waits again: at its former place
-- within the tolerance, behind so many where that was left open, else where it
-- was put. An absentee who lost his place is marked (↓).
local function come_back(t)
  leave(t)
  local calls = tonumber(count_of(lane(t), 'calls') or 0)
  if t.grace and calls <= t.grace then
    t.pos = t.front
  else
    if t.s == 'absent' then t.back = true end
    if t.park then t.pos = places().ahead(lane(t), t.park, t) end
  end
  if t.why == 'exam' then t.why = nil end
  t.s, t.front, t.grace, t.park = 'waiting', nil
end

-- ticket.lua: how an act reads a ticket, changes it, and finds its position in a line.
-- In the log "is" has the fields that changed, and "was" has what they were.
--
-- An act on a ticket gets two more arguments, with what the client expects (U7); "" is not checked:
-- ARGV[#ARGV - 1] -> of a call, the id of the ticket in the room, or "nobody"
-- ARGV[#ARGV] -> of another act, the ticket's "last", "0" where it has none

local function copy(t)
  local c = {}
  for k, v in pairs(t) do c[k] = v end
  return c
end

local function load(id)
  local raw = redis.call('HGET', TICKETS, id)
  return raw and cjson.decode(raw)
end

-- service_of returns the service that the ticket was issued for; line_of returns the
-- service in whose line it stands.
local function service_of(t) return string.match(t.id, '^[0-9]+-([0-9]+)-') end

local function line_of(t) return t.lane or service_of(t) end

-- ticket_changed reports whether the ticket was changed since the client read it.
local function ticket_changed(t)
  local rev = ARGV[#ARGV]
  return rev ~= '' and rev ~= (t.last or '0')
end

-- room_changed reports whether another ticket is in the room than the client read.
local function room_changed(room)
  local expected = ARGV[#ARGV - 1]
  return expected ~= '' and expected ~= (redis.call('HGET', ROOMS, room) or 'nobody')
end

-- object returns the ticket and a copy of it as it was. It returns nil and a refusal
-- when the ticket is unknown, changed since the client read it, or in none of the states.
local function object(id, ...)
  local t = load(id)
  if not t then return nil, refuse('ticket_unknown') end
  if ticket_changed(t) then return nil, refuse('ticket_changed') end
  for _, s in ipairs({...}) do
    if t.s == s then
      if not LINES[line_of(t)] then return nil, refuse('service_unknown') end
      return t, copy(t)
    end
  end
  return nil, refuse('state_forbids')
end

local function in_room(t) return t.s == 'called' or t.s == 'in_service' end

local function is_aside(t) return t.s == 'absent' or t.s == 'held' or t.s == 'booked' or t.s == 'lost' end

-- leave removes a ticket from the set of its state; join adds it.
local function leave(t)
  if t.s == 'waiting' then
    redis.call('ZREM', LINES[line_of(t)].waiting, t.pos .. '/' .. t.id)
  elseif is_aside(t) then
    redis.call('ZREM', LINES[line_of(t)].aside, t.pos .. '/' .. t.id)
  elseif in_room(t) then
    redis.call('ZREM', CALLED, t.id)
    redis.call('HDEL', ROOMS, t.room)
  else
    redis.call('ZREM', ENDED, t.id)
  end
end

local function join(t)
  if t.s == 'waiting' then
    redis.call('ZADD', LINES[line_of(t)].waiting, 0, t.pos .. '/' .. t.id)
  elseif is_aside(t) then
    redis.call('ZADD', LINES[line_of(t)].aside, 0, t.pos .. '/' .. t.id)
  elseif in_room(t) then
    redis.call('ZADD', CALLED, t.seq, t.id)
    redis.call('HSET', ROOMS, t.room, t.id)
  else
    redis.call('ZADD', ENDED, t.seq, t.id)
  end
end

-- log_change logs what an act changed of a ticket. A field that only "is" has was not
-- there before. In "is", false is a field that was removed, and true for "last" is the
-- id of this very entry.
local function log_change(was, t, act, more)
  local before, after = {}, {}
  for k, v in pairs(t) do
    if was[k] ~= v then
      before[k], after[k] = was[k], v
    end
  end
  for k, v in pairs(was) do
    if t[k] == nil then before[k], after[k] = v, false end
  end
  local function encode(o) return next(o) and cjson.encode(o) or '{}' end -- cjson may take an empty table for a list
  return log(act, t.id, encode(before), encode(after), more)
end

local function save(t) redis.call('HSET', TICKETS, t.id, cjson.encode(t)) end

-- change logs and saves a change of a ticket, as an act that undo can take back.
local function change(was, t, act, more)
  t.act, t.last = act, true
  leave(was)
  join(t)
  t.last = log_change(was, t, act, more)
  save(t)
end

local function finish(t, inaccurate)
  local was = copy(t)
  t.s, t.ended, t.seq, t.inacc = 'done', now, version, inaccurate or nil
  change(was, t, 'finish')
end

-- off_duty reports whether nobody can be called to a room: its break or day off has
-- not ended (休憩・休診).
local function off_duty(room)
  local duty = redis.call('HGET', DESK, 'room:' .. room)
  return duty and tonumber(string.match(duty, '[0-9]+$')) > now
end

-- announce sets the public reason why the order of a line has changed (A15).
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

-- call calls a waiting ticket to a room. It finishes the visit of the ticket in the
-- room (clinics with one button, domain §5.2 enter).
local function call(t, room)
  local was, more = copy(t)
  next_version()
  local inside = redis.call('HGET', ROOMS, room)
  if inside then
    local other = load(inside)
    finish(other)
    more = '"with":"' .. other.id .. '","withlast":"' .. other.last .. '"'
  end
  t.s, t.room, t.called, t.seq, t.cool = 'called', room, now, version, nil
  t.attempt = (t.attempt or 0) + 1
  t.nth = add_count(line_of(t), 'calls', 1)
  change(was, t, 'call', more)
  return done(cjson.encode(t))
end

-- A position is a text of digits that sorts in the order of the line. It does not end
-- in a zero, so that there is always another between two of them: no gap is ever used
-- up, and undo can bring back a position of this morning.

-- position returns that of the n-th ticket of a line when it is issued. Its first two
-- digits are the half hour in which its session begins: a line keeps its sessions in order.
local function position(n) return string.format('%08d5', n) end

-- positions makes the functions that find a position in a line: gap, between and ahead.
local function positions()
  local function at(member) return string.match(member, '^[0-9]+') end
  -- session_of returns the half hour of the day in which the session of a position
  -- begins, 0 where there are no sessions.
  local function session_of(pos) return tonumber(string.sub(pos, 1, 2)) or 0 end
  -- between returns a position after a and before b that no other ticket has, had or
  -- will have: it ends in the act's version. It is as short as possible and a prefix of
  -- neither, so that the gaps on both sides stay wide.
  local function between(a, b)
    local out, i = '', 1
    while true do
      local x, y = tonumber(string.sub(a, i, i)) or 0, b and tonumber(string.sub(b, i, i)) or 10
      if y - x > 1 then return out .. math.floor((x + y) / 2) .. position(version) end
      if y - x == 1 then b = nil end -- every position after a fits
      out, i = out .. x, i + 1
    end
  end
  -- gap returns the positions between which a ticket stands behind the next n waiting
  -- of a line, and before later tickets. Tickets that were given a position before the
  -- follower go first too. Without n it is the end of the line. With t, a ticket that a
  -- rule puts back, the gap is before every session that has not begun.
  local function gap(service, n, t)
    local line = LINES[service]
    local follower = n and redis.call('ZRANGE', line.waiting, n, n)[1]
    local above, below = follower and at(follower) or '~', ''
    if t then
      local horizon = position((math.max(session_of(t.pos), math.floor((now - ARGV[2]) / 1800000)) + 1) * 1000000)
      if horizon < above then above = horizon end
    end
    for _, set in ipairs({line.waiting, line.aside}) do
      local nearest = redis.call('ZREVRANGEBYLEX', set, '(' .. above, '-', 'LIMIT', 0, 1)[1]
      if nearest and at(nearest) > below then below = at(nearest) end
    end
    -- Called tickets keep their positions: undo may bring them back.
    for _, id in ipairs(redis.call('ZRANGE', CALLED, 0, -1)) do
      local other = load(id)
      if line_of(other) == service and other.pos < above and other.pos > below then below = other.pos end
    end
    local comes = position(session_of(below) * 1000000 + (get_count(service, 'issued') or 0) + 1)
    return below, comes < above and comes or above
  end
  -- ahead returns a new position in that gap, for a ticket that is in no set.
  local function ahead(service, n, t) return between(gap(service, n, t)) end
  return {gap = gap, between = between, ahead = ahead}
end

-- come_back decides where a ticket that was set aside waits again: at its former
-- position within the tolerance, behind "park" waiting tickets if it has that, else where it was
-- put. An absentee who lost the former position is marked (↓).
local function come_back(t)
  leave(t)
  local calls = tonumber(get_count(line_of(t), 'calls') or 0)
  if t.grace and calls <= t.grace then
    t.pos = t.front
  else
    if t.s == 'absent' then t.back = true end
    if t.park then t.pos = positions().ahead(line_of(t), t.park, t) end
  end
  if t.why == 'exam' then t.why = nil end
  t.s, t.front, t.grace, t.park = 'waiting', nil
end

-- change.lua: how an act changes a ticket.
--
-- Two more arguments have what the client expects; "" is not checked:
-- ARGV[#ARGV - 1] -> of a call, the id of the ticket in the room, or "nobody"
-- ARGV[#ARGV] -> of another act, the ticket's "last", "0" where it has none

-- ticket_changed reports whether the ticket was changed since the client read it.
local function ticket_changed(t)
  local rev = ARGV[#ARGV]
  return rev ~= '' and rev ~= (t.last or '0')
end

-- room_changed reports whether another ticket is in the room than the client read. It
-- gets the id of the one in the room, if any.
local function room_changed(inside)
  local expected = ARGV[#ARGV - 1]
  return expected ~= '' and expected ~= (inside or 'nobody')
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

-- count_end counts how a ticket ended in its home slot: it was seen, or its patient had
-- arrived and was not there when called. It counts all of them; ENDED has the latest.
local function count_end(t, by)
  if not t.slot then return end
  local how = t.s == 'done' and 'seen@' or t.s == 'no_show' and t.n and 'left@'
  if how then add_count(service_of(t), how .. t.slot, by) end
end

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
    count_end(t, -1)
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
    count_end(t, 1)
  end
end

-- keeps_place reports whether a ticket stays in its room, by the same call.
local function keeps_place(was, t)
  return in_room(was) and in_room(t) and was.room == t.room and was.seq == t.seq
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

-- save writes the ticket, and returns its text.
local function save(t)
  local text = cjson.encode(t)
  redis.call('HSET', TICKETS, t.id, text)
  saved[#saved + 1] = text
  return text
end

-- change logs and saves a change of a ticket, as an act that undo can take back. It
-- returns the ticket's text.
local function change(was, t, act, more)
  t.act, t.last = act, true
  if not keeps_place(was, t) then
    leave(was)
    join(t)
  end
  t.last = log_change(was, t, act, more)
  return save(t)
end

local function finish(t, inaccurate)
  local was = copy(t)
  t.s, t.ended, t.seq, t.inacc = 'done', now, version, inaccurate or nil
  return change(was, t, 'finish')
end

-- new_leg begins another way to a room: calls and absences count from zero.
local function new_leg(t)
  t.leg = (t.leg or 0) + 1
  t.attempt, t.missed, t.cool, t.entered, t.back, t.tail = nil
end

-- call calls a waiting ticket to a room. It finishes the visit of the ticket inside
-- (clinics with one button, domain §5.2 enter).
local function call(t, room, inside)
  local was, more = copy(t)
  next_version(line_of(t) .. ':calls')
  if inside then
    local other = load(inside)
    finish(other)
    more = {with = other.id, withlast = other.last}
  end
  t.s, t.room, t.called, t.seq, t.cool = 'called', room, now, version, nil
  t.attempt = (t.attempt or 0) + 1
  t.nth = add_count(line_of(t), 'calls', 1)
  if t.slot or t.lslot then runs().count(was, t) end
  return done(change(was, t, 'call', more))
end

-- behind returns a new position for a ticket behind the next n waiting of its line. In
-- slot mode it stays in its slot.
local function behind(t, n)
  if not line_slot(t) then return positions().ahead(line_of(t), n, t) end
  return positions().between(slot_gap(line_of(t), n, unit_of(t.pos)))
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
    if t.park then t.pos = behind(t, t.park) end
  end
  if t.why == 'exam' then t.why = nil end
  t.s, t.front, t.grace, t.park = 'waiting', nil
end

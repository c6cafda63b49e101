-- ticket.lua: how an act reads a ticket, and finds a position in a line.

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

-- off_duty reports whether nobody can be called to a room: its break or day off has
-- not ended (休憩・休診). It gets the room's field of DESK.
local function off_duty(duty)
  return duty and tonumber(string.match(duty, '[0-9]+$')) > now
end

-- announce sets the public reason why the order of a line has changed (A15).
local function announce(service, reason)
  set_count(service, 'notice', reason)
  set_count(service, 'noticed', now)
  set_count(service, 'announced', version)
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

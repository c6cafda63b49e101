-- seats.lua: the seats of a session, and which tickets its persons have. An act that
-- needs them calls seats() once. So issue.lua makes none of this for the usual ticket.

local function seats()
  -- counts_of names the counts in which a ticket holds a seat, once for each seat. In
  -- slot mode these are the counts of its slot too. A first visit is one, whatever it takes.
  local function counts_of(t)
    local session, counts = ':' .. (t.sess or ''), {}
    local slot = t.slot and session .. '@' .. t.slot
    local kind = t.ch == 'web' and 'web' or 'desk'
    for _ = 1, t.w or 1 do
      counts[#counts + 1] = kind .. session
      if slot then counts[#counts + 1] = kind .. slot end
    end
    if kind == 'web' and t.first then
      counts[#counts + 1] = 'first' .. session
      if slot then counts[#counts + 1] = 'first' .. slot end
    end
    return counts
  end

  -- home counts a ticket in its home slot, or takes it out of the count.
  local function home(t, by)
    if not t.slot then return end
    local service = service_of(t)
    add_count(service, 'booked@' .. t.slot, by)
    add_count(service, 'bookedPeople@' .. t.slot, by * t.party)
    if t.called then
      add_count(service, 'called@' .. t.slot, by)
      add_count(service, 'calledPeople@' .. t.slot, by * t.party)
    end
  end

  -- The count "returns" has the seats of cancelled tickets that are free later, each as
  -- <millisecond>/<ticket id>/<seat>,<seat> and a space.

  -- due returns how many seats are free again by now in each count of META, nil for
  -- none, and the text of the others.
  local function due(service)
    local returns, back, rest = get_count(service, 'returns') or '', nil, ''
    if returns == '' then return nil, '' end
    for entry, at, kinds in string.gmatch(returns, '(([0-9]+)/[^/]+/([^ ]+) )') do
      if tonumber(at) > now then
        rest = rest .. entry
      else
        back = back or {}
        for kind in string.gmatch(kinds, '[^,]+') do
          kind = service .. ':' .. kind
          back[kind] = (back[kind] or 0) + 1
        end
      end
    end
    return back, rest
  end

  -- give frees a cancelled ticket's seat, now or after a delay (L06).
  local function give(t, delay)
    local service = service_of(t)
    if not LINES[service] then return end
    home(t, -1)
    if delay > 0 then
      local returns = get_count(service, 'returns') or ''
      local entry = string.format('%.0f', now + delay) .. '/' .. t.id .. '/' .. table.concat(counts_of(t), ',')
      set_count(service, 'returns', returns .. entry .. ' ')
    else
      for _, kind in ipairs(counts_of(t)) do add_count(service, kind, -1) end
    end
  end

  -- take takes it again, when undo takes the cancel back. If another ticket has the seat
  -- by now, there is one more than the limit.
  local function take(t)
    local service = service_of(t)
    if not LINES[service] then return end
    home(t, 1)
    local rest, held = '', false
    local returns = get_count(service, 'returns') or ''
    for entry, id in string.gmatch(returns, '([0-9]+/([^/]+)/[^ ]+ )') do
      if id == t.id then held = true else rest = rest .. entry end
    end
    if held then
      set_count(service, 'returns', rest)
    else
      for _, kind in ipairs(counts_of(t)) do add_count(service, kind, 1) end
    end
  end

  -- Where the record allows one live ticket per person and session, PATIENTS has the
  -- newest ticket under each hash that names the person.
  local function person_field(service, session, hash) return 'person:' .. service .. ':' .. session .. ':' .. hash end

  -- last_of reports whether the ticket in such a field is live, and how many tickets of
  -- the session its owner has cancelled.
  local function last_of(field)
    local id = redis.call('HGET', PATIENTS, field)
    local t = id and load(id)
    if not t then return false, 0 end
    return t.s ~= 'done' and t.s ~= 'cancelled' and t.s ~= 'no_show', (t.selves or 0) + (t.self and 1 or 0)
  end

  -- move changes the seats of a ticket that keeps one from what it was to what it is.
  local function move(was, t)
    local service = service_of(t)
    if not LINES[service] then return end
    for _, kind in ipairs(counts_of(was)) do add_count(service, kind, -1) end
    for _, kind in ipairs(counts_of(t)) do add_count(service, kind, 1) end
    home(was, -1)
    home(t, 1)
  end

  return {counts_of = counts_of, home = home, due = due, give = give, take = take, move = move, person_field = person_field, last_of = last_of}
end

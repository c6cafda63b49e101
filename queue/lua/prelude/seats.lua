-- seats.lua: the seats of a session, and which tickets its persons have. An act that
-- needs them calls seats() once. So issue.lua makes none of this for the usual ticket.

local function seats()
  -- counts_of names the counts in which a ticket holds a seat.
  local function counts_of(t)
    local session = ':' .. (t.sess or '')
    if t.ch ~= 'web' then return {'desk' .. session} end
    if t.first then return {'web' .. session, 'first' .. session} end
    return {'web' .. session}
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

  -- give frees a cancelled ticket's seat, now or after a delay.
  local function give(t, delay)
    local service = service_of(t)
    if not LINES[service] then return end
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

  return {counts_of = counts_of, due = due, give = give, take = take, person_field = person_field, last_of = last_of}
end

-- _seats.lua: what bounds a session of a service: its windows, its seats and its
-- numbers, for the scripts that give, free and take back a seat. "rules" is what
-- the caller asks and took from the record, see issue.lua.

-- manual is what the desk set by hand, as long as it holds. With a timetable,
-- what has no end was set before there was one, and does not count. The script
-- began with the two fields of it.
local function manual(timetable)
  local til = tonumber(desk[3] or nil)
  if not til and timetable or til and til <= now then return end
  return desk[2]
end

-- session_for picks the session that a channel gets its number for, or nil and
-- a refusal. The desk, and a web desk that was opened by hand, take the session
-- whose window is open, else the next, else the last.
local function session_for(rules, web)
  local set = manual(rules.timetable)
  if web and set == 'paused' then return nil, 'reception_paused' end
  if web and set == 'closed' then return nil, 'reception_closed' end
  local sessions = rules.sessions or {}
  for _, kind in ipairs(web and {'web', 'desk'} or {'desk'}) do
    for _, s in ipairs(sessions) do
      if s[kind][1] <= now and now < s[kind][2] then return s end
    end
    if kind == 'web' and rules.timetable and set ~= 'open' then
      for _, s in ipairs(sessions) do
        if s.web[1] > now then return nil, 'reception_before' end
      end
      return nil, 'reception_closed'
    end
  end
  for _, s in ipairs(sessions) do
    if s.desk[1] > now then return s end
  end
  return sessions[#sessions] or {id = '', base = 0}
end

-- seats are the counts in which a ticket holds a seat.
local function seats(t)
  local of = ':' .. (t.sess or '')
  if t.ch ~= 'web' then return {'desk' .. of} end
  if t.first then return {'web' .. of, 'first' .. of} end
  return {'web' .. of}
end

-- The seats of cancelled tickets that are given back later stand in the count
-- "returns", each as <millisecond>/<ticket id>/<seat>,<seat> and a space.

-- due returns how many seats of each kind have come back by now, nil if none
-- has, and the text of those that have not.
local function due(service)
  local returns, back, rest = count_of(service, 'returns') or '', nil, ''
  if returns == '' then return nil, '' end
  for entry, at, kinds in string.gmatch(returns, '(([0-9]+)/[^/]+/([^ ]+) )') do
    if tonumber(at) > now then
      rest = rest .. entry
    else
      back = back or {}
      for kind in string.gmatch(kinds, '[^,]+') do back[kind] = (back[kind] or 0) + 1 end
    end
  end
  return back, rest
end

-- settle gives back what is due.
local function settle(service, back, rest)
  for kind, n in pairs(back) do count(service, kind, -n) end
  set_count(service, 'returns', rest)
end

-- give_seat gives a cancelled ticket's seat back, now or after a delay.
local function give_seat(t, delay)
  local service = home(t)
  if not LINES[service] then return end
  if delay > 0 then
    local returns = count_of(service, 'returns') or ''
    local entry = string.format('%.0f', now + delay) .. '/' .. t.id .. '/' .. table.concat(seats(t), ',')
    set_count(service, 'returns', returns .. entry .. ' ')
  else
    for _, kind in ipairs(seats(t)) do count(service, kind, -1) end
  end
end

-- take_seat takes it again, when the cancel is undone; somebody may have got it
-- meanwhile, and then there is one more than the bound.
local function take_seat(t)
  local service = home(t)
  if not LINES[service] then return end
  local rest, held = '', false
  local returns = count_of(service, 'returns') or ''
  for entry, id in string.gmatch(returns, '([0-9]+/([^/]+)/[^ ]+ )') do
    if id == t.id then held = true else rest = rest .. entry end
  end
  if held then
    set_count(service, 'returns', rest)
  else
    for _, kind in ipairs(seats(t)) do count(service, kind, 1) end
  end
end

-- received tells whether a person has a ticket of the session that is not over.
local function received(person)
  local id = redis.call('HGET', PATIENTS, person)
  local t = id and load(id)
  return t and t.s ~= 'done' and t.s ~= 'cancelled' and t.s ~= 'no_show'
end

-- number_for decides a ticket's number: {n, the count that holds the last of its
-- kind, the kept numbers passed over, the place of a kept one}, or nil and a
-- refusal. The day's numbering is that of its first ticket. A kept number has a
-- count "kept:…": the place it was passed over at, or 0 once it is given.
local function number_for(service, rules, web, session)
  local per, first, web_from, every = string.match(count_of(service, 'numbering') or ARGV[17], '(%d+) (%d+) (%d+) (%d+)')
  first, web_from, every = tonumber(first), tonumber(web_from), tonumber(every)
  local scope = per == '1' and session.id or ''
  local kept = 'kept:' .. scope .. ':'
  if rules.number then
    local index = count_of(service, kept .. rules.number)
    if every == 0 or rules.number % every > 0 or rules.number < first or index == '0' then return nil, 'number_unavailable' end
    return {n = rules.number, given = kept .. rules.number, index = tonumber(index or nil)}
  end
  local band, last = '', math.huge
  if web_from > 0 and not web and not rules.override then
    band, last = 'desk', web_from - 1
  elseif web_from > 0 then
    band, first = 'web', web_from
  end
  local field = 'n:' .. scope .. ':' .. band
  local n, passed = math.max((count_of(service, field) or 0) + 1, first), nil
  while every > 0 and n % every == 0 do
    passed = passed or {}
    passed[#passed + 1] = kept .. n
    n = n + 1
  end
  if n > last then return nil, 'band_full' end
  return {n = n, field = field, passed = passed}
end

-- take_number takes it, and returns its place. A kept number that is passed
-- over keeps a place of its own, where it would have stood.
local function take_number(service, number, base)
  if not count_of(service, 'numbering') then set_count(service, 'numbering', ARGV[17]) end
  if number.given then
    set_count(service, number.given, 0)
    return place(number.index or base + count(service, 'issued', 1))
  end
  for _, kept in ipairs(number.passed or {}) do
    if not count_of(service, kept) then set_count(service, kept, base + count(service, 'issued', 1)) end
  end
  set_count(service, number.field, number.n)
  return place(base + count(service, 'issued', 1))
end

-- too_late tells whether a ticket could not be served by the session's end: the
-- rooms on duty have those before it and itself to see. Before the session
-- begins only its own count; one room is assumed where none is on duty.
local function too_late(service, rules, session, pos)
  if not rules.autoStop or not session.consult then return false end
  local from, work, rooms = '-', 1, 0
  if now < session.consult[1] then
    from = '[' .. place(session.base)
  else
    for _, id in ipairs(redis.call('ZRANGE', CALLED, 0, -1)) do
      if lane(load(id)) == service then work = work + 1 end
    end
  end
  work = work + redis.call('ZLEXCOUNT', LINES[service].waiting, from, '(' .. pos)
  for _, room in ipairs(rules.rooms or {}) do
    if not off_duty(room) then rooms = rooms + 1 end
  end
  return math.max(now, session.consult[1]) + work * rules.pace / math.max(rooms, 1) > session.consult[2] - (rules.margin or 0)
end

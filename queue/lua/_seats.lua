-- _seats.lua: what bounds a session of a service: its seats and its numbers, for
-- the scripts that give, free and take back a seat. "rules" is what the caller
-- asks and took from the record, see issue.lua.

-- seats are the counts in which a ticket holds a seat.
local function seats(t)
  local of = ':' .. (t.sess or '')
  if t.ch ~= 'web' then return {'desk' .. of} end
  if t.first then return {'web' .. of, 'first' .. of} end
  return {'web' .. of}
end

-- The seats of cancelled tickets that are given back later stand in the count
-- "returns", each as <millisecond>/<ticket id>/<seat>,<seat> and a space.

-- due returns how many seats have come back by now in each count of META, nil if
-- none has, and the text of those that have not.
local function due(service)
  local returns, back, rest = count_of(service, 'returns') or '', nil, ''
  if returns == '' then return nil, '' end
  for entry, at, kinds in string.gmatch(returns, '(([0-9]+)/[^/]+/([^ ]+) )') do
    if tonumber(at) > now then
      rest = rest .. entry
    else
      back = back or {}
      for kind in string.gmatch(kinds, '[^,]+') do
        kind = service .. ':' .. kind
        if meta[kind] == nil then read_meta(kind) end
        back[kind] = (back[kind] or 0) + 1
      end
    end
  end
  return back, rest
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

-- held_numbers has the numbers of a service that tickets of other sessions hold
-- which are still in some line: while they do, nobody else gets them.
local function held_numbers(service, session)
  local ids, held = {}, {}
  for _, line in pairs(LINES) do
    for _, set in ipairs({line.waiting, line.aside}) do
      for _, member in ipairs(redis.call('ZRANGE', set, 0, -1)) do ids[#ids + 1] = string.match(member, '/(.+)$') end
    end
  end
  for _, id in ipairs(redis.call('ZRANGE', CALLED, 0, -1)) do ids[#ids + 1] = id end
  for _, id in ipairs(ids) do
    if home({id = id}) == service then
      local t = load(id)
      if t.sess ~= session and t.n then held[t.n] = true end
    end
  end
  return held
end

-- number_for decides a ticket's number: {n, the count that holds the last of its
-- kind, the kept numbers passed over, the place of a kept one}, or nil and a
-- refusal. The day's numbering is that of its first ticket; "asked" is what the
-- record has now. A kept number has a count "kept:…": the place it was passed
-- over at, or 0 once it is given.
local function number_for(service, asked, rules, web, session)
  local per, first, web_from, every = string.match(count_of(service, 'numbering') or asked, '(%d+) (%d+) (%d+) (%d+)')
  first, web_from, every = tonumber(first), tonumber(web_from), tonumber(every)
  local scope, held = per == '1' and session or '', {}
  if scope ~= '' then held = held_numbers(service, scope) end
  local kept = 'kept:' .. scope .. ':'
  if rules.number then
    local index = count_of(service, kept .. rules.number)
    if every == 0 or rules.number % every > 0 or rules.number < first or index == '0' or held[rules.number] then
      return nil, 'number_unavailable'
    end
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
  while held[n] or every > 0 and n % every == 0 do
    if not held[n] then
      passed = passed or {}
      passed[#passed + 1] = kept .. n
    end
    n = n + 1
  end
  if n > last then return nil, 'band_full' end
  return {n = n, field = field, passed = passed}
end

-- take takes it. A kept number that is passed over keeps a place of its own,
-- where it would have stood.
local function take(service, asked, number, base)
  if not count_of(service, 'numbering') then set_count(service, 'numbering', asked) end
  for _, kept in ipairs(number.passed or {}) do
    if not count_of(service, kept) then set_count(service, kept, base + count(service, 'issued', 1)) end
  end
  set_count(service, number.given or number.field, number.given and 0 or number.n)
end

-- take_number takes it for a ticket that has no place yet, and returns one.
local function take_number(service, asked, number, base)
  take(service, asked, number, base)
  return place(number.index or base + count(service, 'issued', 1))
end

-- too_late tells whether a ticket could not be served by the session's end: those
-- who stand before it, in other lines all of the session, and tickets in a room
-- come first; and it takes the longer of what its own service needs of its own
-- rooms, and all services that share rooms with it of all of theirs. Before the session begins only its own tickets
-- count, and for a day to come all that were given for it; one room is assumed
-- where none is on duty.
local function too_late(service, rules, base, session, pos)
  if not rules.consult then return false end
  local begun, pace = now >= rules.consult[1], rules.paces[service]
  local work, rooms, all_work, all_rooms = pace, 0, pace, 0
  for other, each in pairs(rules.paces) do
    local n = 0
    if not rules.book then
      local ends = other == service and pos or place(base + 1000000)
      n = redis.call('ZLEXCOUNT', LINES[other].waiting, begun and '-' or '[' .. place(base), '(' .. ends)
    elseif other == service then
      n = (count_of(service, 'web:' .. session) or 0) + (count_of(service, 'desk:' .. session) or 0)
    end
    all_work = all_work + n * each
    if other == service then work = work + n * each end
  end
  for room, own in pairs(rules.rooms) do
    local inside = begun and redis.call('HGET', ROOMS, room)
    local left = inside and rules.paces[lane(load(inside))] or 0
    local on = (rules.book or not off_duty(room)) and 1 or 0
    all_work, all_rooms = all_work + left, all_rooms + on
    if own then work, rooms = work + left, rooms + on end
  end
  local needs = math.max(work / math.max(rooms, 1), all_work / math.max(all_rooms, 1))
  return math.max(now, rules.consult[1]) + needs > rules.consult[2] - (rules.margin or 0)
end

-- Where the record asks for one live ticket per person and session, PATIENTS keeps the
-- newest ticket under each hash that names the person.
local function person_field(service, session, hash) return 'person:' .. service .. ':' .. session .. ':' .. hash end

-- last_of reports of the ticket in such a field whether it is live, and how many
-- tickets of the session its owner has cancelled until then.
local function last_of(field)
  local id = redis.call('HGET', PATIENTS, field)
  local t = id and load(id)
  if not t then return false, 0 end
  return t.s ~= 'done' and t.s ~= 'cancelled' and t.s ~= 'no_show', (t.selves or 0) + (t.self and 1 or 0)
end

-- The count "surge" of a service is <half hour of the day>/<web tickets in it>
-- with the last eight marks in it, each after a comma, or quiet/<millisecond> until
-- which none are counted. Web bookings of days to come have such a text of their own,
-- the field "<service>:bookings" of DESK, with half hours since 1970. surging returns what one more ticket makes of it, nil if
-- nothing, and whether it is more than the bound. A ticket whose mark is among the
-- last eight is not counted: one network alone is no surge.
local function surging(was, bound, mark)
  local half, n, marks = string.match(was, '^(%w+)/(%d+)(.*)$')
  if half == 'quiet' and now < tonumber(n) then return nil, false end
  local this = string.format('%d', math.floor((now - ARGV[2]) / 1800000))
  if half ~= this then n, marks = 0, '' end
  if mark ~= '' then
    mark = ',' .. mark
    if string.find(marks, mark, 1, true) then return nil, false end
    marks = string.sub(marks .. mark, -8 * #mark)
  end
  return this .. '/' .. string.format('%d', n + 1) .. marks, n + 1 > bound
end

-- pause pauses the web desk of a service because of a surge, in the name of the
-- program, and returns the refusal of the ticket that was too many. The script has
-- asked begin for the service's reception first.
local function pause(service, ends)
  bump()
  local field = service .. ':reception'
  redis.call('HSET', DESK, field, 'paused', field .. '_until', ends, field .. '_reason', 'surge')
  ARGV[8], ARGV[9], ARGV[10] = 'system', '', ''
  note('reception', service, desk[2] or 'auto', 'paused', '"til":"' .. ends .. '"')
  redis.call('PUBLISH', 'junban:poke', ARGV[5] .. ' ' .. version)
  return refuse('reception_paused')
end

-- paused reports whether a surge has paused the web desk of a service.
local function paused(service)
  local field = service .. ':reception'
  local is = redis.call('HMGET', DESK, field, field .. '_until', field .. '_reason')
  return is[1] == 'paused' and is[3] == 'surge' and is[2] and tonumber(is[2]) > now
end

-- count_booking counts a web booking of a day to come, in DESK: its day's META is not
-- today's. It returns nil, or the reply that ends the script: the web desk is paused by
-- a surge, or this is one booking too many. bound is "" where nothing is a jump.
local function count_booking(service, bound, mark)
  if paused(service) then return refuse('reception_paused') end
  if bound == '' then return nil end
  local field = service .. ':bookings'
  local counted, jump = surging(redis.call('HGET', DESK, field) or '', tonumber(bound), mark)
  if jump then return {'surge'} end
  if counted then redis.call('HSET', DESK, field, counted) end
end

-- issue.lua: give a number of a service (受付), or book one of a day to come (B12). The
-- caller has chosen the session, and sends until when that choice is right.
--
-- ARGV[12] -> the request as JSON: issueRequest in queue/issuerequest.go
-- KEYS[#KEYS] -> junban:{c}:persons, where request.limited is given
--
-- Result: the ticket, with "ahead": how many wait before it, and "over" when the desk went over its limit. Refuses
-- request.refusal, day_full, already_received, person_limit, quota_full, first_quota_full or desk_quota_full (seatsOf in
-- queue/issuerequest.go), number_unavailable, band_full, auto_stop,
-- reception_paused (then the web desk is paused from now on).
-- Stale: "reception", what the desk has set, until | "time", now: not between request.from and request.to
--       | "bookings": the day's bookings get their numbers first | "surge": the caller pauses the web desk of today
local request = cjson.decode(ARGV[12])
local service, t, today = request.service, request.ticket, request.manual
local of = service .. ':'
local stop = begin(of .. 'reception', of .. 'reception_until')
if stop then return stop end
if today and ((desk[2] or '') ~= today.reception or (desk[3] or '') ~= today.ends) then
  return stale('reception', desk[2] or '', desk[3] or '')
end
if now < request.from or now >= request.to then return stale('time', now) end
if request.refusal then return refuse(request.refusal) end

local line, seat, first_visit = LINES[service], request.seats[1], request.seats[2]
local ISSUED, NUMBER, NUMBERING = of .. 'issued', of .. 'n::', of .. 'numbering'
local m = redis.call('HMGET', META, 'version', 'closed', ISSUED, NUMBER, NUMBERING, seat.count, of .. 'surge', of .. 'booked', of .. 'returns', 'mark', 'epoch')
if today and m[8] and m[8] ~= '0' then return stale('bookings') end
local issued, free = (m[3] or 0) + 1, not m[9] or m[9] == ''
-- A line has no more tickets than were issued: it is counted only where that is too many.
if issued > request.most and (issued > request.mostNumbers or redis.call('ZCARD', line.waiting) + redis.call('ZCARD', line.aside) >= request.most) then
  return refuse('day_full')
end
local counted, surging = nil, false
if today and request.surge then counted, surging = surge().count(m[7] or '', request.surge.limit, request.surge.mark) end
local taken, over, more = (m[6] or 0) + 1, nil, nil

t.s, t.issued = 'waiting', now
-- The usual ticket takes the next number and a free seat, and no rarer rule applies. This
-- block writes without the shared functions what the other block writes: that saves a
-- fifth of the script's time, by which an opening second is bounded (BenchmarkIssue).
local rare = request.book or request.persons or request.limited or request.number or request.ahead or request.autoStop or first_visit or surging
if not rare and free and m[1] and not m[2] and m[5] == '0 1 0 0' and taken <= (seat.limit or taken) then
  t.n, t.pos = (m[4] or 0) + 1, position(request.base + issued)
  version = string.format('%d', m[1] + 1)
  local n, surge = string.format('%d', t.n), counted and of .. 'surge'
  issued, taken = string.format('%d', issued), string.format('%d', taken)
  redis.call('HSET', META, 'version', version, 'mark', mark, ISSUED, issued, NUMBER, n, seat.count, taken,
    surge or 'mark', counted or mark)
  former, meta.epoch, steps = m[10], m[11], 1
  counts = '{"' .. ISSUED .. '":"' .. issued .. '","' .. NUMBER .. '":"' .. n .. '","' .. seat.count .. '":"' .. taken ..
    (surge and '","' .. surge .. '":"' .. counted or '') .. '"}'
  more = '{"counts":' .. counts .. '}'
else
  local seats, numbers, web, session, selves = seats(), numbers(), t.ch == 'web', t.sess or '', 0
  read_meta('version', 'closed', 'mark', 'epoch', ISSUED, NUMBERING, seat.count, first_visit and first_visit.count or seat.count)

  -- One live ticket per person and session. A person who has cancelled often gets a
  -- ticket that only the desk can cancel.
  local persons = request.persons or {}
  for i, person in ipairs(persons) do
    persons[i] = seats.person_field(service, session, person)
    local live, cancelled = seats.last_of(persons[i])
    over, selves = over or live or nil, math.max(selves, cancelled)
  end
  if over and not request.override then return refuse('already_received') end
  over = over or request.limited and limits().over(request) or nil
  if over and not request.override then return refuse('person_limit') end
  if request.cancels and selves >= request.cancels then t.code = nil end
  if selves > 0 then t.selves = selves end

  -- The seats, less those that are free again by now.
  local back, rest = seats.due(service)
  local function held(count) return (get_meta(count) or 0) - (back and back[count] or 0) end
  for _, seat in ipairs(request.seats) do
    if seat.limit and held(seat.count) >= seat.limit then
      if not request.override then return refuse(seat.full) end
      over = true
    end
  end
  local number, refusal
  if request.book ~= 'opening' then
    number, refusal = numbers.find(service, request.numbering, request, web, session)
    if not number then return refuse(refusal) end
  end
  if request.autoStop and too_late(request.autoStop, held) then
    if not request.override then return refuse('auto_stop') end
    over = true
  end
  if surging then return surge().pause(service, request.surge.ends) end
  local stopped = web and request.book and surge().count_booking(service, request.surge)
  if stopped then return stopped end -- nothing after this refuses

  next_version()
  if number then
    numbers.take(service, request.numbering, number, request.base)
    t.n, t.pos = number.n, position(number.index or request.base + add_count(service, 'issued', 1))
  else
    t.s, t.pos = 'booked', position(request.base + add_count(service, 'issued', 1))
    add_count(service, 'booked', 1)
  end
  for count, n in pairs(back or {}) do set_meta(count, (get_meta(count) or 0) - n) end
  if back then set_count(service, 'returns', rest) end
  for _, seat in ipairs(request.seats) do set_meta(seat.count, (get_meta(seat.count) or 0) + 1) end
  if counted then set_count(service, 'surge', counted) end
  if request.ahead then
    t.pos, t.why = positions().ahead(service, request.ahead), request.reason
    announce(service, request.reason)
  end
  for _, field in ipairs(persons) do redis.call('HSET', PATIENTS, field, t.id) end
  if request.limited then limits().keep(request, t.id) end
  more = cjson.encode({counts = write_meta()})
end

local text, ahead = cjson.encode(t), redis.call('ZLEXCOUNT', line.waiting, '-', '(' .. t.pos)
redis.call('ZADD', t.s == 'waiting' and line.waiting or line.aside, '0', t.pos .. '/' .. t.id)
append_entry('issue', t.id, '{}', text, more)
redis.call('HSET', TICKETS, t.id, text)
saved[1] = text
if request.patient then
  redis.call('HSET', PATIENTS, t.id, cjson.encode(request.patient))
  patient = t.id
end
if request.patient or request.persons or request.limited then redis.call('PEXPIREAT', PATIENTS, request.patientsUntil) end
-- The result is this text with two more fields: to encode it again takes 2 µs.
return done(string.sub(text, 1, -2) .. ',"ahead":' .. ahead .. (over and ',"over":true}' or '}'))

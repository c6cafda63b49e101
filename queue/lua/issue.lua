-- issue.lua: give a number of a service (受付), or book one of a day to come (B12).
-- The caller has worked out the session, and until when that is right; what is
-- rarely asked stands apart, because what Redis does not make costs no act.
--
-- KEYS[11], KEYS[12] -> the service's own
-- ARGV[12] -> ticket id
-- ARGV[13] -> service
-- ARGV[14], ARGV[15] -> what the caller knows of the hand on the web desk: <s>:reception and :reception_until, each "" if
--   not set; or "any", "" for a day to come
-- ARGV[16], ARGV[17] -> the milliseconds between which the next two are right
-- ARGV[18] -> why no number is given, or ""
-- ARGV[19] -> the ticket as far as the caller knows it: JSON without its last brace
-- ARGV[20] -> how many tickets stand in the line at most
-- ARGV[21] -> numbering: per session (1), first number, the web's first (0: none), every so many is kept (0: none)
-- ARGV[22], ARGV[23] -> the session, and where its places begin
-- ARGV[24] -> what is rarely asked as JSON, or "": {book, persons, cancels, number, ahead, reason, override, consult,
--   margin, rooms, paces}; book is "now" or "opening", for when a day to come gives its numbers; with paces, the
--   milliseconds that each service's tickets take, the web stops by itself, before consult[2] less margin
-- ARGV[25], ARGV[26] -> the patient as JSON, or "", and the millisecond until which patients' data is kept
-- ARGV[27] … ARGV[30] -> the counts of META in which the ticket takes a seat, each with its bound, "" if there is none;
--   the second may be ""
-- ARGV[31] -> how many numbers the day has at most, those that were passed over counted
-- ARGV[32] … ARGV[34] -> of a web ticket: how many of this half hour are no jump, the millisecond until which a jump
--   pauses the web desk ("" of a booking), and today's mark of its origin; "" where nothing is a jump
--
-- Result: the ticket, with "ahead": how many wait before it, and "over" when the desk went over its bound. Refuses
-- ARGV[18], day_full, already_received, quota_full, first_quota_full, desk_quota_full, number_unavailable, band_full,
-- auto_stop, reception_paused (then the web desk is paused from now on).
--       | {"hand", reception, until}: the caller's knowledge of it is old | {"moment", now}: its session is
--       | {"bookings"}: those who booked the day get their numbers first | {"surge"}: of too many web bookings; the
--   caller pauses the web desk of today
local stop = begin(ARGV[13] .. ':reception', ARGV[13] .. ':reception_until')
if stop then return stop end
if ARGV[14] ~= 'any' and ((desk[2] or '') ~= ARGV[14] or (desk[3] or '') ~= ARGV[15]) then
  return {'hand', desk[2] or '', desk[3] or ''}
end
if now < tonumber(ARGV[16]) or now >= tonumber(ARGV[17]) then return {'moment', now} end
if ARGV[18] ~= '' then return refuse(ARGV[18]) end

local id, asked, base, text, waits, more = ARGV[12], ARGV[21], ARGV[23], ARGV[19], true, nil
local of = ARGV[13] .. ':'
local ISSUED, NUMBER, NUMBERING, RETURNS, BOOKED = of .. 'issued', of .. 'n::', of .. 'numbering', of .. 'returns', of .. 'booked'
local SURGE = of .. 'surge'
local m = redis.call('HMGET', META, 'version', 'closed', ISSUED, NUMBER, NUMBERING, RETURNS, BOOKED, ARGV[27], SURGE)
if m[7] and m[7] ~= '0' and ARGV[14] ~= 'any' then return {'bookings'} end
local issued = (m[3] or 0) + 1
-- The line has no more tickets than were issued: it is counted only where that may be too many.
local most = tonumber(ARGV[20])
if issued > most and (issued > tonumber(ARGV[31]) or redis.call('ZCARD', KEYS[11]) + redis.call('ZCARD', KEYS[12]) >= most) then
  return refuse('day_full')
end
local pos, over, persons = position(base + issued), false, nil
local counted, jump = nil, false
if ARGV[32] ~= '' and ARGV[14] ~= 'any' then counted, jump = surge().count(m[9] or '', tonumber(ARGV[32]), ARGV[34]) end

if m[1] and not m[2] and asked == '0 1 0 0' and m[5] == asked and (not m[6] or m[6] == '') and ARGV[24] == '' and ARGV[29] == '' and not jump then
  local n, seat = (m[4] or 0) + 1, (m[8] or 0) + 1
  if ARGV[28] ~= '' and seat > tonumber(ARGV[28]) then
    return refuse(string.find(ARGV[27], ':web:', 1, true) and 'quota_full' or 'desk_quota_full')
  end
  version = string.format('%d', m[1] + 1)
  issued, n, seat = string.format('%d', issued), string.format('%d', n), string.format('%d', seat)
  more = '"counts":{"' .. ISSUED .. '":"' .. issued .. '","' .. NUMBER .. '":"' .. n .. '","' .. ARGV[27] .. '":"' .. seat .. '"'
  local field, value = 'mark', mark
  if counted then field, value, more = SURGE, counted, more .. ',"' .. SURGE .. '":"' .. counted .. '"' end
  more = more .. '}'
  redis.call('HSET', META, 'version', version, ISSUED, issued, NUMBER, n, ARGV[27], seat, 'mark', mark, field, value)
  text = text .. ',"s":"waiting","n":' .. n
else
  local seats, numbers, service, web, selves = seats(), numbers(), ARGV[13], string.find(ARGV[27], ':web:', 1, true), 0
  local rules = ARGV[24] ~= '' and cjson.decode(ARGV[24]) or {}
  read_meta('version', 'closed', ISSUED, NUMBER, NUMBERING, RETURNS, BOOKED, ARGV[27], ARGV[29])

  -- One live ticket per person and session; who has cancelled often enough gets
  -- one that only the desk can cancel.
  persons = rules.persons or {}
  for i, person in ipairs(persons) do
    persons[i] = seats.person_field(service, ARGV[22], person)
    local live, cancelled = seats.last_of(persons[i])
    over, selves = over or live, math.max(selves, cancelled)
  end
  if over and not rules.override then return refuse('already_received') end
  if rules.cancels and selves >= rules.cancels then text = string.gsub(text, ',"code":"[^"]*"', '') end
  if selves > 0 then text = text .. ',"selves":' .. selves end

  -- The seats, less those that have come back by now.
  local back, rest = seats.due(service)
  for i = 27, 29, 2 do
    local seat, bound = ARGV[i], ARGV[i + 1]
    if bound ~= '' and (meta[seat] or 0) - (back and back[seat] or 0) >= tonumber(bound) then
      if not rules.override then
        return refuse(({web = '', first = 'first_', desk = 'desk_'})[string.match(seat, ':(%a+)')] .. 'quota_full')
      end
      over = true
    end
  end
  local number, none
  if rules.book ~= 'opening' then
    number, none = numbers.find(service, asked, rules, web, ARGV[22])
    if not number then return refuse(none) end
  end
  if rules.paces and too_late(service, rules, base, ARGV[22], pos) then
    if not rules.override then return refuse('auto_stop') end
    over = true
  end
  if jump then return surge().pause(service, ARGV[33]) end
  local stopped = rules.book and web and surge().count_booking(service, ARGV[32], ARGV[34])
  if stopped then return stopped end -- nothing after this refuses

  next_version()
  if number then
    numbers.take(service, asked, number, base)
    pos, text = position(number.index or base + add_count(service, 'issued', 1)), text .. ',"s":"waiting","n":' .. number.n
  else
    pos, waits = position(base + add_count(service, 'issued', 1)), false
    add_count(service, 'booked', 1)
    text = text .. ',"s":"booked"'
  end
  for seat, n in pairs(back or {}) do set_meta(seat, (meta[seat] or 0) - n) end
  if back then set_meta(RETURNS, rest) end
  set_meta(ARGV[27], (meta[ARGV[27]] or 0) + 1)
  if counted then set_meta(SURGE, counted) end
  if ARGV[29] ~= '' then set_meta(ARGV[29], (meta[ARGV[29]] or 0) + 1) end
  if rules.ahead then
    pos, text = positions().ahead(service, rules.ahead), text .. ',"why":"' .. rules.reason .. '"'
    announce(service, rules.reason)
  end
  more = write_meta()
end

text = text .. ',"issued":' .. now .. ',"pos":"' .. pos .. '"'
local ahead, whole = redis.call('ZLEXCOUNT', KEYS[11], '-', '(' .. pos), text .. '}'
redis.call('ZADD', waits and KEYS[11] or KEYS[12], '0', pos .. '/' .. id)
append_entry('issue', id, '{}', whole, more)
redis.call('HSET', TICKETS, id, whole)
if ARGV[25] ~= '' then redis.call('HSET', PATIENTS, id, ARGV[25]) end
for _, person in ipairs(persons or {}) do redis.call('HSET', PATIENTS, person, id) end
if ARGV[25] ~= '' or persons and persons[1] then redis.call('PEXPIREAT', PATIENTS, ARGV[26]) end
return done(text .. ',"ahead":' .. ahead .. (over and ',"over":true}' or '}'))

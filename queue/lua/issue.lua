-- issue.lua: give a number of a service (受付), for the session that it is, or
-- book one of a day to come (B12).
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> service
-- ARGV[14] -> "web" or "desk"
-- ARGV[15] -> the ticket as far as the caller knows it: JSON without its last brace
-- ARGV[16] -> how many tickets the day has at most
-- ARGV[17] -> numbering: per session (1), first number, the web's first (0: none), every so many is kept (0: none)
-- ARGV[18] -> the rest of request and record as JSON, only what is set, or "": {book, served, session, firstVisit, persons,
--   cancels, number, ahead, reason, override, web, desk, first, timetable, sessions, margin, rooms, paces}; web, desk
--   and first are the bounds of their seats; a session is {id, base, web, desk, consult}; book is "now" or "opening",
--   for when a day to come gives its numbers, and served when the web is served today; with paces, the milliseconds that each service's tickets take, the web
--   stops by itself
-- ARGV[19] -> the patient as JSON, or ""
-- ARGV[20] -> milliseconds after the day for which patients' data is kept
--
-- Result: the ticket, with "ahead": how many wait before it, and "over" when the desk went over its bound. Refuses
-- reception_closed, reception_paused, reception_before, not_offered, day_full, already_received, quota_full,
-- first_quota_full, desk_quota_full, number_unavailable, band_full, auto_stop.
--       | {"bookings"}: those who booked the day get their numbers first
local stop = begin(ARGV[13] .. ':reception', ARGV[13] .. ':reception_until')
if stop then return stop end

local id, service, web, line = ARGV[12], ARGV[13], ARGV[14] == 'web', LINES[ARGV[13]]
local rules = ARGV[18] ~= '' and cjson.decode(ARGV[18]) or {}
local session, why = session_for(rules, web)
if not session then return refuse(why) end
local kinds, of = seats({ch = ARGV[14], first = rules.firstVisit, sess = session.id}), service .. ':'
read_meta('version', 'closed', of .. 'issued', of .. 'returns', of .. 'numbering', of .. 'booked', of .. kinds[1], of .. 'n::')
if not rules.book and tonumber(count_of(service, 'booked') or 0) > 0 then return {'bookings'} end
local issued = tonumber(count_of(service, 'issued') or 0)
if issued >= tonumber(ARGV[16]) then return refuse('day_full') end

-- One live ticket per person and session; who has cancelled often enough gets
-- one that only the desk can cancel.
local over, selves, text = false, 0, ARGV[15]
local persons = rules.persons or {}
for i, person in ipairs(persons) do
  persons[i] = 'person:' .. service .. ':' .. session.id .. ':' .. person
  local other = redis.call('HGET', PATIENTS, persons[i])
  other = other and load(other)
  if other then
    if other.s ~= 'done' and other.s ~= 'cancelled' and other.s ~= 'no_show' then over = true end
    selves = math.max(selves, (other.selves or 0) + (other.self and 1 or 0))
  end
end
if over and not rules.override then return refuse('already_received') end
if rules.cancels and selves >= rules.cancels then text = string.gsub(text, ',"code":"[^"]*"', '') end
if selves > 0 then text = text .. ',"selves":' .. selves end

-- The seats, less those that have come back by now.
local back, rest = due(service)
for _, seat in ipairs(kinds) do
  local kind = string.match(seat, '^%a+')
  if rules[kind] and (count_of(service, seat) or 0) - (back and back[seat] or 0) >= rules[kind] then
    if not rules.override then return refuse(({web = '', first = 'first_', desk = 'desk_'})[kind] .. 'quota_full') end
    over = true
  end
end
local number, none
if rules.book ~= 'opening' then
  number, none = number_for(service, ARGV[17], rules, web, session)
  if not number then return refuse(none) end
end
if rules.paces and too_late(service, rules, session, place(session.base + issued + 1)) then
  if not rules.override then return refuse('auto_stop') end
  over = true
end

bump()
local pos = number and take_number(service, ARGV[17], number, session.base) or place(session.base + count(service, 'issued', 1))
for kind, n in pairs(back or {}) do count(service, kind, -n) end
if back then set_count(service, 'returns', rest) end
for _, seat in ipairs(kinds) do count(service, seat, 1) end
text = text .. ',"issued":' .. now .. (session.id ~= '' and ',"sess":"' .. session.id .. '"' or '')
if number then
  text = text .. ',"s":"waiting","n":' .. number.n
else
  count(service, 'booked', 1)
  text = text .. ',"s":"booked"'
end
if rules.ahead then
  pos, text = places().ahead(service, rules.ahead), text .. ',"why":"' .. rules.reason .. '"'
  announce(service, rules.reason)
end
text = text .. ',"pos":"' .. pos .. '"'
local ahead = redis.call('ZLEXCOUNT', line.waiting, '-', '(' .. pos)
redis.call('ZADD', number and line.waiting or line.aside, '0', pos .. '/' .. id)
note('issue', id, '{}', text .. '}')
redis.call('HSET', TICKETS, id, text .. '}')
if ARGV[19] ~= '' then redis.call('HSET', PATIENTS, id, ARGV[19]) end
for _, person in ipairs(persons) do redis.call('HSET', PATIENTS, person, id) end
if persons[1] or ARGV[19] ~= '' then redis.call('PEXPIREAT', PATIENTS, ARGV[3] + ARGV[20]) end
return done(text .. ',"ahead":' .. ahead .. (over and ',"over":true}' or '}'))

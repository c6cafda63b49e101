-- issue.lua: give a number of a service (受付), for the session that it is.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> service; LINES has no other
-- ARGV[14] -> "web" or "desk"
-- ARGV[15] -> the ticket as far as the caller knows it: JSON without its last brace
-- ARGV[16] -> how many tickets the day has at most
-- ARGV[17] -> numbering: per session (1), first number, the web's first (0: none), every so many is kept (0: none)
-- ARGV[18] -> the rest of request and record as JSON, only what is set, or "": {firstVisit, person, number, ahead,
--   reason, override, web, desk, first, timetable, sessions, autoStop, margin, pace, rooms}; web, desk and first
--   are the bounds of their seats; a session is {id, base, web, desk, consult}
-- ARGV[19] -> the patient as JSON, or ""
-- ARGV[20] -> milliseconds after the day for which patients' data is kept
--
-- Result: the ticket, with "ahead": how many wait before it, and "over" when the desk went over its bound. Refuses reception_closed,
-- reception_paused, reception_before, day_full, already_received, quota_full, first_quota_full, desk_quota_full, number_unavailable, band_full, auto_stop.
local stop = begin(ARGV[13] .. ':reception', ARGV[13] .. ':reception_until')
if stop then return stop end

local id, service, web, line = ARGV[12], ARGV[13], ARGV[14] == 'web', LINES[ARGV[13]]
local rules = ARGV[18] ~= '' and cjson.decode(ARGV[18]) or {}
local session, why = session_for(rules, web)
if not session then return refuse(why) end
local kinds = seats({ch = ARGV[14], first = rules.firstVisit, sess = session.id})
local of = service .. ':'
read_meta('version', of .. 'issued', of .. 'returns', of .. 'numbering', of .. kinds[1], of .. 'n::')
local issued = tonumber(count_of(service, 'issued') or 0)
if issued >= tonumber(ARGV[16]) then return refuse('day_full') end
local person = rules.person and 'person:' .. service .. ':' .. session.id .. ':' .. rules.person
if person and web and received(person) then return refuse('already_received') end
local over, back, rest = false, due(service)
for _, seat in ipairs(kinds) do
  local kind = string.match(seat, '^%a+')
  if rules[kind] and (count_of(service, seat) or 0) - (back and back[seat] or 0) >= rules[kind] then
    if not rules.override then return refuse(({web = '', first = 'first_', desk = 'desk_'})[kind] .. 'quota_full') end
    over = true
  end
end
local number, none = number_for(service, rules, web, session)
if not number then return refuse(none) end
if web and too_late(service, rules, session, place(session.base + issued + 1)) then return refuse('auto_stop') end

bump()
local pos = take_number(service, number, session.base)
if back then settle(service, back, rest) end
for _, seat in ipairs(kinds) do count(service, seat, 1) end
local sess = session.id ~= '' and ',"sess":"' .. session.id .. '"' or ''
local text = ARGV[15] .. ',"s":"waiting","issued":' .. now .. ',"n":' .. number.n .. sess
if rules.ahead then
  pos, text = places().ahead(service, rules.ahead), text .. ',"why":"' .. rules.reason .. '"'
  announce(service, rules.reason)
end
text = text .. ',"pos":"' .. pos .. '"'
local ahead = redis.call('ZLEXCOUNT', line.waiting, '-', '(' .. pos)
redis.call('ZADD', line.waiting, '0', pos .. '/' .. id)
note('issue', id, '{}', text .. '}')
redis.call('HSET', TICKETS, id, text .. '}')
if ARGV[19] ~= '' then redis.call('HSET', PATIENTS, id, ARGV[19]) end
if person then redis.call('HSET', PATIENTS, person, id) end
if person or ARGV[19] ~= '' then redis.call('PEXPIREAT', PATIENTS, ARGV[3] + ARGV[20]) end
return done(text .. ',"ahead":' .. ahead .. (over and ',"over":true}' or '}'))

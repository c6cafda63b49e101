-- lost.lua: file a ticket that Redis has lost, from what its owner's token proves
-- (消えた受付). Its number is not given again, unless it was already. It keeps the
-- position it was issued at, aside until the desk takes it in again. Or the desk takes it
-- in at once, from a record outside Redis (消えた予約).
--
-- ARGV[12] -> service
-- ARGV[13] -> the ticket as JSON: id, ch, party, first, kind, code, sess, from, n, issued, pos, slot, till, sfrom, sto, w
-- ARGV[14] -> numbering that the record has now, see prelude/numbers.lua
-- ARGV[15] -> how many lost tickets a service's day takes
-- ARGV[16], ARGV[17] -> the patient as JSON, or "", and the millisecond until which patients' data is kept
-- ARGV[18] -> the hashes that name the person, with commas; "" where the record does not ask for one ticket each
-- ARGV[19] -> the same, as a JSON array; "" where the record does not count a person's tickets
-- ARGV[20] -> "lost", or "restore": it waits, or is booked if it has no number
-- KEYS[#KEYS] -> junban:{c}:persons
--
-- Result: the ticket, as it is if it is there. Refuses service_unknown,
-- ticket_unknown beyond the bound.
local stop = begin()
if stop then return stop end

local t, service, seats, act = cjson.decode(ARGV[13]), ARGV[12], seats(), ARGV[20]
local there = redis.call('HGET', TICKETS, t.id)
if there then return {'ok', there} end
if not LINES[service] then return refuse('service_unknown') end
if act == 'lost' and tonumber(get_count(service, 'lost') or 0) >= tonumber(ARGV[15]) then return refuse('ticket_unknown') end

-- Its owner may have taken another ticket since: that one stays the person's.
local persons = {}
for hash in string.gmatch(ARGV[18], '[^,]+') do
  local field = seats.person_field(service, not t.slot and t.sess or '', hash)
  local live, cancelled = seats.last_of(field)
  if cancelled > (t.selves or 0) then t.selves = cancelled end
  if not live then persons[#persons + 1] = field end
end

next_version()
if act == 'lost' then add_count(service, 'lost', 1) end
for _, seat in ipairs(seats.counts_of(t)) do add_count(service, seat, 1) end
seats.home(t, 1)
if t.n then
  local asked = get_count(service, 'numbering')
  if not asked then
    asked = ARGV[14]
    set_count(service, 'numbering', asked)
  end
  local per, _, web_from, every = string.match(asked, '(%d+) (%d+) (%d+) (%d+)')
  local scope, band = per == '1' and t.sess or '', ''
  web_from, every = tonumber(web_from), tonumber(every)
  if web_from > 0 then band = t.n < web_from and 'desk' or 'web' end
  local field = 'n:' .. scope .. ':' .. band
  if every > 0 and t.n % every == 0 then
    set_count(service, 'kept:' .. scope .. ':' .. t.n, 0)
  elseif t.n > tonumber(get_count(service, field) or 0) then
    set_count(service, field, t.n)
  end
end
-- The next ticket stands behind it.
local nth = tonumber(string.match(t.pos, t.slot and '^%d%d%d(%d%d%d%d%d)5$' or '^%d%d(%d%d%d%d%d%d)5$') or 0)
if nth > tonumber(get_count(service, 'issued') or 0) then set_count(service, 'issued', nth) end
-- Another ticket may have its position by now: it goes just before that one.
t.pos = string.sub(t.pos, 1, -2) .. (tonumber(string.sub(t.pos, -1)) - 1) .. '9' .. position(version)
t.s, t.lost = 'lost', true
if act == 'restore' then
  t.s = t.n and 'waiting' or 'booked'
  if not t.n and not t.slot then add_count(service, 'booked', 1) end
end
join(t)
local kind = act == 'restore' and 'restore' or 'lost'
log_change({}, t, kind)
local text = save(t)
if ARGV[16] ~= '' then
  redis.call('HSET', PATIENTS, t.id, ARGV[16])
  patient = t.id
end
for _, field in ipairs(persons) do redis.call('HSET', PATIENTS, field, t.id) end
local limited = ARGV[19] ~= '' and cjson.decode(ARGV[19])
if limited then limits().keep({service = service, limited = limited, today = DAY}, t.id) end
if ARGV[16] ~= '' or persons[1] or limited then redis.call('PEXPIREAT', PATIENTS, ARGV[17]) end
return done(text)

-- rebook.lua: the desk moves a booking to another slot of its day, or to another day
-- (予約変更). There a new ticket replaces it, in the same act: no moment has both or none.
--
-- KEYS, before the last -> of the other day: its keys from meta to ended, then those of each service's line, as in
--   prelude/act.lua; none on the same day
-- KEYS[#KEYS] -> junban:{c}:persons
-- ARGV[12] -> ticket id
-- ARGV[13] -> the ticket's text as the caller has read it
-- ARGV[14] -> the request as JSON: rebookRequest in queue/rebook.go
--
-- Result: the ticket, of another day the new one. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown,
-- request.refusal, day_full, already_received, person_limit, slot_full, quota_full, first_quota_full, desk_quota_full.
-- Stale: "ticket": another act has changed it since | "time", now: not between request.from and request.to
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'booked', 'waiting')
if not t then return was end
local there = redis.call('HGET', TICKETS, t.id)
if there ~= ARGV[13] then return stale('ticket') end
local request = cjson.decode(ARGV[14])
if now < request.from or now >= request.to then return stale('time', now) end
if request.refusal then return refuse(request.refusal) end
local service = service_of(t)
if not request.other then
  local own = {}
  for _, count in ipairs(seats().counts_of(was)) do own[service .. ':' .. count] = (own[service .. ':' .. count] or 0) + 1 end
  local slot, full = free_slot(request, own)
  if not slot then return refuse(full) end
  if slot.slot == t.slot then return {'ok', there} end
  next_version()
  settle(service, t, slot)
  t.stay = nil
  seats().move(was, t)
  return done(change(was, t, 'rebook'))
end

local person = redis.call('HGET', PATIENTS, t.id)
request.limited, request.persons = limited_of(t.id), {}
for _, field in ipairs(person_fields(t.id)) do
  local hash = string.match(field, '^person:[^:]*:[^:]*:(.+)$')
  if hash then request.persons[#request.persons + 1] = hash end
end
local source, ends = DAY, ARGV[3]
-- turn_to lets all that follows act on the ticket's day, or on the other.
local function turn_to(of_source)
  local first = next_key
  if of_source then
    to_day(3, 11, ends)
  else
    to_day(first, first + 7, request.ends)
  end
end

turn_to(false)
if whole_day(request) then return refuse('day_full') end
local refusal = check_persons(request, t.id)
if refusal then return refuse(refusal) end
local slot, full = free_slot(request)
if not slot then return refuse(full) end
local new = {id = request.id, mfrom = t.id, issued = now}
for _, field in ipairs({'ch', 'party', 'first', 'kind', 'code', 'selves'}) do new[field] = t[field] end
new.s, new.w, new.sess = 'booked', request.w, request.sess
local number
if not t.slot and request.book ~= 'opening' then
  number = numbers().find(service, request.numbering, {}, t.ch == 'web', request.sess) or
    numbers().find(service, request.numbering, {override = true}, t.ch == 'web', request.sess)
end

-- give makes the new ticket on its day; drop ends the old one.
local function give()
  next_version()
  if t.slot then
    settle(service, new, slot)
  elseif number then
    numbers().take(service, request.numbering, number, request.base)
    new.s, new.n = 'waiting', number.n
  else
    add_count(service, 'booked', 1)
  end
  new.pos = new.pos or position(request.base + add_count(service, 'issued', 1))
  for _, count in ipairs(seats().counts_of(new)) do add_count(service, count, 1) end
  seats().home(new, 1)
  keep_persons(request, new.id, t.id)
  if person then
    redis.call('HSET', PATIENTS, new.id, person)
    patient = new.id
  end
  redis.call('PEXPIREAT', PATIENTS, request.patientsUntil)
  join(new)
  log_change({}, new, 'issue')
  return save(new)
end
local function drop()
  next_version()
  if t.s == 'booked' and not t.slot then add_count(service, 'booked', -1) end
  t.s, t.ended, t.seq, t.why, t.mto = 'cancelled', now, version, 'moved', new.id
  seats().give(t, 0)
  change(was, t, 'cancel')
end
local text
if DAY > source then -- the earlier day comes last: it may be today
  text = give()
  publish()
  turn_to(true)
  drop()
else
  turn_to(true)
  drop()
  publish()
  turn_to(false)
  text = give()
end
return done(text)

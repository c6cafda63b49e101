-- edit.lua: the desk changes what a booked or waiting ticket is for (内容変更): its people,
-- kind, first visit, or patient. More seats than before are checked like those of a new one.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> the ticket's text as the caller has read it
-- ARGV[14] -> the request as JSON: editRequest in queue/edit.go
-- KEYS[#KEYS] -> junban:{c}:persons
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown, already_received,
-- person_limit, slot_full, quota_full, first_quota_full, desk_quota_full.
-- Stale: "ticket": another act has changed it since
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'booked', 'waiting')
if not t then return was end
if redis.call('HGET', TICKETS, t.id) ~= ARGV[13] then return stale('ticket') end
local request, seats, service = cjson.decode(ARGV[14]), seats(), service_of(t)
t.party, t.kind, t.first, t.w = request.party, request.kind, request.first, request.w
local own = {}
for _, count in ipairs(seats.counts_of(was)) do own[service .. ':' .. count] = (own[service .. ':' .. count] or 0) + 1 end
for i = #request.slots[1].seats, 1, -1 do -- those that it has already are not checked
  local seat = request.slots[1].seats[i]
  if seat.n <= (own[seat.count] or 0) then table.remove(request.slots[1].seats, i) end
end
local slot, full = free_slot(request, own)
if not slot then return refuse(full) end
local mine = {}
if request.patient then
  local fields = redis.call('HGETALL', PATIENTS)
  for i = 1, #fields, 2 do
    if fields[i + 1] == t.id then mine[#mine + 1] = fields[i] end
  end
end
for _, person in ipairs(request.patient and request.persons or {}) do
  local field = seats.person_field(service, request.session or '', person)
  if seats.last_of(field) and redis.call('HGET', PATIENTS, field) ~= t.id and not request.override then return refuse('already_received') end
end

next_version()
seats.move(was, t)
if request.patient then
  for _, field in ipairs(mine) do
    redis.call('HDEL', PATIENTS, field)
    forget_person(service, string.match(field, '[^:]+$'), request.today, t.id)
  end
  redis.call('HSET', PATIENTS, t.id, cjson.encode(request.patient))
  for _, person in ipairs(request.persons or {}) do
    redis.call('HSET', PATIENTS, seats.person_field(service, request.session or '', person), t.id)
    note_person(service, person, request.today, t.id)
  end
  redis.call('PEXPIREAT', PATIENTS, request.patientsUntil)
  patient = t.id
end
return done(change(was, t, 'edit'))

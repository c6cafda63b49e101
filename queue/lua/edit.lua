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
local refusal = request.patient and check_persons(request, t.id)
if refusal then return refuse(refusal) end
local slot, full = free_slot(request, own)
if not slot then return refuse(full) end
next_version()
seats.move(was, t)
if request.patient then
  for _, person in ipairs(limited_of(t.id) or {}) do limits().forget(service, person, request.today, t.id) end
  for _, field in ipairs(person_fields(t.id)) do redis.call('HDEL', PATIENTS, field) end
  redis.call('HDEL', PATIENTS, 'of:' .. t.id)
  redis.call('HSET', PATIENTS, t.id, cjson.encode(request.patient))
  keep_persons(request, t.id)
  redis.call('PEXPIREAT', PATIENTS, request.patientsUntil)
  patient = t.id
end
return done(change(was, t, 'edit'))

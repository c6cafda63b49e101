-- book.lua: book a slot of today or of a day to come (予約), or give one to a walk-in,
-- whose booking and arrival are one act (booking.md §5.2). The caller has chosen the slots
-- to try, and sends until when that choice is right.
--
-- ARGV[12] -> the request as JSON: bookRequest in queue/bookrequest.go
-- KEYS[#KEYS] -> junban:{c}:persons
--
-- Result: the ticket, with "ahead": how many wait before it, and "over" when the desk went over a limit. Refuses
-- request.refusal, day_full, already_received, person_limit, slot_full, first_quota_full, quota_full or desk_quota_full,
-- number_unavailable, band_full.
-- Stale: "reception", what the desk has set, until | "time", now: not between request.from and request.to
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

read_meta('version', 'closed', 'mark', 'epoch', of .. 'issued', of .. 'returns', of .. 'numbering')
if whole_day(request) then return refuse('day_full') end
local refusal, over, selves = check_persons(request)
if refusal then return refuse(refusal) end
if request.cancels and selves >= request.cancels then t.code = nil end
if selves > 0 then t.selves = selves end
local slot, full = free_slot(request)
if not slot then return refuse(full) end
over = over or full
t.slot, t.sfrom, t.sto, t.sess = slot.slot, slot.from, slot.to, slot.session
local number
if request.walkin then
  number, refusal = slot_number(t, request.numbering, request.bySlot, request)
  if not number then return refuse(refusal) end -- nothing after this refuses
end

next_version()
t.s, t.issued = 'booked', now
if number then
  take_number(t, request.numbering, number, slot.unit)
  t.s, t.arr = 'waiting', now
end
settle(service, t, slot)
for _, count in ipairs(seats().counts_of(t)) do add_count(service, count, 1) end
seats().home(t, 1)
if number and request.ahead then
  local among_slot
  t.pos, among_slot = among(service, request.ahead, t)
  stand(t, among_slot)
  t.why = request.reason
  announce(service, request.reason)
end
keep_persons(request, t.id)
if request.patient then
  redis.call('HSET', PATIENTS, t.id, cjson.encode(request.patient))
  patient = t.id
end
if request.patient or request.persons or request.limited then redis.call('PEXPIREAT', PATIENTS, request.patientsUntil) end

local text, ahead = cjson.encode(t), 0
local line = LINES[service]
if number then ahead = redis.call('ZLEXCOUNT', line.waiting, '-', '(' .. t.pos) end
redis.call('ZADD', number and line.waiting or line.aside, '0', t.pos .. '/' .. t.id)
append_entry('issue', t.id, '{}', text, cjson.encode({counts = write_meta()}))
redis.call('HSET', TICKETS, t.id, text)
saved[1] = text
return done(string.sub(text, 1, -2) .. ',"ahead":' .. ahead .. (over and ',"over":true}' or '}'))

-- arrival.lua: a patient who booked a slot of today is here (来院受付): the ticket gets its
-- number and its place in the line. A late one stands by the rule of the service.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> "desk", or "owner" by the code at the entrance
-- ARGV[14] -> the rules of the service as JSON: arrivalRules in queue/arrival.go
--
-- Result: the ticket, as it is when it has arrived before. Refuses ticket_unknown, ticket_changed, state_forbids,
-- service_unknown, too_early, too_late.
local stop = begin()
if stop then return stop end

local there = redis.call('HGET', TICKETS, ARGV[12])
if there then
  local t = cjson.decode(there)
  if t.arr and t.s ~= 'done' and t.s ~= 'cancelled' and t.s ~= 'no_show' then return {'ok', there} end
end
local t, was = object(ARGV[12], 'booked')
if not t then return was end
if not t.slot then return refuse('state_forbids') end
local rules, service = cjson.decode(ARGV[14]), line_of(t)
local late = now > t.sto + rules.grace
if ARGV[13] == 'owner' and now < t.sfrom - rules.arriveFrom then return refuse('too_early') end
if ARGV[13] == 'owner' and late and rules.late == 'desk' then return refuse('too_late') end

next_version()
local slot, unit = t.slot, unit_of(t.pos)
-- later takes another slot, if it is later than the one so far.
local function later(name, five)
  if five and five > unit then slot, unit = name, five end
end
if late then
  t.late = true
  if rules.late ~= 'own' then later(runs().served(service)) end
  if rules.late == 'end' then
    local last = redis.call('ZRANGE', LINES[service].waiting, -1, -1)[1]
    local other = last and load(string.match(last, '/(.+)$'))
    if other then later(line_slot(other), unit_of(other.pos)) end
  end
end
local number = slot_number(t, rules.numbering, rules.bySlot, {}) or slot_number(t, rules.numbering, rules.bySlot, {override = true})
take_number(t, rules.numbering, number, unit)
t.s, t.pres, t.arr, t.stay = 'waiting', 'here', now, nil
t.pos = append(service, unit)
stand(t, slot)
return done(change(was, t, 'arrival'))

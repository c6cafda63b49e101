-- exam.lua: the patient goes from the room to an exam (検査へ) and is to come
-- back into the line behind the next few (再診察). The room is free.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> the rules of each service, as JSON
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'called', 'in_service')
if not t then return was end
next_version()
new_leg(t)
t.s, t.why, t.pres = 'held', 'exam', 'here'
t.park = cjson.decode(ARGV[13])[line_of(t)].examBack
return done(change(was, t, 'exam'))

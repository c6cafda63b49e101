-- transfer.lua: send a ticket to the end of another service's line. It keeps its
-- number; numbers of the two lines may clash.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> the other service
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids (also where it
-- stands in that line already), service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'waiting', 'called', 'in_service', 'absent', 'held')
if not t then return was end
if line_of(t) == ARGV[13] then return refuse('state_forbids') end
next_version()
leave(t)
new_leg(t)
t.lane = ARGV[13] ~= service_of(t) and ARGV[13] or nil
t.s, t.pos = 'waiting', positions().ahead(ARGV[13], nil, t)
t.front, t.grace, t.park, t.why = nil
return done(change(was, t, 'transfer'))

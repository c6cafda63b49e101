-- arrive.lua: set where the patient is (来院状況). It moves nothing in the line, and
-- undo does not take it back.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> "here", "out", or "" for not arrived
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'waiting', 'called', 'in_service', 'absent', 'held', 'lost')
if not t then return was end
next_version()
t.pres = ARGV[13] ~= '' and ARGV[13] or nil
log_change(was, t, 'arrive')
return done(save(t))

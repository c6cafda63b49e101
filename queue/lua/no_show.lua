-- no_show.lua: the desk ends a ticket whose patient did not come (来院なし).
--
-- ARGV[12] -> ticket id
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'waiting', 'absent', 'held', 'booked')
if not t then return was end
if t.s == 'booked' and not t.slot then return refuse('state_forbids') end
next_version()
t.s, t.ended, t.seq, t.why = 'no_show', now, version, nil
return done(change(was, t, 'no_show'))

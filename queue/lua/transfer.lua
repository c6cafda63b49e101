-- transfer.lua: send a ticket to the end of another service's line. It keeps its
-- number; numbers of the two lines may clash.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> the other service
-- ARGV[14] -> "" where that is in order mode, else the slots of its day: <start> <five minutes> <last millisecond>,
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
if line_slot(t) then t.pos, t.lslot = '', nil end -- its first digits are of no session
t.s, t.lane = 'waiting', ARGV[13] ~= service_of(t) and ARGV[13] or nil
if ARGV[14] == '' then
  t.pos = positions().ahead(ARGV[13], nil, t)
else
  -- The slot that is being served, else the first that is not over, else the last.
  local slot, unit = runs().served(ARGV[13])
  for name, five, last in string.gmatch(not slot and ARGV[14] or '', '(%S+) (%d+) (%d+),') do
    slot, unit = name, tonumber(five)
    if tonumber(last) > now then break end
  end
  t.pos = append(ARGV[13], unit or 0)
  stand(t, slot or '')
end
t.front, t.grace, t.park, t.why = nil
return done(change(was, t, 'transfer'))

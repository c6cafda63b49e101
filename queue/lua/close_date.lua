-- close_date.lua: cancel the bookings of a service's day or session, which the clinic
-- closes (休診). Their seats are free at once. It does a bounded part of them.
--
-- ARGV[12] -> service
-- ARGV[13] -> session; "": all of the day
-- ARGV[14] -> "1" of a day to come: tickets that have their numbers are bookings too
-- ARGV[15] -> how many at most
--
-- Result: how many were cancelled, with a "+" behind it when there may be more.
local stop = begin()
if stop then return stop end

local line, found, left, seats = LINES[ARGV[12]], {}, tonumber(ARGV[15]), seats()
for _, set in ipairs({line.aside, line.waiting}) do
  for _, member in ipairs(redis.call('ZRANGE', set, 0, -1)) do
    local t = #found < left and load(string.match(member, '/(.+)$'))
    if t and (t.s == 'booked' or ARGV[14] == '1' and t.s == 'waiting') and service_of(t) == ARGV[12] and
      (ARGV[13] == '' or t.sess == ARGV[13]) then
      found[#found + 1] = t
    end
  end
end
if #found == 0 then return {'ok', '0'} end
for _, t in ipairs(found) do
  next_version() -- each its own, so that those who ended together have an order
  local was = copy(t)
  if t.s == 'booked' and not t.slot then add_count(line_of(t), 'booked', -1) end
  t.s, t.ended, t.seq, t.why = 'cancelled', now, version, 'clinic'
  seats.give(t, 0)
  change(was, t, 'cancel')
end
return done(#found .. (#found < left and '' or '+'))

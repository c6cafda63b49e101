-- surge.lua: pause the web desk of a service because of a surge of bookings, which
-- are of other days. Another booking of the surge may have been first.
--
-- ARGV[12] -> service
-- ARGV[13] -> the millisecond until which it is paused
--
-- Refuses reception_paused: that is the answer to the booking.
local stop = begin(ARGV[12] .. ':reception')
if stop then return stop end

local surge = surge()
if surge.paused(ARGV[12]) then return refuse('reception_paused') end
return surge.pause(ARGV[12], ARGV[13])

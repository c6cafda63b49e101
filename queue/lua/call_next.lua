-- call_next.lua: call the first of the line to a room (呼出し).
--
-- ARGV[11] -> room
--
-- Result: the ticket. Refuses line_empty; then whoever is in the room stays.
local stop = begin()
if stop then return stop end

local head = redis.call('ZRANGE', WAITING, 0, 0)[1]
if not head then return refuse('line_empty') end
return call(load(string.match(head, '/(.+)$')), ARGV[11])

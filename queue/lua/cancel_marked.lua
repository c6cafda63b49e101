-- cancel_marked.lua: cancel the waiting, absent, held, booked and lost web tickets
-- whose requests came from one network prefix, as far as the desk has seen them.
-- A ticket in a room stays. Their seats are offered again at once.
--
-- ARGV[12] -> mark of the prefix
-- ARGV[13] -> millisecond: later tickets stay
-- ARGV[14] -> ids of tickets that stay, each between commas
-- ARGV[15] -> how many are cancelled at most
--
-- Result: how many were cancelled, with a "+" behind it when there may be more.
local stop = begin()
if stop then return stop end

local found, left, seats = {}, tonumber(ARGV[15]), seats()
local function look(ids)
  for _, raw in ipairs(redis.call('HMGET', TICKETS, unpack(ids))) do
    if #found < left and string.find(raw, '"from":"' .. ARGV[12] .. '"', 1, true) then -- few of many are decoded
      local t = cjson.decode(raw)
      if t.from == ARGV[12] and t.issued <= tonumber(ARGV[13]) and not string.find(ARGV[14], ',' .. t.id .. ',', 1, true) then
        found[#found + 1] = t
      end
    end
  end
end
for service in string.gmatch(ARGV[11], '[^,]+') do
  for _, set in ipairs({LINES[service].waiting, LINES[service].aside}) do
    local members = redis.call('ZRANGE', set, 0, -1)
    for from = 1, #members, 1000 do -- Lua's stack is bounded
      local ids = {}
      for i = from, math.min(from + 999, #members) do ids[#ids + 1] = string.match(members[i], '/(.+)$') end
      look(ids)
    end
  end
end

for _, t in ipairs(found) do
  next_version() -- each its own, so that those who ended together have an order
  local was = copy(t)
  if t.s == 'booked' and not t.slot then add_count(line_of(t), 'booked', -1) end
  t.s, t.ended, t.seq = 'cancelled', now, version
  seats.give(t, 0)
  change(was, t, 'cancel')
end
if #found == 0 then return {'ok', '0'} end
log('cancel_marked', ARGV[5], ARGV[12], #found)
return done(#found .. (#found < left and '' or '+'))

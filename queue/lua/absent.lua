-- absent.lua: the called patient did not come (不在). The ticket leaves the
-- counted line at once; the place it will return to is some places back, behind
-- whoever else has a place there (domain §5.4, back_n).
--
-- ARGV[11] -> ticket id
-- ARGV[12] -> how many waiting tickets go first
--
-- Result: the ticket. Refuses ticket_unknown, state_forbids.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[11], 'called')
if not t then return was end
bump()

local function at(member) return string.match(member, '^[0-9]+') end
local back = tonumber(ARGV[12])
if back > 0 then
  local behind = redis.call('ZRANGE', WAITING, back, back)[1]
  local above = behind and at(behind) or place(redis.call('GET', COUNTER) + 1)
  local below = t.pos
  local function mind(pos)
    if pos < above and pos > below then below = pos end
  end
  for _, set in ipairs({WAITING, ASIDE}) do
    local nearest = redis.call('ZREVRANGEBYLEX', set, '(' .. above, '-', 'LIMIT', 0, 1)[1]
    if nearest then mind(at(nearest)) end
  end
  -- The called keep their places too: undo may bring them back.
  local service = string.match(t.id, '^[0-9]+-[0-9]+-')
  for _, id in ipairs(redis.call('ZRANGE', CALLED, 0, -1)) do
    if string.sub(id, 1, #service) == service then mind(load(id).pos) end
  end
  if below ~= t.pos then t.pos = unique_between(below, above) end
end
t.s = 'absent'
change(was, t, 'absent')
return done(cjson.encode(t))

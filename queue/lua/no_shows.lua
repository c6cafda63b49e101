-- no_shows.lua: end the booked tickets whose patients have not come in time (来院なし), so
-- that a board shows it without anybody's act. It does a bounded part of them.
--
-- ARGV[12] -> for each service in slot mode: the milliseconds after the slot's end, and the ends of the
--   sessions of its day where there are none, as JSON
-- ARGV[13] -> how many at most
--
-- Result: how many were ended.
local stop = begin()
if stop then return stop end

local ended, left = 0, tonumber(ARGV[13])
local rules = cjson.decode(ARGV[12])
for service in string.gmatch(ARGV[11], '[^,]+') do
  local rule = rules[service]
  for _, member in ipairs(rule and redis.call('ZRANGE', LINES[service].aside, 0, -1) or {}) do
    local t = ended < left and load(string.match(member, '/(.+)$'))
    if t and t.s == 'booked' and t.slot and not t.stay then
      local due = rule.after and t.sto + rule.after or rule.ends[t.sess] or t.sto
      if due <= now then
        next_version() -- each its own, so that those who ended together have an order
        local was = copy(t)
        t.s, t.ended, t.seq, t.why = 'no_show', now, version, 'slot'
        change(was, t, 'no_show')
        ended = ended + 1
      end
    end
  end
end
if ended == 0 then return {'ok', '0'} end
return done(tostring(ended))

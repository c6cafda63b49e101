-- absent.lua: the called patient did not come (不在). What follows is the line's
-- rule (domain §5.4), fixed now, because the patient is informed of it: the position of
-- the return, for how many calls the former position is kept, until when "next" passes
-- the ticket over, or its end.
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> the rules of each service, as JSON
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, state_forbids, service_unknown.
local stop = begin()
if stop then return stop end

local t, was = object(ARGV[12], 'called')
if not t then return was end
next_version()

local rule = cjson.decode(ARGV[13])[line_of(t)]
t.missed = (t.missed or 0) + 1
if rule.cooldown > 0 then t.cool = t.called + rule.cooldown * 60000 end
local tail = rule.rule == 'tail' or rule.thenTail and t.missed > 1

-- put_back moves the position back, never forward.
local function put_back(n)
  local positions = positions()
  local below, above
  if line_slot(t) then
    below, above = slot_gap(line_of(t), n, unit_of(t.pos))
  else
    below, above = positions.gap(line_of(t), n, t)
  end
  if below > t.pos then t.pos = positions.between(below, above) end
end

local over = rule.rule == 'terminal' and 'terminal'
if rule.maxCalls > 0 and t.attempt >= rule.maxCalls then over = 'calls' end
if over then
  t.s, t.why, t.ended, t.seq = 'no_show', over, now, version
else
  if t.pres == 'here' then t.pres = 'out' end -- a patient who never arrived has not gone out
  t.tail = tail or nil
  if tail then
    put_back()
  elseif rule.rule == 'park_until_return' then
    t.park = rule.back
  elseif rule.rule == 'back_n' and rule.back > 0 then
    put_back(rule.back)
  end
  if rule.rule == 'back_to_waiting' then
    t.s = 'waiting'
    if t.pos ~= was.pos then t.back = true end
  else
    t.s, t.front = 'absent', was.pos
    if rule.tolerance > 0 then t.grace = t.nth + rule.tolerance end
  end
end
return done(change(was, t, 'absent'))

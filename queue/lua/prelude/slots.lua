-- slots.lua: the line of a service in slot mode. Its positions begin with three digits,
-- the five minutes of the day in which the line slot begins, in place of two digits of
-- the session's half hour. A ticket has these fields:
--   slot, till, sfrom, sto -> its home slot: the clock times of its start and end, and their milliseconds
--   lslot -> the slot in whose order it stands, where that is another
--   w     -> seats that it takes, where they are not one
--   run   -> the run of calls that its newest call belongs to
--   stay  -> no-show was taken back: only the day's end makes it one again

-- line_slot returns the slot in whose order a ticket stands, nil in a line of order mode.
local function line_slot(t) return t.lslot or not t.lane and t.slot or nil end

-- stand lets a ticket stand in the order of a slot.
local function stand(t, slot)
  t.lslot = (t.lane or slot ~= t.slot) and slot or nil
end

-- unit_of returns the five minutes of the day that a position begins with.
local function unit_of(pos) return tonumber(string.sub(pos, 1, 3)) end

-- append returns a new position at the end of a slot, behind all that stand in it.
local function append(service, unit)
  return position(unit * 100000 + add_count(service, 'issued', 1))
end

-- The count "serving" of a service has the line slots of its calls, in runs of calls of
-- one slot: <run>/<slot>/<unit>/<calls> and a space. The last run is the slot that is
-- being served. Undo takes a call out of its run, so what is left depends on the calls
-- that count alone.

-- runs makes the functions that count calls.
local function runs()
  local function of(line)
    local all = {}
    for id, slot, unit, calls in string.gmatch(get_count(line, 'serving') or '', '(%d+)/([^/]*)/(%d+)/(%d+)') do
      all[#all + 1] = {id = tonumber(id), slot = slot, unit = tonumber(unit), calls = tonumber(calls)}
    end
    return all
  end
  local function keep(line, all)
    local text = ''
    for i = math.max(1, #all - 99), #all do
      local r = all[i]
      if r.calls > 0 then text = text .. string.format('%d/%s/%d/%d ', r.id, r.slot, r.unit, r.calls) end
    end
    set_count(line, 'serving', text)
  end
  local function count_first(t, by)
    add_count(service_of(t), 'called@' .. t.slot, by)
    add_count(service_of(t), 'calledPeople@' .. t.slot, by * t.party)
  end
  -- count counts a call of a ticket, which was so before.
  local function count(was, t)
    if t.slot and not was.called then count_first(t, 1) end
    local slot, line = line_slot(t), line_of(t)
    if not slot then return end
    local all = of(line)
    local last = all[#all]
    if last and last.slot == slot then
      last.calls = last.calls + 1
    else
      last = {id = (last and last.id or 0) + 1, slot = slot, unit = unit_of(t.pos), calls = 1}
      all[#all + 1] = last
    end
    t.run = last.id
    keep(line, all)
  end
  -- uncount takes back what count has counted: t is called, "before" is not.
  local function uncount(before, t)
    if t.slot and not before.called then count_first(t, -1) end
    if not t.run or not line_slot(t) then return end
    local all = of(line_of(t))
    for _, r in ipairs(all) do
      if r.id == t.run then r.calls = r.calls - 1 end
    end
    keep(line_of(t), all)
  end
  -- served returns name and unit of the slot that a line serves, or nil.
  local function served(line)
    local all = of(line)
    local last = all[#all]
    if last then return last.slot, last.unit end
  end
  return {count = count, uncount = uncount, served = served}
end

-- slot_gap returns the positions between which a ticket stands in a slot behind the next
-- n waiting of the line, and before later ones. Without n it is the slot's end.
local function slot_gap(service, n, unit)
  local line, below, above = LINES[service], position(unit * 100000), position((unit + 1) * 100000)
  local function at(member) return string.match(member, '^[0-9]+') end
  local low = '[' .. below
  local follower = n and redis.call('ZRANGE', line.waiting, n, n)[1]
  if follower and at(follower) < below then -- it stands in an earlier slot
    follower = redis.call('ZRANGEBYLEX', line.waiting, low, '(' .. above, 'LIMIT', 0, 1)[1]
  end
  if follower and at(follower) < above then above = at(follower) end
  local nearest = redis.call('ZREVRANGEBYLEX', line.waiting, '(' .. above, low, 'LIMIT', 0, 1)[1]
  if nearest then below = at(nearest) end
  for _, member in ipairs(redis.call('ZREVRANGEBYLEX', line.aside, '(' .. above, low)) do
    if at(member) < below then break end
    if load(string.match(member, '/(.+)$')).s ~= 'booked' then -- a booked one gets another position
      below = at(member)
      break
    end
  end
  for _, id in ipairs(redis.call('ZRANGE', CALLED, 0, -1)) do -- undo may bring them back
    local other = load(id)
    if line_of(other) == service and other.pos < above and other.pos > below then below = other.pos end
  end
  local comes = position(unit * 100000 + (get_count(service, 'issued') or 0) + 1)
  return below, comes < above and comes or above
end

-- among returns a new position behind the first n waiting of a line, and the slot of it:
-- that of the ticket before, or of the first. Where nobody waits it is the ticket's own.
local function among(service, n, t)
  local waiting = LINES[service].waiting
  local neighbour = n > 0 and redis.call('ZRANGE', waiting, n - 1, n - 1)[1] or redis.call('ZRANGE', waiting, n > 0 and -1 or 0, n > 0 and -1 or 0)[1]
  local other = neighbour and load(string.match(neighbour, '/(.+)$')) or t
  return positions().between(slot_gap(service, n, unit_of(other.pos))), line_slot(other)
end

-- autostop.lua: whether the web desk stops by itself before a session's end.
-- "rules" is what issue.lua gets of it.

-- too_late reports whether a ticket could not be served by the session's end. The
-- tickets before it come first, of other lines all of the session, and those in a room;
-- and it takes the longer of what its own service needs of its own
-- rooms, and all services that share rooms with it of all of theirs. Before the session begins only its own tickets
-- count, and for a day to come all that were given for it; one room is assumed
-- where none is on duty.
local function too_late(service, rules, base, session, pos)
  if not rules.consult then return false end
  local begun, pace = now >= rules.consult[1], rules.paces[service]
  local work, rooms, all_work, all_rooms = pace, 0, pace, 0
  for other, each in pairs(rules.paces) do
    local n = 0
    if not rules.book then
      local ends = other == service and pos or position(base + 1000000)
      n = redis.call('ZLEXCOUNT', LINES[other].waiting, begun and '-' or '[' .. position(base), '(' .. ends)
    elseif other == service then
      n = (get_count(service, 'web:' .. session) or 0) + (get_count(service, 'desk:' .. session) or 0)
    end
    all_work = all_work + n * each
    if other == service then work = work + n * each end
  end
  for room, own in pairs(rules.rooms) do
    local inside = begun and redis.call('HGET', ROOMS, room)
    local left = inside and rules.paces[line_of(load(inside))] or 0
    local on = (rules.book or not off_duty(room)) and 1 or 0
    all_work, all_rooms = all_work + left, all_rooms + on
    if own then work, rooms = work + left, rooms + on end
  end
  local needs = math.max(work / math.max(rooms, 1), all_work / math.max(all_rooms, 1))
  return math.max(now, rules.consult[1]) + needs > rules.consult[2] - (rules.margin or 0)
end

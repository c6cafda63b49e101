-- autostop.lua: whether the web desk stops by itself before a session's end.

-- too_late reports whether one more ticket would end after its session: autoStop in
-- queue/autostop.go has the rule. held returns the seats taken in a count.
local function too_late(rule, held)
  local start = math.max(now, rule.start)
  for _, group in ipairs(rule.groups) do
    local work, rooms = group.own, 0
    for line, each in pairs(group.waiting or {}) do
      work = work + each * redis.call('ZLEXCOUNT', LINES[line].waiting, '[' .. rule.first, '(' .. rule.last)
    end
    for _, count in ipairs(group.seats or {}) do work = work + group.own * held(count) end
    for _, room in ipairs(group.rooms or {}) do
      local inside = group.inside and redis.call('HGET', ROOMS, room)
      if inside then work = work + (group.inside[line_of(load(inside))] or 0) end
      if not off_duty(redis.call('HGET', DESK, 'room:' .. room)) then rooms = rooms + 1 end
    end
    if start + work / math.max(rooms, group.least) > rule.latest then return true end
  end
  return false
end

-- call_next.lua: call the first of the line to a room (呼出し). It passes over tickets
-- whose session begins much later, whose last call was missed a moment ago, or whose
-- patient is not here.
--
-- ARGV[12] -> room
-- ARGV[13] -> service
-- ARGV[14] -> "1" where tickets whose patient is not here are passed over
-- ARGV[15] -> in slot mode, the milliseconds before a slot's start from which its tickets are called; else ""
--
-- Result: the ticket. Refuses room_off_duty, room_changed, line_empty, session_later,
-- slot_later, nobody_here, all_cooling; then the patient in the room stays.
local stop = begin('room:' .. ARGV[12])
if stop then return stop end

if off_duty(desk[2]) then return refuse('room_off_duty') end
local inside = redis.call('HGET', ROOMS, ARGV[12])
if room_changed(inside) then return refuse('room_changed') end
-- The positions of sessions that begin much later are at least this, in slot mode those
-- of slots that have not begun.
local reach = tonumber(ARGV[15])
local later = reach and string.format('%03d', math.floor((now - ARGV[2]) / 300000) + 1) or
  string.format('%02d', math.floor((now - ARGV[2]) / 1800000) + 2)
local code, from, before = 'line_empty', 0, nil

-- too_soon reports whether "next" does not call a ticket of a later session or slot. It
-- calls one of a slot that begins soon, if nobody of an earlier one waits.
local function too_soon(t)
  if t.pos < later then return false end
  return not reach or ARGV[2] + unit_of(t.pos) * 300000 - reach > now or before < unit_of(t.pos)
end

repeat
  local page = redis.call('ZRANGE', LINES[ARGV[13]].waiting, from, from + 9)
  for _, member in ipairs(page) do
    local t = load(string.match(member, '/(.+)$'))
    before = before or reach and unit_of(t.pos)
    if too_soon(t) then
      if code == 'line_empty' then code = reach and 'slot_later' or 'session_later' end
    elseif ARGV[14] == '1' and t.pres ~= 'here' then
      if code ~= 'all_cooling' then code = 'nobody_here' end
    elseif t.cool and t.cool > now then
      code = 'all_cooling'
    else
      return call(t, ARGV[12], inside)
    end
  end
  from = from + #page
until #page == 0
return refuse(code)

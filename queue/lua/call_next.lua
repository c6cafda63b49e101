-- call_next.lua: call the first of the line to a room (呼出し). It passes over tickets
-- whose session begins much later, whose last call was missed a moment ago, or whose
-- patient is not here.
--
-- ARGV[12] -> room
-- ARGV[13] -> service
-- ARGV[14] -> "1" where tickets whose patient is not here are passed over
--
-- Result: the ticket. Refuses room_off_duty, room_changed, line_empty, session_later,
-- nobody_here, all_cooling; then the patient in the room stays.
local stop = begin('room:' .. ARGV[12])
if stop then return stop end

if off_duty(desk[2]) then return refuse('room_off_duty') end
local inside = redis.call('HGET', ROOMS, ARGV[12])
if room_changed(inside) then return refuse('room_changed') end
-- The positions of sessions that begin much later are at least this.
local later = string.format('%02d', math.floor((now - ARGV[2]) / 1800000) + 2)
local code, from = 'line_empty', 0
repeat
  local page = redis.call('ZRANGE', LINES[ARGV[13]].waiting, from, from + 9)
  for _, member in ipairs(page) do
    local t = load(string.match(member, '/(.+)$'))
    if t.pos >= later then
      if code == 'line_empty' then code = 'session_later' end
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

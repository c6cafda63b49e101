-- put_clinic.lua: write a clinic's record, if the caller knows the newest. Its rev
-- changes with it, so that every node learns of it with the next act or read.
--
-- KEYS, before the last two -> of today and every open day in turn: its tickets, and
--   junban:{c}:<day>:cuts  hash  ticket id -> rev of the record that took part of its session, and
--   the consultation that it was given for, from and to in milliseconds
-- KEYS, the last two -> junban:{c}:clinic   hash    rev, record
--                       junban:{c}:changes  stream  who changed what in the record
-- ARGV[12] -> rev of the new record
-- ARGV[13] -> the record as JSON
-- ARGV[14], ARGV[15] -> what was and what is, of the fields that change, as JSON
-- ARGV[16] -> how many changes are kept, about
-- ARGV[17] -> the rooms of the record, as JSON
-- ARGV[18] -> the open days, with commas
-- ARGV[19] -> the sessions and slots that the record takes, or part of them, as JSON: by day, the consultation
--   of each by "<service> <session>" or "<service> @<slot>"
-- ARGV[20] -> the services whose mode changes, each between commas
-- ARGV[21] -> the slots of each day in the record, as JSON: by day and service, "<slot>-<end>" between commas
--
-- Result: the rev, or stale "days": other days are open. Refuses room_not_empty, of a room that is no more, and
-- service_not_empty, of a service whose live tickets no desk would see, and bookings_affected, of one with live tickets
-- whose mode changes. The reply to both has how many they are.
local stop = begin()
if stop then return stop end

local stays = {}
for _, room in ipairs(cjson.decode(ARGV[17])) do stays[room] = true end
for _, room in ipairs(redis.call('HKEYS', ROOMS)) do
  if not stays[room] then return refuse('room_not_empty') end
end

if table.concat(redis.call('ZRANGE', DAYS, 0, -1), ',') ~= ARGV[18] then return stale('days') end
local left, moded, cut, back = 0, 0, {}, {}
local days, grids = cjson.decode(ARGV[19]), cjson.decode(ARGV[21])
for i = next_key, #KEYS - 2, 2 do
  local date = string.match(KEYS[i], '}:(.-):')
  local day, grid = days[date], grids[date]
  for _, raw in ipairs(redis.call('HVALS', KEYS[i])) do
    local t = cjson.decode(raw)
    local live = in_room(t) or is_aside(t) or t.s == 'waiting'
    if live and not (LINES[service_of(t)] and LINES[line_of(t)]) then left = left + 1 end
    if live and date >= DAY and (string.find(ARGV[20], ',' .. service_of(t) .. ',', 1, true) or t.lane and string.find(ARGV[20], ',' .. t.lane .. ',', 1, true)) then
      moded = moded + 1
    end
    -- One that is over is cut too: undo may bring it back.
    local was = day and day[service_of(t) .. ' ' .. (t.slot and '@' .. t.slot or t.sess or '')]
    if was then cut[#cut + 1] = {key = KEYS[i + 1], t = t, was = was} end
    -- One whose slot the record has again is cut no more.
    local slots = t.slot and grid and grid[service_of(t)]
    if slots and string.find(slots, ',' .. t.slot .. '-' .. t.till .. ',', 1, true) then back[#back + 1] = {KEYS[i + 1], t.id} end
  end
end
if left > 0 then return {'refused', 'service_not_empty', left} end
if moded > 0 then return {'refused', 'bookings_affected', moded} end

next_version()
for _, of in ipairs(back) do redis.call('HDEL', of[1], of[2]) end
for _, c in ipairs(cut) do
  -- The first consultation is kept until the desk has informed the patient of a cut.
  local name, was = string.match(redis.call('HGET', c.key, c.t.id) or '', '^(%S+) (.+)$')
  if not was or name == c.t.told or c.t.slot then was = c.was end -- a slot may be another by now
  redis.call('HSET', c.key, c.t.id, ARGV[12] .. ' ' .. was)
end
redis.call('HSET', KEYS[#KEYS - 1], 'rev', ARGV[12], 'record', ARGV[13])
redis.call('HSET', DESK, 'rev', ARGV[12]) -- where every act and read looks for it
redis.call('XADD', KEYS[#KEYS], 'MAXLEN', '~', ARGV[16], '*', 'rev', ARGV[12], 'at', now,
  'kind', ARGV[8], 'name', ARGV[9], 'dev', ARGV[10], 'was', ARGV[14], 'is', ARGV[15])
log('record', ARGV[5], ARGV[1], ARGV[12])
return done(ARGV[12])

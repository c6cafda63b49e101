-- undo.lua: take back the last act on a ticket, as the log has it. A call that
-- finished another ticket is taken back with it, unless there was an act on that
-- one since: the room shows its former number again (domain §5.3).
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> the services in slot mode, each between commas
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, nothing_to_undo, room_busy,
-- service_unknown (of a line that is no longer in the record), number_given (a
-- later session's ticket has the number now).
local stop = begin()
if stop then return stop end

local t = load(ARGV[12])
if not t then return refuse('ticket_unknown') end
if ticket_changed(t) then return refuse('ticket_changed') end

local function event(id)
  local entry = id and redis.call('XRANGE', LOG, id, id)[1]
  if not entry then return end
  local fields = {}
  for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
  fields.more = fields.more ~= '' and cjson.decode(fields.more) or {}
  return fields
end

local function former(t, e)
  local before = copy(t)
  for k in pairs(cjson.decode(e.is)) do before[k] = nil end
  for k, v in pairs(cjson.decode(e.was)) do
    before[k] = v
  end
  return before
end

local e = event(t.last)
if not e or t.why == 'day_end' or t.why == 'moved' then return refuse('nothing_to_undo') end
local before = former(t, e)
if not (LINES[line_of(t)] and LINES[line_of(before)]) then return refuse('service_unknown') end
if in_room(before) then
  local inside = redis.call('HGET', ROOMS, before.room)
  if inside and inside ~= t.id then return refuse('room_busy') end
end
local function by_slot(service) return string.find(ARGV[13], ',' .. service .. ',', 1, true) ~= nil end
local function ended(t) return t.s == 'done' or t.s == 'cancelled' or t.s == 'no_show' end
if not ended(before) and (by_slot(service_of(t)) ~= (before.slot ~= nil) or
  (line_slot(before) or '') ~= '' and not by_slot(line_of(before))) then
  return refuse('nothing_to_undo') -- the service has another mode since
end
if ended(t) and not ended(before) and t.n and string.sub(get_count(service_of(t), 'numbering') or '', 1, 1) == '1' and numbers().held(service_of(t), t.sess)[t.n] then
  return refuse('number_given')
end
local other = e.more.with and load(e.more.with)
if other and other.last ~= e.more.withlast then other = nil end

next_version()
local service = line_of(before)
if e.act == 'cancel' then seats().take(before) end
if e.act == 'rebook' or e.act == 'edit' then seats().move(t, before) end
if before.s == 'booked' and t.s ~= 'booked' then
  if not t.slot then add_count(service, 'booked', 1) end
  if e.act == 'no_show' then before.stay = true end
end
if e.act == 'call' then
  add_count(service, 'calls', -1)
  if t.slot or t.lslot then runs().uncount(before, t) end
end
if e.act == 'move' and tonumber(get_count(service, 'announced') or nil) == t.moved then
  set_count(service, 'notice', '') -- nothing was announced since
end
local function take_back(t, before)
  leave(t)
  join(before)
  log_change(t, before, 'undo', {undoes = t.last})
  return save(before)
end
local text = take_back(t, before)
if other then take_back(other, former(other, event(other.last))) end
return done(text)

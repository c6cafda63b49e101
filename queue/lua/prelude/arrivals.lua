-- arrivals.lua: what a ticket of slot mode gets with its arrival, and what its persons
-- may have.

-- slot_number decides the number of a ticket that arrives, as numbers().find does. With
-- "by_slot" it counts in its home slot: 1001, 1002 … for 10:00. Those that would reach
-- the numbers of the next slot begin with 3001.
local function slot_number(t, numbering, by_slot, wish)
  local service = service_of(t)
  if by_slot and wish.number then return nil, 'number_unavailable' end
  if not by_slot then
    return numbers().find(service, numbering, wish, t.ch == 'web', t.sess or '')
  end
  local field = 'n:@' .. t.slot
  local hour, minute = string.match(t.slot, '(%d+):(%d+)')
  local n = (get_count(service, field) or 0) + 1
  if n <= (t.sto - t.sfrom) / 60000 then return {n = hour * 100 + minute + n, field = field, count = n} end
  n = (get_count(service, 'n:@') or 0) + 1
  return {n = 3000 + n, field = 'n:@', count = n}
end

-- take_number takes what slot_number returned.
local function take_number(t, numbering, number, unit)
  if number.count then
    set_count(service_of(t), number.field, number.count)
  else
    numbers().take(service_of(t), numbering, number, unit * 100000)
  end
  t.n = number.n
end

-- KEYS[#KEYS] of an act that uses them has the tickets of each person in <service>:<hash>,
-- with spaces. Those of days before go with the next write.

-- limits makes the functions for them.
local function limits()
  -- live_of returns how many live tickets of today and later a person has, less one. It
  -- also returns their ids with spaces, and those of some that have ended.
  local function live_of(field, today, less)
    local live, ended, ids = 0, 0, ''
    for id, yy, mm, dd in string.gmatch(redis.call('HGET', KEYS[#KEYS], field) or '', '(%S+%-(%d%d)(%d%d)(%d%d)%-%w+)') do
      local day = '20' .. yy .. '-' .. mm .. '-' .. dd
      local raw = id ~= less and day >= today and redis.call('HGET', (string.gsub(TICKETS, '}:.-:', '}:' .. day .. ':')), id)
      local s = raw and cjson.decode(raw).s
      if s == 'done' or s == 'cancelled' or s == 'no_show' then
        ended = ended + 1 -- undo may bring it back
      elseif s then
        live = live + 1
      end
      if s and ended <= 20 then ids = ids .. id .. ' ' end
    end
    return live, ids
  end

  -- over_limit reports whether the persons of a request have as many tickets as they may.
  -- "less" is one that does not count.
  local function over_limit(request, less)
    for _, person in ipairs(request.maxLive and request.limited or {}) do
      if live_of(request.service .. ':' .. person, request.today, less) >= request.maxLive then return true end
    end
    return false
  end

  -- note_person adds a ticket to those of a person, in place of another.
  local function note_person(service, person, today, id, less)
    local field = service .. ':' .. person
    local _, ids = live_of(field, today, less or id)
    redis.call('HSET', KEYS[#KEYS], field, ids .. id .. ' ')
  end

  -- forget_person takes a ticket from those of a person.
  local function forget_person(service, person, today, id)
    local field = service .. ':' .. person
    local _, ids = live_of(field, today, id)
    if ids == '' then
      redis.call('HDEL', KEYS[#KEYS], field)
    else
      redis.call('HSET', KEYS[#KEYS], field, ids)
    end
  end

  -- keep_limited notes a ticket of the persons whose tickets are counted, in place of
  -- another. PATIENTS has them in of:<ticket>, with commas.
  local function keep_limited(request, id, less)
    if not request.limited then return end
    for _, person in ipairs(request.limited) do note_person(request.service, person, request.today, id, less) end
    redis.call('HSET', PATIENTS, 'of:' .. id, table.concat(request.limited, ','))
  end

  return {over = over_limit, note = note_person, forget = forget_person, keep = keep_limited}
end

-- check_persons looks whether the persons of a request may have one more ticket beside
-- "less". It returns the code of a refusal, or nil; whether it goes over a limit; and how
-- many tickets of the day they have cancelled.
local function check_persons(request, less)
  local seats, over, selves = seats(), nil, 0
  for _, person in ipairs(request.persons or {}) do
    local field = seats.person_field(request.service, request.session or '', person)
    if redis.call('HGET', PATIENTS, field) ~= less then
      local live, cancelled = seats.last_of(field)
      if live then over = 'already_received' end
      selves = math.max(selves, cancelled)
    end
  end
  if not over and limits().over(request, less) then over = 'person_limit' end
  if over and not request.override then return over end
  return nil, over and true, selves
end

-- keep_persons notes a ticket as the newest of its persons, in place of another.
local function keep_persons(request, id, less)
  for _, person in ipairs(request.persons or {}) do
    redis.call('HSET', PATIENTS, seats().person_field(request.service, request.session or '', person), id)
  end
  limits().keep(request, id, less)
end

-- limited_of returns the persons of a ticket whose tickets are counted, or nil.
local function limited_of(id)
  local kept, found = redis.call('HGET', PATIENTS, 'of:' .. id), {}
  for person in string.gmatch(kept or '', '[^,]+') do found[#found + 1] = person end
  return found[1] and found
end

-- person_fields returns the fields of PATIENTS that name a ticket as the newest of a
-- person.
local function person_fields(id)
  local fields, found = redis.call('HGETALL', PATIENTS), {}
  for i = 1, #fields, 2 do
    if fields[i + 1] == id then found[#found + 1] = fields[i] end
  end
  return found
end

-- free_slot returns the first of the slots that has the seats. It returns nil and a
-- refusal, or with an override the last one and true. "own" has the seats that the ticket
-- has: they are free for it, and as many are never refused.
local function free_slot(request, own)
  local back = seats().due(request.service)
  local refusal
  for _, slot in ipairs(request.slots) do
    local full
    for _, seat in ipairs(slot.seats) do
      local taken = (get_meta(seat.count) or 0) - (back and back[seat.count] or 0) - (own and own[seat.count] or 0)
      if seat.limit and seat.n > (own and own[seat.count] or 0) and taken + seat.n > seat.limit then full = full or seat.full end
    end
    if not full then return slot end
    refusal = full
  end
  if request.override then return request.slots[#request.slots], true end
  return nil, #request.slots > 1 and 'slot_full' or refusal
end

-- settle frees the seats that are due, and books those of a slot for a ticket.
local function settle(service, t, slot)
  local back, rest = seats().due(service)
  for count, n in pairs(back or {}) do set_meta(count, (get_meta(count) or 0) - n) end
  if back then set_count(service, 'returns', rest) end
  t.slot, t.till, t.sfrom, t.sto, t.sess = slot.slot, slot.till, slot.from, slot.to, slot.session
  t.pos = append(service, slot.unit)
end

-- whole_day reports whether a service's day takes no more tickets.
local function whole_day(request)
  local issued, line = (get_count(request.service, 'issued') or 0) + 1, LINES[request.service]
  return issued > request.most and
    (issued > request.mostNumbers or redis.call('ZCARD', line.waiting) + redis.call('ZCARD', line.aside) >= request.most)
end

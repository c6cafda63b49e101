-- numbers.lua: which number a ticket gets. An act that needs it calls numbers() once.
-- "numbering" is "<per session> <first> <web's first> <every>": numbers count by session
-- (1) or by day (0), the web's begin with the third (0: no bands), and multiples of the
-- fourth are kept for the desk (0: none). The day has the numbering of its first ticket:
-- later settings take effect with the next day.
--
-- Numbers are dense, and never issued again, also not after a cancel (A01). By session
-- they repeat, but never among live tickets: an afternoon passes over the live numbers
-- of the morning, and undo refuses such a number. A desk whose band is used up may
-- override, and goes on in the web's band. A kept number (空番) gets the position at which
-- it was passed over, or the end if the line has not come so far.

local function numbers()
  -- held returns the numbers of a service that live tickets of other sessions have:
  -- while they do, no other ticket gets them.
  local function held(service, session)
    local ids, numbers = {}, {}
    for _, line in pairs(LINES) do
      for _, set in ipairs({line.waiting, line.aside}) do
        for _, member in ipairs(redis.call('ZRANGE', set, 0, -1)) do ids[#ids + 1] = string.match(member, '/(.+)$') end
      end
    end
    for _, id in ipairs(redis.call('ZRANGE', CALLED, 0, -1)) do ids[#ids + 1] = id end
    for _, id in ipairs(ids) do
      if service_of({id = id}) == service then
        local t = load(id)
        if t.sess ~= session and t.n then numbers[t.n] = true end
      end
    end
    return numbers
  end

  -- find decides a ticket's number. It returns {n, the count that has the last of its
  -- kind, the kept numbers passed over, the position of a kept one}, or nil and a refusal.
  -- "wish" has number, which the desk asks for, and override. The count "kept:…" of a
  -- kept number is the position that it was passed over at, or 0 once it is given.
  local function find(service, numbering, wish, web, session)
    local per, first, web_from, every = string.match(get_count(service, 'numbering') or numbering, '(%d+) (%d+) (%d+) (%d+)')
    first, web_from, every = tonumber(first), tonumber(web_from), tonumber(every)
    local scope, others = per == '1' and session or '', {}
    if scope ~= '' then others = held(service, scope) end
    local kept = 'kept:' .. scope .. ':'
    if wish.number then
      local index = get_count(service, kept .. wish.number)
      if every == 0 or wish.number % every > 0 or wish.number < first or index == '0' or others[wish.number] then
        return nil, 'number_unavailable'
      end
      return {n = wish.number, given = kept .. wish.number, index = tonumber(index or nil)}
    end
    local band, last = '', math.huge
    if web_from > 0 and not web and not wish.override then
      band, last = 'desk', web_from - 1
    elseif web_from > 0 then
      band, first = 'web', web_from
    end
    local field = 'n:' .. scope .. ':' .. band
    local n, passed = math.max((get_count(service, field) or 0) + 1, first), nil
    while others[n] or every > 0 and n % every == 0 do
      if not others[n] then
        passed = passed or {}
        passed[#passed + 1] = kept .. n
      end
      n = n + 1
    end
    if n > last then return nil, 'band_full' end
    return {n = n, field = field, passed = passed}
  end

  -- take takes what find returned. A kept number that is passed over keeps a position of
  -- its own, where it would have stood.
  local function take(service, numbering, number, base)
    if not get_count(service, 'numbering') then set_count(service, 'numbering', numbering) end
    for _, kept in ipairs(number.passed or {}) do
      if not get_count(service, kept) then set_count(service, kept, base + add_count(service, 'issued', 1)) end
    end
    set_count(service, number.given or number.field, number.given and 0 or number.n)
  end

  return {held = held, find = find, take = take}
end

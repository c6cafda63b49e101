-- surge.lua: web tickets that come in a surge pause the web desk. An act that needs it
-- calls surge() once. The script has asked begin for the service's reception first.

local function surge()
  -- The count "surge" of a service is <half hour of the day>/<web tickets in it> with the
  -- last eight marks in it, each after a comma; or quiet/<millisecond> until which none
  -- are counted. Web bookings of days to come have such a text of their own, the field
  -- "<service>:bookings" of DESK, with half hours since 1970.

  -- count returns the text with one more ticket, nil if nothing changes, and whether
  -- there are more than the limit. A ticket whose mark is among the last eight is not
  -- counted: one network alone is no surge.
  local function count(was, limit, mark)
    local half, n, marks = string.match(was, '^(%w+)/(%d+)(.*)$')
    if half == 'quiet' and now < tonumber(n) then return nil, false end
    local this = string.format('%d', math.floor((now - ARGV[2]) / 1800000))
    if half ~= this then n, marks = 0, '' end
    if mark then
      mark = ',' .. mark
      if string.find(marks, mark, 1, true) then return nil, false end
      marks = string.sub(marks .. mark, -8 * #mark)
    end
    return this .. '/' .. string.format('%d', n + 1) .. marks, n + 1 > limit
  end

  -- pause pauses the web desk of a service until a millisecond in the name of the program,
  -- and returns the refusal of the ticket that was too many.
  local function pause(service, ends)
    next_version()
    desk_changed = true
    local field = service .. ':reception'
    ends = string.format('%.0f', ends)
    redis.call('HSET', DESK, field, 'paused', field .. '_until', ends, field .. '_reason', 'surge')
    ARGV[8], ARGV[9], ARGV[10] = 'system', '', ''
    log('reception', service, desk[2] or 'auto', 'paused', {til = ends})
    publish()
    return refuse('reception_paused')
  end

  -- paused reports whether a surge has paused the web desk of a service.
  local function paused(service)
    local field = service .. ':reception'
    local is = redis.call('HMGET', DESK, field, field .. '_until', field .. '_reason')
    return is[1] == 'paused' and is[3] == 'surge' and is[2] and tonumber(is[2]) > now
  end

  -- count_booking counts a web booking of a day to come, in DESK: META is not of today.
  -- It returns nil, or the reply that ends the script: the web desk is paused by a surge,
  -- or this is one booking too many. Without "bound" no number of them is a surge.
  local function count_booking(service, bound)
    if paused(service) then return refuse('reception_paused') end
    if not bound then return nil end
    local field = service .. ':bookings'
    local counted, surging = count(redis.call('HGET', DESK, field) or '', bound.limit, bound.mark)
    if surging then return stale('surge') end
    if counted then redis.call('HSET', DESK, field, counted) end
  end

  return {count = count, pause = pause, paused = paused, count_booking = count_booking}
end

-- open_bookings.lua: give those who booked the day their numbers, in the order of
-- their bookings, where they were to get them with the day's beginning (B12).
--
-- ARGV[12] … -> for each service of ARGV[11]: its numbering, see prelude/numbers.lua
--
-- Result: how many got one.
local stop = begin()
if stop then return stop end

local open = 0
for service in pairs(LINES) do open = open + (get_count(service, 'booked') or 0) end
if open == 0 then return {'ok', '0'} end

next_version()
local given, argument, numbers = 0, 12, numbers()
for service in string.gmatch(ARGV[11], '[^,]+') do
  if tonumber(get_count(service, 'booked') or 0) > 0 then
    for _, member in ipairs(redis.call('ZRANGE', LINES[service].aside, 0, -1)) do
      local t = load(string.match(member, '/(.+)$'))
      if t.s == 'booked' and not t.slot then
        local was, web = copy(t), t.ch == 'web'
        local number = numbers.find(service, ARGV[argument], {}, web, t.sess or '')
          or numbers.find(service, ARGV[argument], {override = true}, web, t.sess or '')
        numbers.take(service, ARGV[argument], number, string.sub(t.pos, 1, 2) * 1000000)
        t.s, t.n = 'waiting', number.n
        leave(was)
        join(t)
        log_change(was, t, 'number')
        save(t)
        given = given + 1
      end
    end
    set_count(service, 'booked', 0)
  end
  argument = argument + 1
end
log('bookings', ARGV[5], '', given)
return done(tostring(given))

-- issue.lua: give the next number of a service (受付).
--
-- ARGV[11] -> ticket id
-- ARGV[12] -> channel: "web" minds the reception, "desk" does not (A16)
-- ARGV[13] -> people in the party
-- ARGV[14] -> "1" on a first visit
-- ARGV[15] -> hash of the cancel code, or ""
-- ARGV[16] -> the patient as JSON, or ""
-- ARGV[17] -> service
-- ARGV[18] -> how many numbers the channel may have reached today
-- ARGV[19] -> milliseconds after the day for which patients' data is kept
--
-- Result: the ticket, with "ahead": how many wait before it.
-- Refuses reception_closed, reception_paused, day_full.
local stop = begin()
if stop then return stop end

if ARGV[12] == 'web' then
  local reception = redis.call('HGET', DESK, ARGV[17] .. ':reception')
  if reception == 'closed' then return refuse('reception_closed') end
  if reception == 'paused' then return refuse('reception_paused') end
end
if tonumber(redis.call('GET', COUNTER) or 0) >= tonumber(ARGV[18]) then return refuse('day_full') end

bump()
local n = redis.call('INCR', COUNTER)
local t = {id = ARGV[11], n = n, s = 'waiting', party = tonumber(ARGV[13]), ch = ARGV[12], pos = place(n), issued = now}
if ARGV[14] == '1' then t.first = true end
if ARGV[15] ~= '' then t.code = ARGV[15] end
local ahead = redis.call('ZCARD', WAITING)
join(t)
record({}, t, 'issue')
save(t)
if ARGV[16] ~= '' then
  redis.call('HSET', PATIENTS, t.id, ARGV[16])
  redis.call('PEXPIREAT', PATIENTS, ARGV[3] + ARGV[19])
end
t.ahead = ahead
return done(cjson.encode(t))

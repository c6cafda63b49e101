-- plan.lua: insert the jobs that a planner has decided, void others, and move the cursor.
--
-- KEYS[1] -> junban:{c}:<box>:jobs     hash
-- KEYS[2] -> junban:{c}:<box>:jobs-of  hash
-- KEYS[3] -> junban:{c}:<day>:planned  string
-- KEYS[4] -> junban:{c}:due            zset; of news, due-news
-- KEYS[5] -> junban:{c}:checks         zset
-- ARGV[1] -> clinic
-- ARGV[2] -> box
-- ARGV[3], ARGV[4] -> where the cursor is, and is to be; the latter "": it stays
-- ARGV[5] -> millisecond at which the box expires
-- ARGV[6] -> millisecond of the next look at the day; 0: as before, -1: none
-- ARGV[7] -> how many jobs follow, each as id, name in KEYS[4], due ms, ticket and JSON
-- the others -> id and reason of each job to be voided
--
-- Returns {"ok", how many jobs were inserted} | {"moved"}
local JOBS, INDEX, PLANNED, DUE, CHECKS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local box, to, check = ARGV[2], ARGV[4], tonumber(ARGV[6])
if to ~= '' and (redis.call('GET', PLANNED) or '') ~= ARGV[3] then return {'moved'} end

-- insert adds a job, unless its reason has made it before. One that was voided is due
-- again by another entry of the log: a call that was taken back, and was done again.
-- A ticket that has its most jobs gets no others.
local function insert(id, name, due, ticket, text)
  if ticket ~= '' and redis.call('HEXISTS', JOBS, id) == 0 then
    local _, jobs = string.gsub(redis.call('HGET', INDEX, ticket) or '', ' ', '')
    if jobs >= TICKET_JOBS * (string.byte(name) - 48 == RANK.call and 1.2 or 1) then return 0 end
  end
  if redis.call('HSETNX', JOBS, id, text) == 0 then
    local old, job = read(JOBS, id), cjson.decode(text)
    if old and (old.state ~= 'void' or (old.reason or '') == (job.reason or '')) then return 0 end
    job.fence = old and old.fence
    save(JOBS, job)
  elseif ticket ~= '' then
    redis.call('HSET', INDEX, ticket, (redis.call('HGET', INDEX, ticket) or '') .. id .. ' ')
  end
  redis.call('ZADD', DUE, due, name)
  return 1
end

local planned, next_arg = 0, 8
for _ = 1, tonumber(ARGV[7]) do
  planned = planned + insert(ARGV[next_arg], ARGV[next_arg + 1], ARGV[next_arg + 2], ARGV[next_arg + 3], ARGV[next_arg + 4])
  next_arg = next_arg + 5
end
for i = next_arg, #ARGV, 2 do
  local job = read(JOBS, ARGV[i])
  if job then void(JOBS, DUE, job, ARGV[i + 1]) end
end
if to ~= '' then redis.call('SET', PLANNED, to) end
for _, key in ipairs({JOBS, INDEX, PLANNED}) do redis.call('PEXPIREAT', key, ARGV[5]) end
if check > 0 then redis.call('ZADD', CHECKS, check, box) end
if check < 0 then redis.call('ZREM', CHECKS, box) end
if planned > 0 then redis.call('PUBLISH', 'junban:notify', ARGV[1]) end
return {'ok', planned}

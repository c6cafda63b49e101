-- tell.lua: record what became of a claimed job.
--
-- KEYS[1] -> junban:{c}:<box>:jobs        hash
-- KEYS[2] -> junban:{c}:<day>:jobs-of     hash
-- KEYS[3] -> junban:{c}:due               zset; of news, due-news
-- KEYS[4] -> junban:{c}:<day>:told        hash
-- KEYS[5] -> junban:{c}:spent             hash
-- KEYS[6] -> junban:{c}:<day>:wants       hash; of news, followers
-- KEYS[7] -> junban:{c}:follower-counts   hash
-- KEYS[8] -> junban:{c}:returned          hash
-- ARGV[1] -> job
-- ARGV[2] -> fence of the claim
-- ARGV[3] -> due | sent | uncertain | dead | void
-- ARGV[4] -> of due, the millisecond of the next try
-- ARGV[5] -> the last answer
-- ARGV[6] -> field of KEYS[5] that counts it, or ""
-- ARGV[7] -> "1": the address is gone
-- ARGV[8] -> clinic
-- ARGV[9] -> "1": it was not tried
-- ARGV[10] -> field of KEYS[8] that ends when it was sent, or ""
--
-- Returns {"ok"} | {"fence"}: somebody else has the job, or it is over
local JOBS, INDEX, DUE, TOLD, SPENT, WANTS, COUNTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local state, why = ARGV[3], ARGV[5] ~= '' and ARGV[5] or nil
local job = read(JOBS, ARGV[1])
if not job or job.fence ~= tonumber(ARGV[2]) then return {'fence'} end
if job.state ~= 'sending' then -- a repeat of the same is not refused
  if job.state == state or state == 'sent' and job.state == 'shown' then return {'ok'} end
  return {'fence'}
end

-- remove_address removes the address of the job from the wants of its ticket, or from the
-- followers.
local function remove_address()
  if job.kind == 'news' then
    if redis.call('HDEL', WANTS, job.want) == 1 then redis.call('HINCRBY', COUNTS, job.channel, -1) end
    return
  end
  local address, kept = job.channel .. ' ' .. job.want, {}
  local list = redis.call('HGET', WANTS, job.ticket)
  for _, want in ipairs(decoded(list) or {}) do
    if want.channel .. ' ' .. want.hash ~= address then kept[#kept + 1] = want end
  end
  if kept[1] then
    redis.call('HSET', WANTS, job.ticket, cjson.encode(kept))
  else
    redis.call('HDEL', WANTS, job.ticket)
  end
  void_address(JOBS, INDEX, DUE, job.ticket, function(other) return other == address end, 'gone')
end

local gone = job.gone
if ARGV[6] ~= '' then redis.call('HINCRBY', SPENT, ARGV[6], 1) end
if ARGV[9] == '1' then job.tries = math.max(0, (job.tries or 0) - 1) end
if state == 'due' and job.shown then state = 'sent' end
if state == 'due' and not job.gone then
  job.state, job.why = 'due', why
  save(JOBS, job)
  redis.call('ZADD', DUE, math.min(tonumber(ARGV[4]), job['until']), member(job))
else
  if state == 'due' then state, why = 'void', job.gone end
  if state == 'sent' then
    if ARGV[10] ~= '' then redis.call('HDEL', KEYS[8], ARGV[10]) end
    job.sent = now
    if job.shown then state = 'shown' end
  end
  finish(JOBS, DUE, job, state, why)
  if state ~= 'void' then tell(JOBS, TOLD, ARGV[8], job) end
end
if ARGV[7] == '1' then remove_address() end

-- A job that was not sent gives back their turn to the channels before that gave way to it.
local failed = job.state == 'due' or job.state == 'dead'
local before = failed and read(JOBS, job.after)
while before do
  if before.state == 'void' and before.by == job.id then
    before.state, before.by = 'due', nil
    save(JOBS, before)
    redis.call('ZADD', DUE, now, member(before))
  end
  before = read(JOBS, before.after)
end
return {'ok'}

-- notice.lua: read a notice as it is now. It changes nothing.
--
-- KEYS[1] -> junban:{c}:<box>:jobs     hash
-- KEYS[2] -> junban:{c}:<day>:wants    hash, and of the queue:
-- KEYS[3] -> junban:{c}:<day>:tickets  hash
-- KEYS[4] -> junban:{c}:followers      hash
-- KEYS[5] -> junban:{c}:news           hash
-- KEYS[6], … -> junban:{c}:<day>:<s>:waiting  zset, of each service of ARGV[2]
-- ARGV[1] -> job
-- ARGV[2] -> services, with commas
--
-- Returns {"ok", job, ticket, wants or follower, 1 if its reason is gone} | {"none"}:
-- there is no such job. The ticket, and the wants or follower, may be gone: "".
local WANTS, TICKETS, FOLLOWERS, NEWS = KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local job = read(KEYS[1], ARGV[1])
if not job then return {'none'} end
if job.kind == 'news' then
  local over = withdrawn(NEWS, job) or now >= job['until']
  return {'ok', cjson.encode(job), '', redis.call('HGET', FOLLOWERS, job.want) or '', over and 1 or 0}
end
local raw = redis.call('HGET', TICKETS, job.ticket) or ''
local ticket = decoded(raw)
job.ahead = ahead(waiting_of(ARGV[2], 6), ticket)
local over = not ticket or not holds(job, ticket)
return {'ok', cjson.encode(job), raw, redis.call('HGET', WANTS, job.ticket) or '', over and 1 or 0}

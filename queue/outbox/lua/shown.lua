-- shown.lua: record that a device has shown a notice.
--
-- KEYS[1] -> junban:{c}:<box>:jobs  hash
-- KEYS[2] -> junban:{c}:due         zset; of news, due-news
-- KEYS[3] -> junban:{c}:<day>:told  hash
-- ARGV[1] -> job
-- ARGV[2] -> clinic
--
-- Returns {"ok"} | {"none"}: there is no such job, or it was never claimed
local JOBS, DUE, TOLD = KEYS[1], KEYS[2], KEYS[3]
local job = read(JOBS, ARGV[1])
if not job or (job.fence or 0) == 0 then return {'none'} end
if job.shown then return {'ok'} end
job.shown = now
if job.state == 'sending' or job.state == 'void' then -- of the former, its sender's result comes
  save(JOBS, job)
else
  job.sent = job.sent or now
  finish(JOBS, DUE, job, 'shown')
  tell(JOBS, TOLD, ARGV[2], job)
end
return {'ok'}

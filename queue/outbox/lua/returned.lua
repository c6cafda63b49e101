-- returned.lua: record that a notice came back after it was sent.
--
-- KEYS[1] -> junban:{c}:<box>:jobs  hash
-- KEYS[2] -> junban:{c}:due         zset; of news, due-news
-- KEYS[3] -> junban:{c}:<day>:told  hash
-- ARGV[1] -> job
-- ARGV[2] -> clinic
-- ARGV[3] -> why
--
-- Returns {"ok"} | {"none"}: there is no such job, or it was not sent
local JOBS, DUE, TOLD = KEYS[1], KEYS[2], KEYS[3]
local job = read(JOBS, ARGV[1])
if not job or job.state ~= 'sent' and job.state ~= 'uncertain' then return {'none'} end
local mark = (job.sent or 0) .. ' ' .. job.kind .. ' ' .. job.channel .. ' sent'
finish(JOBS, DUE, job, 'dead', ARGV[3])
-- The desk no longer reads that the patient was reached, unless a later notice was sent.
if job.ticket and redis.call('HGET', TOLD, job.ticket) == mark then redis.call('HDEL', TOLD, job.ticket) end
tell(JOBS, TOLD, ARGV[2], job)
return {'ok'}

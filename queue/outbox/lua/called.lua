-- called.lua: record when the tickets of sent approaches were called. The first call
-- counts.
--
-- KEYS[1] -> junban:{c}:<box>:jobs  hash
-- ARGV[1] … -> job and millisecond, in turn
--
-- Returns {"ok", how many were recorded}
local recorded = 0
for i = 1, #ARGV, 2 do
  local job = read(KEYS[1], ARGV[i])
  if job and job.sent and not job.called then
    job.called = tonumber(ARGV[i + 1])
    save(KEYS[1], job)
    recorded = recorded + 1
  end
end
return {'ok', recorded}

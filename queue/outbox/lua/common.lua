-- common.lua: what the scripts of the outbox share. It stands before each of them.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- RANK has the kinds, the highest first: clinic.NoticeKinds.
local RANK = {call = 1, changed = 2, approach = 3, missed = 4, delay = 5, confirm = 6, reminder = 7, news = 8}

-- member names a job in the set of due jobs, so that its rank is known without reading it.
local function member(job) return RANK[job.kind] .. '/' .. job.box .. '/' .. job.id end

-- TICKET_JOBS is the most jobs of a ticket. Calls may have a fifth more.
local TICKET_JOBS = 200

local function is_open(job) return job.state == 'due' or job.state == 'sending' end

local function save(jobs, job) redis.call('HSET', jobs, job.id, cjson.encode(job)) end

-- decoded returns the table of a text, or nil: what cannot be read must not stop the
-- others.
local function decoded(text)
  local fine, value = pcall(cjson.decode, text or '')
  return fine and type(value) == 'table' and value or nil
end

-- read returns a job, or nil.
local function read(jobs, id)
  local job = id and decoded(redis.call('HGET', jobs, id))
  return job and RANK[job.kind] and job
end

-- finish ends a job: nobody claims it any more.
local function finish(jobs, due, job, state, why)
  job.state, job.why, job.gone = state, why, nil
  save(jobs, job)
  redis.call('ZREM', due, member(job))
end

-- void ends an open job whose reason is gone. One that is being sent may have left: its
-- sender or the end of its lease settles it.
local function void(jobs, due, job, why)
  if job.state == 'due' then
    finish(jobs, due, job, 'void', why)
  elseif job.state == 'sending' then
    job.gone = why
    save(jobs, job)
  end
end

-- jobs_of returns the jobs of a ticket, the oldest first.
local function jobs_of(jobs, index, ticket)
  local found = {}
  for id in string.gmatch(redis.call('HGET', index, ticket) or '', '%S+') do
    found[#found + 1] = read(jobs, id)
  end
  return found
end

-- void_address voids a ticket's open jobs of the addresses for which gone returns true.
local function void_address(jobs, index, due, ticket, gone, why)
  for _, job in ipairs(jobs_of(jobs, index, ticket)) do
    if is_open(job) and gone(job.channel .. ' ' .. job.want) then void(jobs, due, job, why) end
  end
end

-- wake has the clinic's owner look at a day now.
local function wake(checks, day, clinic)
  local at = tonumber(redis.call('ZSCORE', checks, day) or nil)
  if not at or at > now then redis.call('ZADD', checks, now, day) end
  redis.call('PUBLISH', 'junban:notify', clinic .. ' ' .. day)
end

-- tell keeps the newest notice of a ticket for the desk, and publishes it. A failure does
-- not hide what was sent before. A confirmation that asks the patient to come at once is an
-- approach.
local function tell(jobs, told, clinic, job)
  if not job.ticket then return end
  local kind = job.stage == 'now' and 'approach' or job.kind
  local text = now .. ' ' .. kind .. ' ' .. job.channel .. ' ' .. job.state
  if job.state == 'sent' or job.state == 'shown' then
    redis.call('HSET', told, job.ticket, text)
  elseif redis.call('HSETNX', told, job.ticket, text) == 0 then
    return
  end
  local left = redis.call('PTTL', jobs)
  if left > 0 then redis.call('PEXPIRE', told, left) end
  redis.call('PUBLISH', 'junban:poke', clinic .. ' told ' .. job.box .. ' ' .. job.ticket .. ' ' .. text)
end

-- holds reports whether the reason of a job is still there.
local function holds(job, t)
  local kind, s = job.kind, t.s
  local same = (t.leg or 0) == (job.leg or 0)
  local start = job.start or 0
  if kind == 'call' then
    return s == 'called' and same and (t.attempt or 0) == (job.attempt or 0) and (start == 0 or start == t.called)
  elseif kind == 'missed' then
    return s == 'absent' and same and (start == 0 or start == t.called)
  elseif kind == 'changed' then
    if job.stage == 'cancelled' then return s == 'cancelled' and (start == 0 or start == t.ended) end
    return s ~= 'done' and s ~= 'cancelled' and s ~= 'no_show'
  elseif kind == 'approach' or kind == 'delay' then
    return (s == 'waiting' or s == 'booked' and t.slot ~= nil) and same and t.pres ~= 'here'
  elseif kind == 'confirm' then
    return s == 'booked' or s == 'waiting'
  elseif kind == 'reminder' then
    return (s == 'booked' or s == 'waiting') and (start == 0 or not t.sfrom or t.sfrom == start)
  end
  return false
end

-- withdrawn reports whether the clinic has withdrawn the news of a job.
local function withdrawn(news, job)
  return redis.call('HEXISTS', news, string.sub(job.box, 6) .. ':withdrawn') == 1
end

-- waiting_of returns the keys of the waiting of each service, which begin at a place in
-- KEYS, and the place after them.
local function waiting_of(services, place)
  local waiting = {}
  for service in string.gmatch(services, '[^,]+') do
    waiting[service], place = KEYS[place], place + 1
  end
  return waiting, place
end

-- ahead returns how many wait before a ticket.
local function ahead(waiting, t)
  if not t or t.s ~= 'waiting' then return 0 end
  local key = waiting[t.lane or string.match(t.id, '^[0-9]+-([0-9]+)-')]
  return key and redis.call('ZRANK', key, t.pos .. '/' .. t.id) or 0
end

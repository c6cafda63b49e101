-- take.lua: claim due jobs, the highest rank first. Each is checked against its ticket as
-- it is now: the reason, the time, the want, the channels before, and the month's cap.
--
-- KEYS[1] -> junban:{c}:due         zset; of news, due-news
-- KEYS[2] -> junban:{c}:suppressed  hash
-- KEYS[3] -> junban:{c}:spent       hash
-- KEYS[4] -> junban:{c}:news        hash
-- KEYS[5] -> junban:{c}:followers   hash
-- KEYS[6] … -> for each box of ARGV[4]:
--   junban:{c}:<box>:jobs     hash
--   junban:{c}:<day>:wants    hash, and of the queue:
--   junban:{c}:<day>:tickets  hash
--   junban:{c}:<day>:<s>:waiting  zset, of each service of ARGV[5]
-- ARGV[1] -> how many, at most
-- ARGV[2] -> month, such as 2026-12
-- ARGV[3] -> JSON: lease of each channel in ms, 0 if it has no place, below 0 if it has places
--   for calls alone; cap of each channel; share of a cap in percent, by kind; off: kinds and channels; window: how many of the due
--   are looked at at once, for the highest rank; further: whether the others are looked at too
-- ARGV[4], ARGV[5] -> boxes and services, with commas
-- ARGV[6] -> millisecond at which the quiet hours end; 0: they are not now
--
-- Returns {"ok", now, the voided, …} | {"boxes", …}: jobs of other boxes are due too. The
-- voided are a list of kind and reason in turn. A list follows for each claim: job, ticket,
-- wants or follower, tickets ahead.
local DUE, SUPPRESSED, SPENT, NEWS, FOLLOWERS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local most, month, rules, quiet = tonumber(ARGV[1]), ARGV[2], cjson.decode(ARGV[3]), tonumber(ARGV[6])

local PARSED = 600   -- due jobs that are read, at most
local CHECKED = 200  -- and of these, of channels that have a place
local CHAIN = 5000   -- ms after which a job is looked at again whose channel before is not over
local RETRIED = 1000 -- the same, while one that was tried before is tried again
local SEEN = 20000   -- ms in which a device reports that it has shown a push
local CRASHES = 5    -- claims without a result before a job is dead

local boxes, next_key = {}, 6
for box in string.gmatch(ARGV[4], '[^,]+') do
  local b = {jobs = KEYS[next_key], wants = KEYS[next_key + 1], tickets = KEYS[next_key + 2]}
  b.waiting, next_key = waiting_of(ARGV[5], next_key + 3)
  boxes[box] = b
end

-- The due jobs by rank, each rank in the order of time. Of those that may be read, the
-- boxes must be known.
local ranks, due, missing, named = {}, {}, {'boxes'}, {}
for rank = 1, RANK.news do ranks[rank] = {} end
local from, found = 0, nil
repeat -- thousands of reminders may be due before a call
  found = redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', from, rules.window)
  for _, name in ipairs(found) do
    local of = ranks[string.byte(name) - 48]
    if of and #of < PARSED then of[#of + 1] = name end
  end
  from = from + #found
until #found < rules.window or not rules.further or #ranks[RANK.call] >= PARSED
local lowest = RANK.call -- with places
for _, lease in pairs(rules.lease) do
  if lease > 0 then lowest = RANK.news end
end
for rank = 1, lowest do
  for _, name in ipairs(ranks[rank]) do
    if #due >= PARSED then break end
    local box, id = string.match(name, '^%d/(.-)/(.*)$')
    if not boxes[box] and not named[box] then missing[#missing + 1], named[box] = box, true end
    due[#due + 1] = {name = name, box = boxes[box], id = id}
  end
end
if missing[2] then return missing end

-- wanted returns the text that has the address of a job, or nil.
local function wanted(b, job)
  if job.kind == 'news' then return redis.call('HGET', FOLLOWERS, job.want) end
  local list = redis.call('HGET', b.wants, job.ticket)
  for _, want in ipairs(decoded(list) or {}) do
    if want.channel == job.channel and want.hash == job.want then return list end
  end
end

-- gives_way reports whether a channel before fails a job that is due: it was tried without
-- success, its provider rests, or it has had no place for [SEEN].
local function gives_way(before)
  if before.state ~= 'due' then return false end
  if (before.tries or 0) > 0 or before.why == 'provider rests' then return true end
  local at = tonumber(redis.call('ZSCORE', DUE, member(before)) or nil)
  return at ~= nil and now >= at + SEEN
end

-- chain decides what the channels before mean for a job: nothing, a reason to void it, or
-- the millisecond at which to look again. It also returns those that give way to it.
local function chain(b, job)
  for _, id in ipairs(job.unless or {}) do
    local higher = read(b.jobs, id)
    if higher and (higher.sent or higher.shown or higher.state == 'uncertain') then return 'superseded' end
  end
  local again, yielding, later = nil, {}, {[job.id] = true}
  local before = read(b.jobs, job.after)
  while before and not later[before.id] do
    if before.shown then return 'reached' end
    if before.state == 'void' then
      -- Without its By, something else was sent. A By gave way itself, or has failed.
      if before.why == 'reached' or before.why == 'superseded' and not before.by then return before.why end
    elseif before.state == 'sent' then
      if before.channel ~= 'push' then return 'reached' end
      if now < before.sent + SEEN then again = math.max(again or 0, before.sent + SEEN) end
    elseif gives_way(before) then
      yielding[#yielding + 1] = before
    elseif is_open(before) then
      local soon = (before.tries or 0) > 1 and RETRIED or CHAIN
      again = math.max(again or 0, now + soon)
    end
    later[before.id] = true
    before = read(b.jobs, before.after)
  end
  return nil, again, yielding
end

local function over_cap(job)
  local cap = rules.caps[job.channel]
  if not cap then return false end
  local spent = tonumber(redis.call('HGET', SPENT, month .. ':' .. job.channel) or nil) or 0
  return spent * 100 >= cap * rules.share[job.kind]
end

-- obstacle returns why a job is void, or nil and when to look at it again, or nil. It
-- also returns the texts of the ticket and the address, and the jobs that give way.
local function obstacle(b, job)
  if job.gone then return job.gone end
  if now >= job['until'] then return 'late' end
  local raw, ticket = '', nil
  if job.kind == 'news' then
    if withdrawn(NEWS, job) then return 'withdrawn' end
  else
    raw = redis.call('HGET', b.tickets, job.ticket)
    ticket = decoded(raw)
    if not ticket or not holds(job, ticket) then return 'state' end
  end
  if rules.off[job.kind] or rules.off[job.channel] then return 'off' end
  local address = wanted(b, job)
  if not address then return 'unwanted' end
  if redis.call('HEXISTS', SUPPRESSED, job.channel .. ':' .. job.want) == 1 then return 'suppressed' end
  local why, at, yielding = chain(b, job)
  if why then return why end
  if not at and quiet > now and (job.kind == 'reminder' or job.kind == 'news') then at = quiet end
  if at then return nil, at end
  if over_cap(job) then return 'cap' end
  return nil, nil, raw, address, ticket, yielding
end

-- settle ends a job whose sender has disappeared, where a repeat is not harmless. It
-- returns true if it did.
local function settle(b, job, why)
  if job.shown then
    job.sent = job.sent or job.shown
    finish(b.jobs, DUE, job, 'shown')
  elseif why then
    finish(b.jobs, DUE, job, 'uncertain', 'crashed') -- it may have left before its reason was gone
  elseif (job.crashes or 0) + 1 >= CRASHES then
    finish(b.jobs, DUE, job, 'dead', 'crashed')
  elseif job.channel == 'mail' and (RANK[job.kind] < RANK.confirm or job.crashes) then
    finish(b.jobs, DUE, job, 'uncertain', 'crashed')
  else
    return false
  end
  return true
end

local voided, reply = {}, {}

-- consider claims a due job, or ends or postpones it. It returns true for one whose
-- channel has no place: others are not to wait behind it.
local function consider(d)
  local job = read(d.box.jobs, d.id)
  if not job or not is_open(job) or member(job) ~= d.name then
    redis.call('ZREM', DUE, d.name)
    return
  end
  local place = rules.lease[job.channel]
  if place < 0 then place = job.kind == 'call' and -place or 0 end
  if place == 0 then return true end
  local why, at, raw, address, ticket, yielding = obstacle(d.box, job)
  local crashed = job.state == 'sending'
  if crashed and settle(d.box, job, why) then return end
  if why then
    finish(d.box.jobs, DUE, job, 'void', why)
    voided[#voided + 1], voided[#voided + 2] = job.kind, why
    return
  end
  if at then
    redis.call('ZADD', DUE, math.min(at, job['until']), d.name)
    return
  end
  for _, before in ipairs(yielding) do -- never two channels at once
    before.by = job.id
    finish(d.box.jobs, DUE, before, 'void', 'superseded')
    voided[#voided + 1], voided[#voided + 2] = before.kind, 'superseded'
  end
  job.state, job.fence = 'sending', (job.fence or 0) + 1
  if crashed then job.crashes = (job.crashes or 0) + 1 else job.tries = (job.tries or 0) + 1 end
  job.ahead = ahead(d.box.waiting, ticket)
  local lease = now + place
  save(d.box.jobs, job)
  redis.call('ZADD', DUE, lease, d.name)
  reply[#reply + 1] = {cjson.encode(job), raw, address, lease}
end

local checked = 0
for i = 1, #due do
  if #reply >= most or checked >= CHECKED then break end
  if not consider(due[i]) then checked = checked + 1 end
end
return {'ok', now, voided, reply}

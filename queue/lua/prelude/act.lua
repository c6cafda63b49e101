-- act.lua: how every act begins and ends. No act can change the line without checking
-- its key, giving the day its next version, writing the log and publishing.
--
-- KEYS[1]  -> junban:{c}:desk           hash    rev; <service>:reception, :standing, :temporary, :until, :bookings; room:<room>
-- KEYS[2]  -> junban:{c}:act:<h>        string  fingerprint and result of this act
-- KEYS[3]  -> junban:{c}:<day>:meta     hash    epoch, version, mark, closed; the counts of each line as <service>:<count>
-- KEYS[4]  -> junban:{c}:<day>:log      stream  one entry per change
-- KEYS[5]  -> junban:{c}:<day>:tickets  hash    ticket id -> JSON
-- KEYS[6]  -> junban:{c}:<day>:patients hash    ticket id -> JSON
-- KEYS[7]  -> junban:{c}:<day>:rooms    hash    room -> id of its open ticket
-- KEYS[8]  -> junban:{c}:<day>:called   zset    ticket id by version of the call
-- KEYS[9]  -> junban:{c}:<day>:ended    zset    ticket id by version of the end
-- KEYS[10] -> junban:{c}:days           zset    opened days that are not closed, by their end
-- KEYS[11] … -> for each service of the record, in its order:
--   junban:{c}:<day>:<s>:waiting zset    <position>/<ticket id>, all of score 0
--   junban:{c}:<day>:<s>:aside   zset    the same, of the absent, held, booked and lost
-- ARGV[1]  -> rev of the record that the caller has read
-- ARGV[2], ARGV[3] -> first and past-last millisecond of the business day
-- ARGV[4]  -> random: the act's mark, and the epoch should it open the day
-- ARGV[5]  -> clinic
-- ARGV[6]  -> fingerprint of the request, 16 characters
-- ARGV[7]  -> seconds for which the key is remembered
-- ARGV[8], ARGV[9], ARGV[10] -> the actor's kind, name and device
-- ARGV[11] -> the services of the record, with commas
-- ARGV[12] … -> the script's own
--
-- Returns {"ok", result, day, epoch, version} | {"again", first result, day, epoch, version}: a state that has the act
--   | {"refused", code} | {"stale", kind, …}: the caller's knowledge is old. Kinds of every act: "record" | "day", now: the time is not in the caller's day

local DESK, ACT, META, LOG, TICKETS, PATIENTS, ROOMS, CALLED, ENDED, DAYS =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]

-- LINES has each service's keys: waiting, aside.
local LINES, next_key = {}, 11
for service in string.gmatch(ARGV[11], '[^,]+') do
  LINES[service] = {waiting = KEYS[next_key], aside = KEYS[next_key + 1]}
  next_key = next_key + 2
end

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

-- desk has rev and the fields of DESK that the script named in begin.
local desk

local DAY = string.match(META, '}:(.-):')

local function refuse(code) return {'refused', code} end

-- stale is for a caller that does not know the newest: it refreshes that, and tries again.
local function stale(kind, ...) return {'stale', kind, ...} end

-- begin returns the reply that ends the script at once, or nil to go on. Beside rev it
-- reads the fields of DESK that the script names.
local function begin(...)
  local seen = redis.call('GET', ACT)
  if seen then
    if string.sub(seen, 1, 16) ~= ARGV[6] then return refuse('idempotency_conflict') end
    redis.call('EXPIRE', ACT, ARGV[7]) -- a write, for a caller that waits for replicas
    local state = redis.call('HMGET', META, 'epoch', 'version')
    return {'again', string.sub(seen, 17), DAY, state[1] or '', state[2] or ''}
  end
  desk = redis.call('HMGET', DESK, 'rev', ...)
  if (desk[1] or '') ~= ARGV[1] then return stale('record') end
  if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then return stale('day', now) end
end

local version, mark = nil, ARGV[4]
local former -- mark of the version before
-- What publish sends: the texts of the saved tickets, the id of one with a new patient,
-- the changed counts, or their text, and whether DESK has changed.
local saved, patient, counted, counts, desk_changed = {}, '', {}, nil, false
local steps = 0 -- versions that the act has given

-- meta has the fields of META that this act has read or changed; one that is not in
-- META is false. changed has those that write_meta writes.
local meta, changed = {}, {}

-- read_meta reads several fields at once.
local function read_meta(...)
  local fields = {...}
  local got = redis.call('HMGET', META, ...)
  for i = 1, #fields do meta[fields[i]] = got[i] end
end

-- set_meta changes a field. It is written with the act's next entry of the log.
local function set_meta(field, value)
  value = value .. ''
  meta[field], changed[field] = value, value
end

-- get_meta returns a field, which it reads once.
local function get_meta(field)
  if meta[field] == nil then read_meta(field) end
  return meta[field]
end

-- save_run_id keeps the run id of this Redis process. Another process may have older
-- data than this one has shown.
local function save_run_id()
  local info = redis.pcall('INFO', 'server')
  redis.call('HSET', DESK, 'run', type(info) == 'string' and string.match(info, 'run_id:(%x+)') or '')
end

-- next_version gives the act its version and its mark. The first act of a day opens
-- the day. An act on a closed day opens it again: a clock had leapt forward. Two acts
-- of one version with different marks prove that Redis lost the first. With the fields of
-- META that it needs, it reads those that the act will need.
local function next_version(...)
  if meta.version == nil or meta.epoch == nil then read_meta('version', 'closed', 'mark', 'epoch', ...) end
  version, former, steps = (meta.version or 0) + 1, meta.mark, steps + 1
  set_meta('version', version)
  set_meta('mark', mark)
  if version == 1 then
    set_meta('epoch', mark)
    save_run_id()
  end
  if meta.closed then redis.call('HDEL', META, 'closed') end
  if version == 1 or meta.closed then redis.call('ZADD', DAYS, ARGV[3], DAY) end
  meta.closed = nil
end

-- keep_version is for an entry of the log that changes nothing that is shown.
local function keep_version()
  read_meta('version', 'mark')
  version, mark = meta.version, meta.mark
end

-- get_count returns a count of a service; set_count and add_count change it. The next
-- entry of the log carries each changed count. add_count returns the new value.
local function get_count(service, field) return get_meta(service .. ':' .. field) end

local function set_count(service, field, value) set_meta(service .. ':' .. field, value) end

local function add_count(service, field, by)
  local n = (get_count(service, field) or 0) + by
  set_count(service, field, n)
  return n
end

-- write_meta writes the changed fields, and returns the counts among them, or nil.
local function write_meta()
  local args, written = {}, {}
  for field, value in pairs(changed) do
    args[#args + 1], args[#args + 2] = field, value
    if string.find(field, ':', 1, true) then written[field], counted[field] = value, value end
  end
  if args[1] then redis.call('HSET', META, unpack(args)) end
  changed = {}
  return next(written) and written
end

-- append_entry appends one entry to the log, and returns its id. "more" is JSON, or "".
-- Every entry has the same fields in the same order, so that Redis stores their names once.
local function append_entry(act, id, was, is, more)
  return redis.call('XADD', LOG, '*', 'v', version, 'mark', mark, 'act', act, 'id', id,
    'by', ARGV[8] .. ':' .. ARGV[9], 'dev', ARGV[10], 'was', was, 'is', is, 'more', more)
end

-- log writes the changed fields of META, and appends an entry with the counts among them
-- and with the table "more", if any.
local function log(act, id, was, is, more)
  more = more or {}
  more.counts = write_meta() or nil
  return append_entry(act, id, was, is, next(more) and cjson.encode(more) or '')
end

-- publish sends the act to the nodes that follow the clinic: queue/delta.go reads it. The
-- tickets, counts and DESK as they are now are all that an act of one version changed, if
-- it changed tickets or DESK. Of every other act, and of a longer text, nodes read a
-- snapshot.
local function publish()
  local text = ''
  if (saved[1] or desk_changed) and steps == 1 then
    counts = counts or next(counted) and cjson.encode(counted) or '{}' -- cjson may take an empty table for a list
    text = '{"patient":"' .. patient .. '","counts":' .. counts .. ',"tickets":[' .. table.concat(saved, ',') .. ']' ..
      (desk_changed and ',"desk":' .. cjson.encode(redis.call('HGETALL', DESK)) or '') .. '}'
    if #text > 8192 then text = '' end
  end
  redis.call('PUBLISH', 'junban:poke', table.concat({ARGV[5], version, DAY, meta.epoch, mark, former or '-', now, text}, ' '))
end

-- done keeps the result under the act's key, and publishes.
local function done(result)
  redis.call('SET', ACT, ARGV[6] .. result, 'EX', ARGV[7])
  publish()
  return {'ok', result, DAY, meta.epoch, version .. ''}
end

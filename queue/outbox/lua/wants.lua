-- wants.lua: replace the wants of a ticket.
--
-- KEYS[1] -> junban:{c}:<day>:wants    hash
-- KEYS[2] -> junban:{c}:<day>:jobs     hash
-- KEYS[3] -> junban:{c}:<day>:jobs-of  hash
-- KEYS[4] -> junban:{c}:due            zset
-- KEYS[5] -> junban:{c}:checks         zset
-- ARGV[1] -> ticket
-- ARGV[2] -> JSON list of the wants; "" removes all
-- ARGV[3] -> millisecond at which the day's wants expire
-- ARGV[4] -> clinic
-- ARGV[5] -> why the open jobs of other addresses are void
--
-- A want keeps the time at which it was put, as does one whose address replaces another of
-- the same channel: a renewed subscription loses no notice.
--
-- Returns {"ok"} | {"often"}: the ticket has had too many addresses or jobs for new ones
local ADDRESSES = 40 -- of a ticket, with those that it no longer has

local WANTS, JOBS, INDEX, DUE, CHECKS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local ticket, list = ARGV[1], ARGV[2]
local wanted, times, had = {}, {}, {}

-- keep gives each want the time of the one before it, and returns the list.
local function keep(wants)
  for _, want in ipairs(decoded(redis.call('HGET', WANTS, ticket)) or {}) do
    local name = want.channel .. ' ' .. want.hash
    times[name] = want.at
    if not wanted[name] then
      had[want.channel] = had[want.channel] or {}
      table.insert(had[want.channel], want.at)
    end
  end
  for _, want in ipairs(wants) do
    local at = times[want.channel .. ' ' .. want.hash]
    if not at and had[want.channel] then at = table.remove(had[want.channel], 1) end
    want.at = at or want.at
  end
  return cjson.encode(wants)
end

-- often notes the addresses of a list, and reports whether the ticket may have no new one.
local function often()
  local field = ticket .. ':addresses'
  local known, count, fresh = {}, 0, {}
  local before = redis.call('HGET', INDEX, field) or ''
  for name in string.gmatch(before, '%S+') do known[name], count = true, count + 1 end
  for name in pairs(wanted) do
    name = string.gsub(name, ' ', ':')
    if not known[name] then fresh[#fresh + 1] = name end
  end
  if not fresh[1] then return false end
  local _, jobs = string.gsub(redis.call('HGET', INDEX, ticket) or '', ' ', '')
  if count + #fresh > ADDRESSES or jobs >= TICKET_JOBS then return true end
  redis.call('HSET', INDEX, field, before .. table.concat(fresh, ' ') .. ' ')
  if redis.call('PTTL', INDEX) < 0 then redis.call('PEXPIREAT', INDEX, ARGV[3]) end
  return false
end

if list == '' then
  redis.call('HDEL', WANTS, ticket)
else
  local wants = cjson.decode(list)
  for _, want in ipairs(wants) do wanted[want.channel .. ' ' .. want.hash] = true end
  if often() then return {'often'} end
  redis.call('HSET', WANTS, ticket, keep(wants))
  redis.call('PEXPIREAT', WANTS, ARGV[3])
end
void_address(JOBS, INDEX, DUE, ticket, function(address) return not wanted[address] end, ARGV[5])
if list ~= '' then wake(CHECKS, string.match(WANTS, '}:(.-):'), ARGV[4]) end
return {'ok'}

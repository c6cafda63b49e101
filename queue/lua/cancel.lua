-- cancel.lua: take a ticket out of the line for good (取消). Its number is not
-- issued again. The owner proves the right with the cancel code; wrong ones are
-- counted, and too many lock the code (B13, B16).
--
-- ARGV[12] -> ticket id
-- ARGV[13] -> "desk", or "owner"
-- ARGV[14] -> hash of the owner's code
-- ARGV[15] -> how many wrong codes lock it
-- ARGV[16] -> milliseconds until the ticket's seat is offered again
-- ARGV[17], ARGV[18] -> of the owner, until when: "start" or "end" of the slot and the milliseconds before it; "at" and a
--   millisecond; "ahead" and how many must wait before it; ""
--
-- Result: the ticket. Refuses ticket_unknown, ticket_changed, not_cancellable,
-- cancel_code_locked, wrong_cancel_code, state_forbids, cancel_too_late.
local stop = begin()
if stop then return stop end

if ARGV[13] == 'owner' then
  local t = load(ARGV[12])
  if not t then return refuse('ticket_unknown') end
  if not t.code then return refuse('not_cancellable') end
  if (t.bad or 0) >= tonumber(ARGV[15]) then return refuse('cancel_code_locked') end
  if t.code ~= ARGV[14] then
    local was = copy(t)
    t.bad = (t.bad or 0) + 1
    keep_version()
    log_change(was, t, 'wrong_code')
    save(t)
    return refuse('wrong_cancel_code')
  end
end
local t, was = object(ARGV[12], 'booked', 'waiting', 'absent', 'held', 'lost')
if not t then return was end
local anchor, limit, deadline = ARGV[17], tonumber(ARGV[18]), nil
if anchor == 'start' and t.slot then deadline = t.sfrom - limit end
if anchor == 'end' and t.slot then deadline = t.sto - limit end
if anchor == 'at' then deadline = limit end
if anchor == 'ahead' and t.s == 'waiting' and ARGV[2] ~= '0' and -- of its own day
  redis.call('ZLEXCOUNT', LINES[line_of(t)].waiting, '-', '(' .. t.pos) < limit then deadline = 0 end
if deadline and now >= deadline then return refuse('cancel_too_late') end
next_version()
if t.s == 'booked' and not t.slot then add_count(line_of(t), 'booked', -1) end
t.s, t.ended, t.seq = 'cancelled', now, version
if ARGV[13] == 'owner' then t.self = true end
seats().give(t, tonumber(ARGV[16]))
return done(change(was, t, 'cancel'))

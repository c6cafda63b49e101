-- cancel.lua: take a ticket out of the line for good (取消). Its number is not
-- issued again. The owner proves the right with the cancel code; wrong ones are
-- counted, and too many lock the code (B13, B16).
--
-- ARGV[11] -> ticket id
-- ARGV[12] -> "desk", or "owner"
-- ARGV[13] -> hash of the owner's code
-- ARGV[14] -> how many wrong codes lock it
--
-- Result: the ticket. Refuses ticket_unknown, not_cancellable,
-- cancel_code_locked, wrong_cancel_code, state_forbids.
local stop = begin()
if stop then return stop end

if ARGV[12] == 'owner' then
  local t = load(ARGV[11])
  if not t then return refuse('ticket_unknown') end
  if not t.code then return refuse('not_cancellable') end
  if (t.bad or 0) >= tonumber(ARGV[14]) then return refuse('cancel_code_locked') end
  if t.code ~= ARGV[13] then
    t.bad = (t.bad or 0) + 1
    save(t)
    return refuse('wrong_cancel_code')
  end
end
local t, was = object(ARGV[11], 'waiting', 'absent', 'held')
if not t then return was end
bump()
t.s, t.ended, t.seq = 'cancelled', now, version
change(was, t, 'cancel')
return done(cjson.encode(t))

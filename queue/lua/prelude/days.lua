-- days.lua: an act on two days of a clinic.

-- to_day lets all that follows act on another day, whose end is a millisecond. Its keys
-- from META to ENDED begin at "first", those of the lines at "lines". What the act has
-- changed so far must be published before.
local function to_day(first, lines, ends)
  META, LOG, TICKETS, PATIENTS = KEYS[first], KEYS[first + 1], KEYS[first + 2], KEYS[first + 3]
  ROOMS, CALLED, ENDED = KEYS[first + 4], KEYS[first + 5], KEYS[first + 6]
  for service in string.gmatch(ARGV[11], '[^,]+') do
    LINES[service] = {waiting = KEYS[lines], aside = KEYS[lines + 1]}
    lines = lines + 2
  end
  DAY = string.match(META, '}:(.-):')
  ARGV[3] = ends
  version, former, mark = nil, nil, ARGV[4]
  meta, changed, saved, patient, counted, counts, desk_changed, steps = {}, {}, {}, '', {}, nil, false, 0
end

// Package estimate says how long a wait will be, honestly: as a range, with a
// score kept of how true it came (A05).
//
// # What it promises
//
// [Learned.Forecast] plays the line forward from what the desk knows: who waits,
// of what kind, who is in which room since when, who is absent or at an exam,
// breaks, the session's start. Each ticket gets the 10th and 90th percentile of
// the time until its first call, and the mean; each service gets the same for a
// ticket that would be issued now, until its call and until its end (what the
// automatic stop goes by), and for the end of the line. Who cannot be estimated,
// because he is absent or held or no room on duty serves him, gets nothing, not 0.
//
// The same input gives the same answer, to the nanosecond. More people ahead
// of one room never shorten a wait: a ticket draws its fate by its own id. (Of
// several rooms, or over a break, they may by seconds, if somebody gets to a
// faster doctor or cancels meanwhile.) [Shown] rounds outward, and [Steady]
// keeps what is shown from rising by more than the real delay.
//
// [Learned.Learn] takes in a finished session: times by kind of visit, absence,
// exams, urgent inserts, cancellations, late starts, and how much the doctors'
// speed differs from day to day. Old sessions fade. A kind never seen is taken
// for 5 minutes, a first visit (初診) for 8, with the weight of three visits.
//
// # What it never does
//
// It imports the standard library alone: no queue, no Redis, no clock. It gives
// no single number to show, keeps no ticket and no patient, and does not learn from a
// consultation that is flagged as inaccurate, takes less than 10 s or more than
// 3 h. It does not decide who is called next, only assumes: urgent ones, then
// who is back from an exam or from absence and whose place has come, then the line.
//
// # Why it plays 128 futures
//
// With one room and nobody absent, means and variances could be added up. With
// two rooms the next call is the earlier of two ends, whose mean is less than
// either's; and an absentee who comes back three places later, an exam, a break, a
// doctor who may be late bend the sum further. Playing each of these as it
// happens needs no formula for any. The draws are stratified (a Latin
// hypercube), so that 128 paths give exact means of sums, and fixed, so that a
// board does not flicker.
//
// What a running consultation still needs is drawn from its kind's lognormal
// beyond what has elapsed: the longer it has run, the longer it may yet. The
// rule of thumb max(mean − elapsed, 0.35 × mean) knows neither that nor a range.
//
// # Why today's speed is a range too
//
// A room's factor of today starts at 1, as uncertain as rooms were seen to
// differ from day to day (about eight patients' worth before anything was seen),
// and every finished visit sharpens it. Its uncertainty moves all of a line
// together, so it is drawn once a path: it is what makes the range of a long line
// honest, where independent visits alone would average it away.
//
// The command in accuracy compares all this with simpler ways and with an oracle,
// and holds it to its bars.
package estimate

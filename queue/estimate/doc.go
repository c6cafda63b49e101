// Package estimate forecasts how long patients wait: as a range, with a score
// of the accuracy of past forecasts (A05).
//
// [Learned.Forecast] simulates the line from its present state: tickets, running
// visits, absences, exams, breaks, and the start of the session. Each ticket gets the
// mean and the 10th and 90th percentile of the time until its first call. Each service
// gets the same for a ticket issued now, and for the end of the line. Absent and held
// tickets, and those that no room on duty serves, are left out of the result.
//
// The same input gives exactly the same result. The random numbers of a ticket derive
// from its ID. So with one room, an additional ticket ahead never shortens a wait. With
// several rooms or a break it may, by seconds. [Shown] rounds outward, and [Steady]
// keeps the shown range from rising by more than the actual delay.
//
// [Learned.Learn] updates the figures after a session. These are times by kind
// of visit, absences, exams, urgent inserts, cancellations, late starts, and
// doctors' speed. Older sessions lose weight. A kind without data is assumed to take 5
// minutes, a first visit (初診) 8. The assumption has the weight of three visits.
//
// The package imports only the standard library: no queue, no Redis, no clock.
// It returns no single number to show, and stores no ticket and no patient. It
// ignores consultations that are flagged as inaccurate, shorter than 10 s or
// longer than 3 h. It assumes this order of calls: urgent tickets, returning
// tickets whose turn has come, then the line.
//
// # Why a simulation
//
// With one room and no absences, means and variances could be added. With two
// rooms, the next call is the minimum of two random times. Absences, exams,
// breaks and late doctors complicate it further. A simulation needs no formula
// for any of these. Its random numbers are stratified (a Latin hypercube), so
// that 128 paths give exact means of sums. They are fixed, so that a board does
// not flicker.
//
// The remaining time of a running visit follows the lognormal distribution of
// its kind, given the elapsed time. The longer a visit has run, the longer it
// may still take. The rule of thumb max(mean − elapsed, 0.35 × mean) has
// neither this property nor a range.
//
// # Why today's speed is uncertain
//
// A room's speed factor of today starts at 1, with the observed variance
// between days. Without data, it has the weight of eight patients. Every
// finished visit reduces the variance. The factor affects the whole line at
// once, so it is drawn once per path. Without it, ranges of long lines would be
// too narrow, because independent visits average out.
//
// The command in accuracy compares all this with simpler methods and with an
// oracle.
package estimate

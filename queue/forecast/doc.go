// Package forecast asks the estimator how long each waiting ticket of a snapshot, and a
// ticket issued now, will wait.
//
// Package estimate has the formula and knows no ticket. This package makes its input
// from a [queue.Snapshot]: the lines by session, the patients in the rooms, and the
// breaks. Of a service in slot mode it adds the bookings whose patients are due. [Stay] is a ticket's time in a room, from which package learn learns by the
// same rules.
package forecast

// Package outbox keeps the notices that patients asked for: what they want (wants), what
// is to be sent when (jobs), and what became of it.
//
// A day's log is what jobs are planned from. A planner reads it from the day's cursor on,
// and [Store.Plan] inserts the jobs and moves the cursor in one script. [Store.Take] checks a
// due job against its ticket and claims it, in one script. [Store.Tell] records the result.
// The hash of a day's jobs is its history.
//
// Guarantees:
//   - A reason makes one job for an address, however many nodes plan it: the id of the job is
//     made from its reason. After a loss of writes the same jobs are made again.
//   - A job is claimed by one sender at a time. It is never claimed after its time, after its
//     reason is gone, or after a result of it was recorded.
//   - A sender that disappeared is replaced when its lease ends. So a push may be sent
//     twice: the device replaces the first. A mail may be so once, if it is a confirmation, a
//     reminder or news; any other stays uncertain.
//   - A planned job is claimed as soon as it is due, unless one of these takes it back: the
//     ticket, the patient, the clinic's settings, the month's cap.
//   - An address is kept in the want or the follower alone. It goes with the patients' data of
//     the ticket's day, with the erasure of the person, and with the follower. All else has
//     its keyed hash.
//
// Two things are not promised. A ticket may change while its notice is being sent. And what a
// provider has accepted may not arrive.
//
// Non-goals: it decides no time and writes no text (package notify), and it sends nothing.
package outbox

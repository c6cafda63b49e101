// Package outbox keeps the notices that patients asked for: what they want (wants), what
// is to be sent when (jobs), and what became of it.
//
// Guarantees: a reason makes one job for an address, however many nodes plan it. A job is
// claimed by one sender at a time, and checked against the ticket in the same script. It
// is never claimed after its time, or after its reason is gone. A sender that died is
// replaced when its lease ends. An address is kept in the want alone, and goes with the
// patients' data of the ticket's day.
//
// Non-goals: it decides no time and writes no text (package notify), and it sends nothing.
package outbox

// Package feed sends every change of a clinic to its followers on this node, as one
// [queue.Snapshot] after another.
//
// # How it follows
//
// Every act publishes what it changed, as a [queue.Delta]. The feed applies the deltas
// in the order of their versions. So an act costs a node no call of Redis. The
// feed reads a whole snapshot
//   - at the start, and after each subscription: messages may have been lost before it,
//   - when a version is missing, or the mark of the version before is another,
//   - when the epoch or the day is another,
//   - after an act whose delta is only an order to read: one that changes the record or
//     many tickets, and any act of an earlier program,
//   - when the check finds a difference. Every 2 s one round trip compares version, mark,
//     epoch and record of all followed clinics with Redis.
//
// A delta has the changed tickets whole, and not only the fields that changed. So a
// message that comes twice or late does no harm. The fold of package journal stays the
// only place that applies single fields.
//
// No name or phone number is published. The feed reads that of a new ticket only if the
// follower needs it ([queue.Watcher].Names).
//
// # What it promises
//
// [Feed.Follow] emits the newest snapshot after every change. It reports when the
// emitted state may be stale, at most 5 s after Redis became unreachable. A lost message
// costs at most two seconds, and never leaves a wrong state.
//
// The feed holds one subscription for all followers. It publishes a probe to
// itself each second, and subscribes again when the probes do not come back. A
// Redis that was cut off still answers reads. So a state counts as true only from
// the last write that the master has confirmed ([queue.Store.Confirm]).
//
// # What time and losses bring
//
// Some changes need no act: a window opens, a seat comes back, a message expires.
// A snapshot knows the moment of the next such change. The first feed that finds
// the moment over does one act, whose key is made of the moment. So the version
// grows once, and every node shows the change.
//
// A Redis that lost acts, by a crash or failover, counts from a lower version in the
// same epoch. Every act leaves a random mark beside its version. A feed that reads an
// older version than it has emitted renews the epoch. The same version with another
// mark counts as older.
package feed

// Package feed sends every change of a clinic to its followers on this node, as one
// [queue.Snapshot] after another.
//
// # What it promises
//
// [Feed.Follow] emits the newest snapshot after every change. It reports when the
// emitted state may be stale, at most 5 s after Redis became unreachable. Pokes are
// hints and may get lost. Only snapshots count. A lost poke costs at most two seconds,
// because versions are compared as often.
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

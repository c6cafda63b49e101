// Package feed brings every change of a clinic to those who follow it on this
// node, by reading one [queue.Snapshot] after another.
//
// # What it promises
//
// [Feed.Follow] emits the newest snapshot after every change, and reports when it
// can no longer vouch for what it emitted: at most 5 s after Redis went away.
// Pokes are hints and may get lost; snapshots are the truth. A lost poke costs at
// most two seconds, because versions are compared as often.
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
// A Redis that lost acts, by a crash or a failover to a replica that lagged,
// counts from a lower version again in the same epoch. Every act leaves a random
// mark beside its version. A feed that finds an older version than it has emitted,
// or the same version with another mark, renews the epoch.
package feed

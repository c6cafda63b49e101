// Package journal reads the log of a clinic's day: its acts with their actors, and the
// resulting state.
//
// The log is the authority for a day: its other keys are a fold of it. Every entry
// names its version and mark, the actor and the device, the object before and after,
// and the changed counts. [DayState] rebuilds the day from the entries alone.
// [Reader.Verify] compares that with the live keys, text by text, as both stood at one
// instant. [DayState.Check] compares the counts of seats with the tickets.
//
// Wrong cancel codes are logged too, at the version that they leave as it is. The
// entry of an undo names the entry that it takes back: an announcement of that is
// withdrawn. The clinic's desk hash outlives the day. Acts on it are logged, and
// not folded. No patient is in a log.
//
// The scripts of the line write the log, and the line itself never reads it. So
// this package stands above the line, and uses its tickets and states. The feed
// reads the log to find lost acts, package learn to learn from a day.
package journal

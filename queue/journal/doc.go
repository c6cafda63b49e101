// Package journal reads the log of a clinic's day: who did what, and the state
// that follows from it.
//
// The log of a day is the truth that its other keys are a fold of. Every entry
// names its version and mark, the actor and the device, what the object was and
// is, and the counts that it changed. [Fold] rebuilds the day from the entries
// alone. [Reader.Verify] compares that with the live keys, text by text, as both
// stood at one instant. [DayState.Check] compares the counts of seats with the
// tickets.
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

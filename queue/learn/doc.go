// Package learn learns from a clinic's sessions: how long visits take, how many
// patients come, and how accurate forecasts were.
//
// It plays a day once more from its log. At each entry it makes the snapshot of that
// time, and keeps the forecasts that viewers saw. It compares them with the calls. What
// is learned goes to package lessons, where the line reads it with its next snapshot.
// Each session is taken in once, whichever nodes ask.
package learn

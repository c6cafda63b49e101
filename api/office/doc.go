// Package office is where a clinic's settings, timetable and users are changed, and where
// its notices are looked up and its news is sent.
//
// # Why settings are replaced whole, and only as they were read
//
// The office sends all of a service's settings, or the whole timetable, with the rev
// that it has read. Another rev is refused, so that no change is undone unseen. An
// unknown key is refused too, as its value would be lost. What is wrong is reported by
// field. Which services and rooms there are is the operator's to set.
//
// # Why news waits
//
// News cannot be called back from a phone. So it leaves a minute after it is sent, and can
// be withdrawn until then. Its id is made from the idempotency key: a repeated request
// sends nothing twice.
package office

package api

import (
	"time"

	"junban/api/desk"
	"junban/api/directory"
	"junban/api/limit"
	"junban/api/live"
	"junban/api/login"
	"junban/api/office"
	"junban/api/ticket"
)

// Line is all that is read of the lines and done to them, as [queue.Store] has it. An
// error that has a code, such as a [*refusal.Refusal], is answered with that code. Any
// other error means that Redis could not be reached.
type Line interface {
	ticket.Line
	desk.Line
	office.Line
	limit.Tokens
	live.Line
	directory.Records
}

// Accounts are the staff users of the clinics and their logins, as [account.Store]
// has them.
type Accounts interface {
	login.Accounts
	office.Users
}

// Feed reports every change of a clinic, as [feed.Feed] does.
type Feed interface {
	live.Feed
	// Probe is the newest round trip to Redis: how long it took, and when it was.
	Probe() (rtt time.Duration, at time.Time, err error)
}

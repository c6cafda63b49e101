package api

import (
	"context"
	"time"

	"junban/api/directory"
	"junban/api/limit"
	"junban/api/live"
	"junban/api/login"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/lessons"
)

// Line is all that is read of the lines and done to them, as [queue.Store] has it. An
// error that has a code, such as a [*refusal.Refusal], is answered with that code. Any
// other error means that Redis could not be reached.
type Line interface {
	ticketActs
	deskActs
	officeRecords
	limit.Tokens
	live.Line
	directory.Records
}

// Journal is the log of the clinics' days, newest entry first, as package journal has it.
type Journal interface {
	Page(ctx context.Context, c clinic.ID, d clinic.Day, q journal.Query) (journal.Page, error)
}

// Lessons is the accuracy of the forecasts of past sessions, as package lessons has it.
type Lessons interface {
	Accuracy(ctx context.Context, c clinic.ID) ([]lessons.Accuracy, error)
}

// Accounts are the staff users of the clinics and their logins, as [account.Store]
// has them.
type Accounts interface {
	login.Accounts
	officeUsers
}

// Feed reports every change of a clinic, as [feed.Feed] does.
type Feed interface {
	live.Feed
	// Probe is the newest round trip to Redis: how long it took, and when it was.
	Probe() (rtt time.Duration, at time.Time, err error)
}

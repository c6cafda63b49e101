package api

import (
	"context"
	"time"

	"junban/account"
	"junban/api/directory"
	"junban/api/limit"
	"junban/api/live"
	"junban/device"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/lessons"
)

// What the server is joined to, by who uses it. An error that has a code, such as a
// [*refusal.Refusal], is answered with that code. Any other error means that Redis could
// not be reached.

// Patients is what patients do: they take a number, and act on their own ticket.
type Patients interface {
	Issue(ctx context.Context, ref clinic.Ref, q queue.Request, a queue.Act) (queue.Issued, error)
	Arrive(ctx context.Context, id queue.TicketID, p queue.Presence, a queue.Act) (queue.Ticket, error)
	CancelByOwner(ctx context.Context, id queue.TicketID, codeHash string, a queue.Act) (queue.Ticket, error)
	Ticket(ctx context.Context, id queue.TicketID) (queue.Ticket, error)
}

// Desk is what the desk does to the line.
type Desk interface {
	CallNext(ctx context.Context, ref clinic.Ref, room string, a queue.Act) (queue.Ticket, error)
	Call(ctx context.Context, id queue.TicketID, room string, a queue.Act) (queue.Ticket, error)
	Do(ctx context.Context, id queue.TicketID, v queue.Verb, a queue.Act) (queue.Ticket, error)
	Finish(ctx context.Context, id queue.TicketID, inaccurate bool, a queue.Act) (queue.Ticket, error)
	Transfer(ctx context.Context, id queue.TicketID, service string, a queue.Act) (queue.Ticket, error)
	Move(ctx context.Context, id queue.TicketID, ahead int, reason string, a queue.Act) (queue.Ticket, error)
	Contacted(ctx context.Context, id queue.TicketID, cut string, a queue.Act) (queue.Ticket, error)
	CancelMarked(ctx context.Context, c clinic.ID, m queue.Marked, a queue.Act) (int, error)
	SetReception(ctx context.Context, ref clinic.Ref, r queue.Reception, reason string, a queue.Act) error
	SetMessage(ctx context.Context, ref clinic.Ref, m queue.Message, a queue.Act) error
	SetDuty(ctx context.Context, c clinic.ID, room string, d queue.Duty, a queue.Act) error
}

// Office is the clinic's record, and what is kept of its days.
type Office interface {
	Clinic(ctx context.Context, c clinic.ID) (clinic.Clinic, error)
	PutClinic(ctx context.Context, c clinic.Clinic, a queue.Act) error
	Changes(ctx context.Context, c clinic.ID, n int) ([]queue.Change, error)
}

// Journal is the log of the clinics' days, newest entry first, as package journal has it.
type Journal interface {
	Page(ctx context.Context, c clinic.ID, d clinic.Day, q journal.Query) (journal.Page, error)
}

// Lessons is how true the forecasts of past sessions came, as package lessons has it.
type Lessons interface {
	Accuracy(ctx context.Context, c clinic.ID) ([]lessons.Accuracy, error)
}

// Board is the line as it is now, and the days to come.
type Board interface {
	Snapshot(ctx context.Context, c clinic.ID) (*queue.Snapshot, error)
	Reserved(ctx context.Context, c clinic.ID) ([]queue.Reserved, error)
}

// Line is all of it, as [queue.Store] has it.
type Line interface {
	Patients
	Desk
	Office
	Board
	limit.Tokens
	live.Line
	directory.Records
}

// Accounts are the staff users of the clinics and their logins, as [account.Store]
// has them.
type Accounts interface {
	User(ctx context.Context, c clinic.ID, name string) (account.User, error)
	Users(ctx context.Context, c clinic.ID) ([]account.User, error)
	AddUser(ctx context.Context, c clinic.ID, name string, role account.Role, passwordHash string, by clinic.Actor) error
	SetRole(ctx context.Context, c clinic.ID, name string, role account.Role, by clinic.Actor) error
	SetPassword(ctx context.Context, c clinic.ID, name, passwordHash, keep string, by clinic.Actor) error
	RemoveUser(ctx context.Context, c clinic.ID, name string, by clinic.Actor) error
	PutLogin(ctx context.Context, c clinic.ID, l account.Login, life time.Duration) error
	Logins(ctx context.Context, c clinic.ID) ([]account.Login, error)
	Login(ctx context.Context, c clinic.ID, tokenHash string) (user string, role account.Role, err error)
	DropLogin(ctx context.Context, c clinic.ID, tokenHash string) error
}

// Devices are the screens of the clinics' waiting rooms, as [device.Store] has them.
type Devices interface {
	PutPairing(ctx context.Context, code string, p device.Pairing, life time.Duration) error
	Pairing(ctx context.Context, code string) (device.Pairing, error)
	ClaimPairing(ctx context.Context, c clinic.ID, code string) (device.Pairing, error)
	PutScreen(ctx context.Context, c clinic.ID, sc device.Screen, by clinic.Actor) error
	Screen(ctx context.Context, c clinic.ID, tokenHash string) (device.Screen, error)
	Screens(ctx context.Context, c clinic.ID) ([]device.Screen, error)
	DropScreen(ctx context.Context, c clinic.ID, tokenHash string, by clinic.Actor) error
}

// Feed reports every change of a clinic, as [feed.Feed] does.
type Feed interface {
	live.Feed
	// Probe is the newest round trip to Redis: how long it took, and when it was.
	Probe() (rtt time.Duration, at time.Time, err error)
}

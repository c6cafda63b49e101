package ticket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"junban/api/problem"
	"junban/queue"
	"junban/queue/clinic"
)

// Recorder keeps bookings beside the line: [projection.Projector].
type Recorder interface {
	// Record returns nil when the register has the ticket with all acts so far.
	Record(context.Context, queue.TicketID) error
	// Claim returns what it has of a live ticket, or [queue.ErrNoTicket].
	Claim(context.Context, queue.TicketID) (queue.Claim, error)
	// Missing lists a clinic's bookings from a day on that the line has lost.
	Missing(ctx context.Context, c clinic.ID, from clinic.Day) ([]queue.Reserved, error)
}

// recordWithin bounds how long an answer waits for the register.
const recordWithin = 3 * time.Second

// notRecorded is a refusal because of the register, with its cause for the log.
type notRecorded struct {
	problem.Problem
	why error
}

// Unwrap returns the problem for the client, and the cause for the log.
func (n notRecorded) Unwrap() []error { return []error{n.Problem, n.why} }

func (n notRecorded) Error() string { return fmt.Sprintf("%s: %v", n.Problem.Error(), n.why) }

// record returns nil when a booking for a day to come is in the register too, so that no
// store alone can lose what was promised. Else the line has it, and the same key completes
// it. A ticket of today waits for nothing.
func (ts *Tickets) record(ctx context.Context, id queue.TicketID, today clinic.Day) error {
	if ts.Recorder == nil || id.Day() <= today {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, recordWithin)
	defer cancel()
	err := ts.Recorder.Record(ctx, id)
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return notRecorded{problem.Problem{
		Code: "not_recorded", After: 2 * time.Second,
		Detail: "the booking has its place, but the register has not kept it; repeat the request with the same Idempotency-Key",
	}, err}
}

// restore takes in a booking that the line has lost, as the register has it.
func (ts *Tickets) restore(ctx context.Context, id queue.TicketID, a queue.Act) (queue.Ticket, error) {
	if ts.Recorder == nil {
		return queue.Ticket{}, queue.ErrNoTicket
	}
	v, _, err := ts.Clinics.ViewService(ctx, id.Ref())
	if err != nil {
		return queue.Ticket{}, err
	}
	claim, err := ts.claimOf(ctx, id)
	if err != nil {
		return queue.Ticket{}, err
	}
	claim.Persons = ts.Keys.Persons(id.Ref().Clinic, claim.Patient)
	t, err := ts.Line.Restore(ctx, id, claim, a)
	if err != nil {
		return t, err
	}
	return t, ts.record(ctx, id, v.Today())
}

func (ts *Tickets) claimOf(ctx context.Context, id queue.TicketID) (queue.Claim, error) {
	ctx, cancel := context.WithTimeout(ctx, recordWithin)
	defer cancel()
	claim, err := ts.Recorder.Claim(ctx, id)
	if err != nil && !errors.Is(err, queue.ErrNoTicket) {
		return claim, unreachable(err)
	}
	return claim, err
}

// Missing lists a clinic's bookings of today and later that the line has lost.
func (ts *Tickets) Missing(ctx context.Context, c clinic.ID, today clinic.Day) ([]queue.Reserved, error) {
	if ts.Recorder == nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, recordWithin)
	defer cancel()
	lost, err := ts.Recorder.Missing(ctx, c, today)
	if err != nil {
		return nil, unreachable(err)
	}
	return lost, nil
}

// unreachable is the refusal of what only the register knows.
func unreachable(err error) error {
	return notRecorded{problem.Problem{Code: "unavailable", Detail: "the register cannot be reached; try again in a few seconds", After: 2 * time.Second}, err}
}

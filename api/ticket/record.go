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

// Recorder keeps bookings beside the line: [projection.Projector]. Record returns nil when
// the register has the ticket with all acts so far.
type Recorder interface {
	Record(context.Context, queue.TicketID) error
}

// recordWithin bounds how long an answer waits for the register.
const recordWithin = 3 * time.Second

// notRecorded is the refusal of an act that the line has done, and the register has not
// kept. The same key completes it.
type notRecorded struct {
	problem.Problem
	why error
}

// Unwrap returns the problem for the client, and the cause for the log.
func (n notRecorded) Unwrap() []error { return []error{n.Problem, n.why} }

func (n notRecorded) Error() string { return fmt.Sprintf("%s: %v", n.Problem.Error(), n.why) }

// record returns when a booking for a day to come is in the register too, so that no
// store alone can lose what was promised. A ticket of today waits for nothing.
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

package ticket

import (
	"context"
	"errors"
	"time"

	"junban/api/problem"
	"junban/api/wire"
	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/clinic"
	"junban/register"
)

// Members are the clinic's members, for a booking by telephone.
type Members interface {
	Member(ctx context.Context, c clinic.ID, id register.MemberID, by clinic.Actor) (register.Member, error)
	LinkBooking(ctx context.Context, c clinic.ID, ticket queue.TicketID, member register.MemberID, by clinic.Actor) error
}

// filled returns the request with what the member's record has and the request leaves out.
// What the caller said stands: both are kept, and the desk sees the difference.
func (ts *Tickets) filled(ctx context.Context, c clinic.ID, body wire.IssueRequest, by clinic.Actor) (wire.IssueRequest, error) {
	if ts.Members == nil {
		return body, unregistered(errors.New("there is no register"))
	}
	ctx, cancel := context.WithTimeout(ctx, recordWithin)
	defer cancel()
	m, err := ts.Members.Member(ctx, c, register.MemberID(body.Member), by)
	if err != nil {
		return body, unregistered(err)
	}
	if m.MergedInto != "" {
		return body, register.ErrMerged
	}
	p := &body.Patient
	for _, f := range []struct {
		said  *string
		known string
	}{
		{&p.Name, m.Name}, {&p.Kana, m.Kana}, {&p.Phone, m.Phone}, {&p.CardNumber, m.Card}, {&p.Birth, m.Birth}, {&p.Sex, m.Sex}, {&p.Mail, m.Mail},
	} {
		if *f.said == "" {
			*f.said = f.known
		}
	}
	return body, nil
}

// link makes a booking that of a member, once the register has it. After a failure the same
// key completes it.
func (ts *Tickets) link(ctx context.Context, id queue.TicketID, member string, by clinic.Actor) error {
	ctx, cancel := context.WithTimeout(ctx, recordWithin)
	defer cancel()
	var err error
	if ts.Recorder != nil {
		err = ts.Recorder.Record(ctx, id)
	}
	if err == nil {
		err = ts.Members.LinkBooking(ctx, id.Ref().Clinic, id, register.MemberID(member), by)
	}
	if err == nil {
		return nil
	}
	return notRecorded{problem.Problem{
		Code: "not_recorded", After: 2 * time.Second,
		Detail: "the booking has its place, but is not linked to its member; repeat the request with the same Idempotency-Key",
	}, err}
}

// unregistered is the problem of an error of the register. Refusals stay as they are.
func unregistered(err error) error {
	if _, refused := errors.AsType[*refusal.Refusal](err); refused {
		return err
	}
	return notRecorded{problem.Problem{Code: "register_unavailable", Detail: "the register does not answer; book without a member"}, err}
}

package ticket

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"junban/api/live"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// whereFull are the refusals that come with the nearest free slots.
var whereFull = []error{queue.ErrSlotFull, queue.ErrQuota, queue.ErrFirstQuota, queue.ErrSlotOver, queue.ErrSlotUnknown}

// notBooked is the refusal of a web booking, with what the patient needs to choose again:
// the nearest free slots, or when the day opens.
func (ts *Tickets) notBooked(ctx context.Context, v view.View, svc clinic.Service, q queue.Request, why error) error {
	var refused *refusal.Refusal
	if !errors.As(why, &refused) {
		return why
	}
	ref, day := clinic.Ref{Clinic: v.Clinic.ID, Service: svc.ID}, q.Day
	if day == "" {
		day = v.Today()
	}
	p := problem.Problem{Code: refused.Code(), Detail: refused.Error()}
	switch {
	case errors.Is(why, queue.ErrNotOpenYet):
		p.OpensAt = v.AtIfAny(queue.OpensAt(v.Clinic, svc, day))
		if p.OpensAt != nil {
			p.After = max(p.OpensAt.Sub(v.Now), time.Second)
		}
	case slices.ContainsFunc(whereFull, func(full error) bool { return errors.Is(why, full) }):
		days, err := ts.Clinics.Days(ctx, v, ref, day, v.Today().Add(svc.Booking.Days), live.FreshDays)
		if err != nil {
			return why // the refusal counts, with offers or without
		}
		p.Offers = view.Offers(svc, queue.NearestOf(days, q.Slot, q.FirstVisit, queue.NearestOffers))
	}
	return p
}

// arrive is the arrival of a patient who booked a slot, where the ticket is booked. Else it
// records where the patient is.
func (ts *Tickets) arrive(ctx context.Context, id queue.TicketID, p queue.Presence, by string, a queue.Act) (queue.Ticket, error) {
	if p != queue.Here {
		return ts.Line.Arrive(ctx, id, p, a)
	}
	t, err := ts.Line.Ticket(ctx, id)
	if err != nil {
		return t, err
	}
	if t.Slot == "" || t.State != queue.Booked {
		return ts.Line.Arrive(ctx, id, p, a)
	}
	// A repeat finds a ticket that has arrived, and says again that its patient is here.
	if a.Key != "" {
		a.Key += " " + string(queue.CheckIn)
	}
	return ts.Line.Arrival(ctx, id, by, a)
}

// arrivesLater is the refusal of an arrival by the entrance code that comes too early.
func (ts *Tickets) arrivesLater(ctx context.Context, id queue.TicketID) error {
	v, svc, err := ts.Clinics.ViewService(ctx, id.Ref())
	if err != nil {
		return err
	}
	t, err := ts.Line.Ticket(ctx, id)
	if err != nil {
		return err
	}
	from := t.SlotFrom.Add(-time.Duration(svc.Slot.ArriveFrom) * time.Minute)
	return problem.Problem{
		Code: queue.ErrTooEarly.Code(), Detail: queue.ErrTooEarly.Error(),
		OpensAt: v.AtIfAny(from), After: max(from.Sub(v.Now), time.Second),
	}
}

// rebooking reads the move of a booking to another slot or day, the desk's alone.
func (ts *Tickets) rebooking(w http.ResponseWriter, r *http.Request, id queue.TicketID, a queue.Act) (func(context.Context) (queue.Ticket, error), error) {
	var body wire.RebookRequest
	if err := route.Decode(w, r, &body); err != nil {
		return nil, err
	}
	day, err := route.DayField("day", body.Day)
	if err != nil {
		return nil, err
	}
	slot, err := route.Text("slot", body.Slot, maxSession, false)
	if err != nil {
		return nil, err
	}
	session, err := route.Text("session", body.Session, maxSession, false)
	if err != nil {
		return nil, err
	}
	if slot != "" && session != "" {
		return nil, problem.Invalid("slot", problem.EitherOr, "other", "session")
	}
	a.Expect.Rev = body.Rev
	return func(ctx context.Context) (queue.Ticket, error) {
		v, _, err := ts.Clinics.ViewService(ctx, id.Ref())
		if err != nil {
			return queue.Ticket{}, err
		}
		t, err := ts.Line.Rebook(ctx, id, day, slot+session, body.Override, a)
		if err != nil {
			return t, err
		}
		return t, ts.record(ctx, t.ID, v.Today())
	}, nil
}

// editing reads a change of a ticket, the desk's alone.
func (ts *Tickets) editing(w http.ResponseWriter, r *http.Request, id queue.TicketID, a queue.Act) (func(context.Context) (queue.Ticket, error), error) {
	var body wire.EditRequest
	if err := route.Decode(w, r, &body); err != nil {
		return nil, err
	}
	e := queue.Edit{Party: body.PartySize, Kind: body.Kind, FirstVisit: body.FirstVisit, Override: body.Override}
	if body.Patient != nil {
		p, err := patientOf(*body.Patient)
		if err != nil {
			return nil, err
		}
		e.Patient, e.Persons = &p, ts.Keys.Persons(id.Ref().Clinic, p)
	}
	if e.Party == nil && e.Kind == nil && e.FirstVisit == nil && e.Patient == nil {
		return nil, problem.Invalid("partySize", rule.Missing)
	}
	a.Expect.Rev = body.Rev
	return func(ctx context.Context) (queue.Ticket, error) { return ts.Line.Edit(ctx, id, e, a) }, nil
}

package public

import (
	"errors"
	"net/http"
	"time"

	"junban/api/limit"
	"junban/api/login"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/rule"
)

// maxHandle is the longest handle that is read, in characters.
const maxHandle = 200

// least is what a lookup shows of a ticket, and the handle to cancel it. It has no name,
// no card number, no token and no id.
func (p *Public) least(t wire.Ticket, now time.Time) (wire.LookupTicket, error) {
	found := wire.LookupTicket{
		Day: t.Day, Number: t.Number, State: t.State, Ahead: t.Ahead, Unit: t.Unit, Todo: t.Todo, Advice: t.Advice,
		Slot: t.Slot, SlotEnd: t.SlotEnd, Cancellable: t.Cancellable, CancelUntil: t.CancelUntil, WhyNot: t.WhyNot,
	}
	if !t.Cancellable {
		return found, nil
	}
	var err error
	found.Handle, err = p.Keys.Handle(queue.TicketID(t.ID), now)
	return found, err
}

// CancelFound is POST /v1/lookup/cancel (B15): the cancel of a ticket that a lookup has
// found, with its code. Wrong codes count as those of the ticket's owner do, and lock the
// code. Each network prefix has fewer of them here, so that a stranger cannot lock it.
func (p *Public) CancelFound(w http.ResponseWriter, r *http.Request) error {
	key, err := route.WebKey(r, false)
	if err != nil {
		return err
	}
	var body wire.LookupCancelRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	handle, err := route.Text("handle", body.Handle, maxHandle, false)
	if err != nil {
		return err
	}
	code, err := route.Text("code", route.Code(body.Code), route.MaxCode, false)
	if err != nil {
		return err
	}
	for field, value := range map[string]string{"handle": handle, "code": code} {
		if value == "" {
			return problem.Invalid(field, rule.Missing)
		}
	}
	if err := p.Limits.Check(r, limit.WebRequests, ""); err != nil {
		return err
	}
	id, ok := p.Keys.Handled(handle, p.Clinics.Now())
	if !ok {
		return problem.Refuse("lookup_expired", "the handle is older than ten minutes, or unknown; look the ticket up again")
	}
	v, _, err := p.Clinics.ViewService(r.Context(), id.Ref())
	if err != nil {
		return err
	}
	refund, err := p.Limits.TakeAll(r, id.Ref().Clinic, limit.Of(limit.FoundCodes, string(id)))
	if err != nil {
		return err
	}
	t, err := p.Line.CancelByOwner(r.Context(), id, p.Keys.CodeHash(id.Ref(), code), login.WebAct(key, id))
	if !errors.Is(err, queue.ErrWrongCode) {
		if err := refund(); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	p.Clinics.Touch(id.Ref().Clinic)
	found, err := p.least(v.Ticket(t, view.Unknown, view.ToPublic), v.Now)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.LookupCancelled{Ticket: found})
}

package ticket

import (
	"context"
	"errors"
	"net/http"

	"junban/api/limit"
	"junban/api/login"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/rule"
)

// ofOwner runs do, which reads a ticket or acts on it, for a client that may have its
// token. A ticket of today that Redis has lost is filed from the token's claim, and do
// runs again. The answer is then that of a lost ticket. The ticket stays unknown where
// the token carries no claim, or the line refuses to file it.
func (ts *Tickets) ofOwner(r *http.Request, id queue.TicketID, do func(context.Context) (queue.Ticket, error)) (queue.Ticket, error) {
	t, err := do(r.Context())
	token, owner := route.Bearer(r)
	if !owner || !errors.Is(err, queue.ErrNoTicket) {
		return t, err
	}
	claim, ok := ts.Keys.Claim(id, token)
	if !ok {
		return t, err
	}
	_, notFiled := ts.Clinics.FileLost(r.Context(), id, claim)
	if _, refused := errors.AsType[*refusal.Refusal](notFiled); refused {
		return t, err
	}
	if notFiled != nil {
		return t, notFiled
	}
	return do(r.Context())
}

// readerOf returns the audience of a ticket: the bearer of its token, or its clinic's
// desk.
func (ts *Tickets) readerOf(r *http.Request, id queue.TicketID) (view.Audience, error) {
	if token, ok := route.Bearer(r); ok {
		if !ts.Keys.Owns(id, token) {
			return view.ToPublic, problem.Refuse("token_wrong", "the token does not belong to this ticket")
		}
		return view.ToPublic, nil
	}
	if _, ok := ts.Logins.Cookie(r); !ok {
		return view.ToPublic, problem.Refuse("token_required", "send the ticket's token as Authorization: Bearer <token>")
	}
	desk, err := ts.Logins.Of(r)
	if err != nil {
		return view.ToDesk, err
	}
	return view.ToDesk, desk.Of(id.Ref().Clinic)
}

// cancelByOwner is POST /v1/tickets/:ticket/cancel with the ticket's token.
func (ts *Tickets) cancelByOwner(w http.ResponseWriter, r *http.Request, id queue.TicketID) error {
	key, err := route.WebKey(r, false)
	if err != nil {
		return err
	}
	var body wire.CancelRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	code, err := route.Text("cancelCode", route.Code(body.CancelCode), route.MaxCode, false)
	if err != nil {
		return err
	}
	if code == "" {
		return problem.Invalid("cancelCode", rule.Missing)
	}
	if err := ts.Limits.Check(r, limit.WebRequests, ""); err != nil {
		return err
	}
	return ts.actOfOwner(w, r, id, func(ctx context.Context) (queue.Ticket, error) {
		return ts.Line.CancelByOwner(ctx, id, ts.Keys.CodeHash(id.Ref(), code), login.WebAct(key, id))
	})
}

// arriveByOwner is POST /v1/tickets/:ticket/arrive with the ticket's token. It reports
// where the patient is. Only the desk returns an absent patient to the line.
func (ts *Tickets) arriveByOwner(w http.ResponseWriter, r *http.Request, id queue.TicketID) error {
	key, err := route.WebKey(r, false)
	if err != nil {
		return err
	}
	var body wire.ArriveRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	p := queue.Presence(body.Presence)
	if p != queue.Here && p != queue.Out {
		return problem.Invalid("presence", rule.NotOneOf, "value", body.Presence, "values", rule.Values(queue.Here, queue.Out))
	}
	if err := ts.Limits.Check(r, limit.WebRequests, ""); err != nil {
		return err
	}
	if _, err := ts.Limits.CheckOnce(r, limit.Arrivals, login.WebAct(key, id), id.Ref().Clinic, string(id)); err != nil {
		return err
	}
	return ts.actOfOwner(w, r, id, func(ctx context.Context) (queue.Ticket, error) {
		t, err := ts.arrive(ctx, id, p, queue.ByOwner, login.WebAct(key, id))
		if errors.Is(err, queue.ErrTooEarly) {
			return t, ts.arrivesLater(ctx, id)
		}
		return t, err
	})
}

// actOfOwner does an act of the bearer of the ticket's token.
func (ts *Tickets) actOfOwner(w http.ResponseWriter, r *http.Request, id queue.TicketID, do func(context.Context) (queue.Ticket, error)) error {
	return ts.Act(w, r, id.Ref(), func(context.Context) (queue.Ticket, error) { return ts.ofOwner(r, id, do) })
}

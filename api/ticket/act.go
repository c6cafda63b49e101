package ticket

import (
	"context"
	"net/http"
	"slices"

	"junban/api/login"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// Arrive reports where the patient is. It does not change the order of the line. The
// arrival of a patient who booked a slot brings the ticket into it.
const Arrive queue.ActKind = "arrive"

// acts are those of POST /v1/tickets/:ticket/:act, and ownersActs those that
// the bearer of the ticket's token may do too.
var (
	acts = []queue.ActKind{
		queue.Recall, queue.Enter, queue.Finish, queue.Miss, queue.Return, queue.Exam, queue.Hold, queue.Resume,
		queue.Cancel, queue.Drop, queue.Move, queue.Transfer, queue.Readmit, queue.Contacted, Arrive, queue.Rebook, queue.Amend, queue.Restore, queue.Undo,
	}
	ownersActs = []queue.ActKind{queue.Cancel, Arrive}
)

// actOnTicket is POST /v1/tickets/:ticket/:act, the desk's except for what comes
// with the ticket's token.
func (ts *Tickets) actOnTicket(w http.ResponseWriter, r *http.Request) error {
	kind := queue.ActKind(r.PathValue("act"))
	if !slices.Contains(acts, kind) {
		return problem.Refuse("not_found", "unknown action")
	}
	id, malformed := queue.ParseTicketID(r.PathValue("ticket"))
	if slices.Contains(ownersActs, kind) {
		if malformed != nil {
			return malformed
		}
		if _, err := ts.readerOf(r, id); err != nil {
			return err
		}
		if _, owner := route.Bearer(r); owner && kind == queue.Cancel {
			return ts.cancelByOwner(w, r, id)
		} else if owner {
			return ts.arriveByOwner(w, r, id)
		}
	}
	desk, err := ts.Logins.Of(r)
	switch {
	case err != nil:
		return err
	case malformed != nil:
		return malformed
	}
	if err := desk.Of(id.Ref().Clinic); err != nil {
		return err
	}
	key, err := route.IdempotencyKey(r, false)
	if err != nil {
		return err
	}
	do, err := ts.doing(w, r, id, kind, login.Act(r, desk, key))
	if err != nil {
		return err
	}
	return ts.Act(w, r, id.Ref(), do)
}

// doing reads what an act of the desk needs, and returns the act.
func (ts *Tickets) doing(w http.ResponseWriter, r *http.Request, id queue.TicketID, kind queue.ActKind, a queue.Act) (func(context.Context) (queue.Ticket, error), error) {
	switch kind {
	case Arrive:
		var body wire.ArriveRequest
		if err := route.Decode(w, r, &body); err != nil {
			return nil, err
		}
		p := queue.Presence(body.Presence)
		if !slices.Contains(queue.Presences, p) {
			return nil, problem.Invalid("presence", rule.NotOneOf, "value", body.Presence, "values", rule.Values(queue.Presences...))
		}
		return func(ctx context.Context) (queue.Ticket, error) { return ts.arrive(ctx, id, p, queue.ByDesk, a) }, nil
	case queue.Rebook:
		return ts.rebooking(w, r, id, a)
	case queue.Amend:
		return ts.editing(w, r, id, a)
	case queue.Restore:
		if err := route.DecodeOptional(w, r, &wire.ActRequest{}); err != nil {
			return nil, err
		}
		return func(ctx context.Context) (queue.Ticket, error) { return ts.restore(ctx, id, a) }, nil
	case queue.Move:
		var body wire.MoveRequest
		if err := route.Decode(w, r, &body); err != nil {
			return nil, err
		}
		if body.Ahead < 0 {
			return nil, problem.Invalid("ahead", rule.Below, "value", body.Ahead, "least", 0)
		}
		a.Expect.Rev = body.Rev
		return func(ctx context.Context) (queue.Ticket, error) {
			return ts.Line.Move(ctx, id, body.Ahead, body.Reason, a)
		}, nil
	case queue.Contacted:
		var body wire.ContactedRequest
		if err := route.Decode(w, r, &body); err != nil {
			return nil, err
		}
		if body.Affected == "" {
			return nil, problem.Invalid("affected", rule.Missing)
		}
		a.Expect.Rev = body.Rev
		return func(ctx context.Context) (queue.Ticket, error) {
			return ts.Line.Contacted(ctx, id, body.Affected, a)
		}, nil
	case queue.Finish:
		var body wire.FinishRequest
		if err := route.DecodeOptional(w, r, &body); err != nil {
			return nil, err
		}
		a.Expect.Rev = body.Rev
		return func(ctx context.Context) (queue.Ticket, error) { return ts.Line.Finish(ctx, id, body.Inaccurate, a) }, nil
	case queue.Transfer:
		var body wire.TransferRequest
		if err := route.Decode(w, r, &body); err != nil {
			return nil, err
		}
		a.Expect.Rev = body.Rev
		to, err := clinic.ParseRef(body.Service)
		if err != nil || to.Clinic != id.Ref().Clinic {
			return nil, clinic.ErrNoService
		}
		return func(ctx context.Context) (queue.Ticket, error) { return ts.Line.Transfer(ctx, id, to.Service, a) }, nil
	default:
		var body wire.ActRequest
		if err := route.DecodeOptional(w, r, &body); err != nil {
			return nil, err
		}
		a.Expect.Rev = body.Rev
		return func(ctx context.Context) (queue.Ticket, error) { return ts.Line.Do(ctx, id, kind, a) }, nil
	}
}

// Act does something to one ticket and answers with it. The record is read
// first, so that an act that was done is not answered as one that failed.
func (ts *Tickets) Act(w http.ResponseWriter, r *http.Request, ref clinic.Ref, do func(context.Context) (queue.Ticket, error)) error {
	v, _, err := ts.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	t, err := do(r.Context())
	if err != nil {
		return err
	}
	ts.Clinics.Touch(ref.Clinic)
	return route.Encode(w, http.StatusOK, wire.TicketAnswer{Ticket: v.Ticket(t, view.Unknown, view.ToPublic), Rev: t.Rev})
}

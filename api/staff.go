package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// maxDevice is how much of a browser's name stands in the day's log, in bytes.
const maxDevice = 100

// deskAct is an act of the desk. Its key is apart from those of patients and of
// other users; a key has no space, so that no user's name can imitate another.
func deskAct(r *http.Request, desk session, key string) queue.Act {
	if key != "" {
		key = byStaff + " " + desk.user + " " + key
	}
	device := strings.ToValidUTF8(r.UserAgent()[:min(len(r.UserAgent()), maxDevice)], "")
	return queue.Act{Key: key, By: clinic.Actor{Kind: byStaff, Name: desk.user, Device: device}}
}

// deskAtService returns the service of the path and the act of its desk, after
// the check that the session is of its clinic.
func (s *Server) deskAtService(r *http.Request, keyNeeded bool) (clinic.Ref, queue.Act, error) {
	ref, malformed := clinic.ParseRef(r.PathValue("service"))
	desk, err := s.session(r)
	switch {
	case err != nil:
		return clinic.Ref{}, queue.Act{}, err
	case malformed != nil:
		return clinic.Ref{}, queue.Act{}, malformed
	}
	if err := desk.of(ref.Clinic); err != nil {
		return clinic.Ref{}, queue.Act{}, err
	}
	key, err := route.IdempotencyKey(r, keyNeeded)
	if err != nil {
		return clinic.Ref{}, queue.Act{}, err
	}
	return ref, deskAct(r, desk, key), nil
}

// issueByDesk is POST /v1/services/:service/walkins.
func (s *Server) issueByDesk(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := s.deskAtService(r, false)
	if err != nil {
		return err
	}
	return s.issue(w, r, ref, "desk", a)
}

// call is POST /v1/services/:service/call: the next ticket, or the one named.
func (s *Server) call(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := s.deskAtService(r, true)
	if err != nil {
		return err
	}
	var body wire.CallRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	room, err := route.Text("room", body.Room, route.MaxName, false)
	if err != nil {
		return err
	}
	if room == "" {
		return problem.Invalid("room", rule.Missing)
	}
	if a.Expect.Inside, err = inRoom(body.Current); err != nil {
		return err
	}
	if body.Ticket == "" {
		return s.act(w, r, ref, func(ctx context.Context) (queue.Ticket, error) {
			return s.desk.CallNext(ctx, ref, room, a)
		})
	}
	id, err := queue.ParseTicketID(body.Ticket)
	if err != nil {
		return err
	}
	if err := s.standsIn(r.Context(), id, ref); err != nil {
		return err
	}
	return s.act(w, r, ref, func(ctx context.Context) (queue.Ticket, error) {
		return s.desk.Call(ctx, id, room, a)
	})
}

// inRoom reads whom a client sees in a room.
func inRoom(current string) (queue.TicketID, error) {
	if current == "" || current == string(queue.Nobody) {
		return queue.TicketID(current), nil
	}
	id, err := queue.ParseTicketID(current)
	if err != nil {
		return "", problem.Invalid("current", problem.NotTicket, "value", current)
	}
	return id, nil
}

// standsIn refuses a ticket that does not stand in the line of that service. One
// of the service's own numbers is taken as read: the line decides by where it stands.
func (s *Server) standsIn(ctx context.Context, id queue.TicketID, ref clinic.Ref) error {
	if id.Ref() == ref {
		return nil
	}
	if id.Ref().Clinic != ref.Clinic {
		return queue.ErrNoTicket
	}
	t, err := s.patients.Ticket(ctx, id)
	if err == nil && t.Lane != ref.Service {
		err = queue.ErrNoTicket
	}
	return err
}

// arrive says where the patient is, which is no act of the line's order.
const arrive queue.Verb = "arrive"

// acts are the acts of POST /v1/tickets/:ticket/:act, and ownersActs those that
// the bearer of the ticket's token may do too.
var (
	acts = []queue.Verb{
		queue.Recall, queue.Enter, queue.Finish, queue.Miss, queue.Return, queue.Exam, queue.Hold, queue.Resume,
		queue.Cancel, queue.Drop, queue.Move, queue.Transfer, queue.Readmit, queue.Contacted, arrive, queue.Undo,
	}
	ownersActs = []queue.Verb{queue.Cancel, arrive}
)

// actOnTicket is POST /v1/tickets/:ticket/:act, the desk's except for what comes
// with the ticket's token.
func (s *Server) actOnTicket(w http.ResponseWriter, r *http.Request) error {
	verb := queue.Verb(r.PathValue("act"))
	if !slices.Contains(acts, verb) {
		return problem.Refuse("not_found", "unknown action")
	}
	id, malformed := queue.ParseTicketID(r.PathValue("ticket"))
	if slices.Contains(ownersActs, verb) {
		if malformed != nil {
			return malformed
		}
		if _, err := s.readerOf(r, id); err != nil {
			return err
		}
		if _, owner := route.Bearer(r); owner && verb == queue.Cancel {
			return s.cancelByOwner(w, r, id)
		} else if owner {
			return s.arriveByOwner(w, r, id)
		}
	}
	desk, err := s.session(r)
	switch {
	case err != nil:
		return err
	case malformed != nil:
		return malformed
	}
	if err := desk.of(id.Ref().Clinic); err != nil {
		return err
	}
	key, err := route.IdempotencyKey(r, false)
	if err != nil {
		return err
	}
	do, err := s.doing(w, r, id, verb, deskAct(r, desk, key))
	if err != nil {
		return err
	}
	return s.act(w, r, id.Ref(), do)
}

// doing reads what an act of the desk needs, and returns the act.
func (s *Server) doing(w http.ResponseWriter, r *http.Request, id queue.TicketID, verb queue.Verb, a queue.Act) (func(context.Context) (queue.Ticket, error), error) {
	switch verb {
	case arrive:
		var body wire.ArriveRequest
		if err := route.Decode(w, r, &body); err != nil {
			return nil, err
		}
		p := queue.Presence(body.Presence)
		if !slices.Contains(queue.Presences, p) {
			return nil, problem.Invalid("presence", rule.NotOneOf, "value", body.Presence, "values", rule.Values(queue.Presences...))
		}
		return func(ctx context.Context) (queue.Ticket, error) { return s.patients.Arrive(ctx, id, p, a) }, nil
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
			return s.desk.Move(ctx, id, body.Ahead, body.Reason, a)
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
			return s.desk.Contacted(ctx, id, body.Affected, a)
		}, nil
	case queue.Finish:
		var body wire.FinishRequest
		if err := route.DecodeOptional(w, r, &body); err != nil {
			return nil, err
		}
		a.Expect.Rev = body.Rev
		return func(ctx context.Context) (queue.Ticket, error) { return s.desk.Finish(ctx, id, body.Inaccurate, a) }, nil
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
		return func(ctx context.Context) (queue.Ticket, error) { return s.desk.Transfer(ctx, id, to.Service, a) }, nil
	default:
		var body wire.ActRequest
		if err := route.DecodeOptional(w, r, &body); err != nil {
			return nil, err
		}
		a.Expect.Rev = body.Rev
		return func(ctx context.Context) (queue.Ticket, error) { return s.desk.Do(ctx, id, verb, a) }, nil
	}
}

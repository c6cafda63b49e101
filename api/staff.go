package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"junban/api/wire"
	"junban/queue"
)

// maxUntil is how far ahead a temporary message may end.
const maxUntil = 366 * 24 * time.Hour

// maxDevice is how much of a browser's name stands in the day's log, in bytes.
const maxDevice = 100

// deskAct is an act of the desk. Its key is apart from those of patients and of
// other users; a key has no space, so that no user's name can imitate another.
func deskAct(r *http.Request, desk session, key string) queue.Act {
	if key != "" {
		key = byStaff + " " + desk.user + " " + key
	}
	device := strings.ToValidUTF8(r.UserAgent()[:min(len(r.UserAgent()), maxDevice)], "")
	return queue.Act{Key: key, By: queue.Actor{Kind: byStaff, Name: desk.user, Device: device}}
}

// deskAtService returns the service of the path and the act of its desk, after
// the check that the session is of its clinic.
func (s *Server) deskAtService(r *http.Request, keyNeeded bool) (queue.Ref, queue.Act, error) {
	ref, malformed := queue.ParseRef(r.PathValue("service"))
	desk, err := s.session(r)
	switch {
	case err != nil:
		return queue.Ref{}, queue.Act{}, err
	case malformed != nil:
		return queue.Ref{}, queue.Act{}, malformed
	}
	if err := desk.of(ref.Clinic); err != nil {
		return queue.Ref{}, queue.Act{}, err
	}
	key, err := idempotencyKey(r, keyNeeded)
	if err != nil {
		return queue.Ref{}, queue.Act{}, err
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
	if err := decode(w, r, &body); err != nil {
		return err
	}
	room, err := text("room", body.Room, maxName, false)
	if err != nil {
		return err
	}
	if room == "" {
		return invalid("room", "is missing")
	}
	if body.Ticket == "" {
		return s.act(w, r, ref, func(ctx context.Context) (queue.Ticket, error) {
			return s.line.CallNext(ctx, ref, room, a)
		})
	}
	id, err := queue.ParseTicketID(body.Ticket)
	if err != nil {
		return err
	}
	if id.Ref() != ref {
		return queue.ErrNoTicket
	}
	return s.act(w, r, ref, func(ctx context.Context) (queue.Ticket, error) {
		return s.line.Call(ctx, id, room, a)
	})
}

// acts are the acts of POST /v1/tickets/:ticket/:act.
var acts = []queue.Verb{
	queue.Recall, queue.Enter, queue.Finish, queue.Miss, queue.Return, queue.Hold, queue.Resume, queue.Cancel, queue.Undo,
}

// actOnTicket is POST /v1/tickets/:ticket/:act, the desk's except for a cancel
// that comes with the ticket's token.
func (s *Server) actOnTicket(w http.ResponseWriter, r *http.Request) error {
	verb := queue.Verb(r.PathValue("act"))
	if !slices.Contains(acts, verb) {
		return refuse("not_found", "there is no such act")
	}
	id, malformed := queue.ParseTicketID(r.PathValue("ticket"))
	if verb == queue.Cancel {
		if malformed != nil {
			return malformed
		}
		if _, err := s.readerOf(r, id); err != nil {
			return err
		}
		if _, ok := bearer(r); ok {
			return s.cancelByOwner(w, r, id)
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
	key, err := idempotencyKey(r, false)
	if err != nil {
		return err
	}
	return s.act(w, r, id.Ref(), func(ctx context.Context) (queue.Ticket, error) {
		return s.line.Do(ctx, id, verb, deskAct(r, desk, key))
	})
}

// setReception is PUT /v1/services/:service/reception.
func (s *Server) setReception(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := s.deskAtService(r, false)
	if err != nil {
		return err
	}
	var body wire.ReceptionRequest
	if err := decode(w, r, &body); err != nil {
		return err
	}
	state := queue.Reception(body.Reception)
	if !state.Valid() {
		return invalid("reception", "is none of open, paused, closed")
	}
	if err := s.line.SetReception(r.Context(), ref, state, a); err != nil {
		return err
	}
	s.source.touch(ref.Clinic)
	return encode(w, http.StatusOK, wire.ReceptionRequest{Reception: string(state)})
}

// setMessage is PUT /v1/services/:service/message.
func (s *Server) setMessage(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := s.deskAtService(r, false)
	if err != nil {
		return err
	}
	var body wire.MessageRequest
	if err := decode(w, r, &body); err != nil {
		return err
	}
	m := queue.Message{}
	if m.Text, err = text("text", body.Text, maxMessage, true); err != nil {
		return err
	}
	if body.Until != nil {
		m.Until = body.Until.Truncate(time.Millisecond)
		if ahead := time.Until(m.Until); ahead <= 0 || ahead > maxUntil {
			return invalid("until", "is not within the next year")
		}
	}
	clinic, _, err := s.records.service(r.Context(), ref)
	if err != nil {
		return err
	}
	v, err := s.view(clinic)
	if err != nil {
		return err
	}
	if err := s.line.SetMessage(r.Context(), ref, m, a); err != nil {
		return err
	}
	s.source.touch(ref.Clinic)
	return encode(w, http.StatusOK, wire.Message{Text: m.Text, Until: v.atIfAny(m.Until)})
}

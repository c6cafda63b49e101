package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"time"

	"junban/api/wire"
	"junban/queue"
)

// Who an act is by.
const (
	byWeb   = "web"
	byStaff = "staff"
)

// issueByPatient is POST /v1/services/:service/tickets.
func (s *Server) issueByPatient(w http.ResponseWriter, r *http.Request) error {
	ref, err := queue.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	key, err := idempotencyKey(r, true)
	if err != nil {
		return err
	}
	if err := s.within(s.tickets, r); err != nil {
		return err
	}
	return s.issue(w, r, ref, "web", webAct(key))
}

// webAct is an act of a stranger. Its key is apart from those of the desk.
func webAct(key string) queue.Act {
	if key != "" {
		key = byWeb + " " + key
	}
	return queue.Act{Key: key, By: queue.Actor{Kind: byWeb}}
}

// issue gives a ticket with its token and, where its owner may cancel it, the
// code for that. The act's key decides the code, so it gets one if it has none.
func (s *Server) issue(w http.ResponseWriter, r *http.Request, ref queue.Ref, channel string, a queue.Act) error {
	var body wire.IssueRequest
	if err := decode(w, r, &body); err != nil {
		return err
	}
	q, err := reception(body, channel)
	if err != nil {
		return err
	}
	clinic, svc, err := s.records.service(r.Context(), ref)
	if err != nil {
		return err
	}
	v, err := s.view(clinic)
	if err != nil {
		return err
	}
	if a.Key == "" {
		a.Key = a.By.Kind + " " + rand.Text()
	}
	code := s.keys.cancelCode(ref, a.Key)
	if svc.WebCancel {
		q.CodeHash = s.keys.codeHash(ref, code)
	}
	issued, err := s.line.Issue(r.Context(), ref, q, a)
	if err != nil {
		return err
	}
	s.source.touch(ref.Clinic)
	before := issued.Ahead
	if before > 0 && svc.Unit == "人" {
		before = unknown // tickets were counted, not people
	}
	out := wire.Issued{Ticket: v.ticket(issued.Ticket, before, toPublic), Token: s.keys.ticketToken(issued.ID)}
	if issued.HasCode {
		out.CancelCode = code
	}
	if issued.Replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	w.Header().Set("Location", "/v1/tickets/"+string(issued.ID))
	return encode(w, http.StatusCreated, out)
}

// view is how a clinic's state is said.
func (s *Server) view(c queue.Clinic) (view, error) {
	zone, err := s.zones.of(c)
	return view{c, zone}, err
}

// snapshot reads the clinic's state, from memory where somebody watches it: the
// feed vouches for that one, however long ago it was read.
func (s *Server) snapshot(ctx context.Context, c queue.ClinicID) (*queue.Snapshot, view, error) {
	snap, acted, warm := s.source.latest(c)
	if warm {
		now := *snap
		now.At = time.Now()
		snap = &now
	} else {
		var err error
		if snap, err = s.reads.snapshot(ctx, c, acted); err != nil {
			return nil, view{}, err
		}
	}
	v, err := s.view(snap.Clinic)
	return snap, v, err
}

// showTicket is GET /v1/tickets/:ticket, for its owner and its clinic's desk.
func (s *Server) showTicket(w http.ResponseWriter, r *http.Request) error {
	id, err := queue.ParseTicketID(r.PathValue("ticket"))
	if err != nil {
		return err
	}
	to, err := s.readerOf(r, id)
	if err != nil {
		return err
	}
	snap, v, err := s.snapshot(r.Context(), id.Ref().Clinic)
	if errors.Is(err, queue.ErrNoClinic) {
		return queue.ErrNoTicket
	}
	if err != nil {
		return err
	}
	_, said, ok := v.place(snap, id, to)
	if !ok {
		t, err := s.line.Ticket(r.Context(), id)
		if err != nil {
			return err
		}
		said = v.past(snap.Day, t)
	}
	return encode(w, http.StatusOK, wire.TicketAnswer{Ticket: said})
}

// readerOf says who reads a ticket: the bearer of its token, or its clinic's desk.
func (s *Server) readerOf(r *http.Request, id queue.TicketID) (audience, error) {
	if token, ok := bearer(r); ok {
		if !s.keys.owns(id, token) {
			return toPublic, refuse("token_wrong", "this is not the ticket's token")
		}
		return toPublic, nil
	}
	if _, err := r.Cookie(sessionCookie); err != nil {
		return toPublic, refuse("token_required", "send the ticket's token as Authorization: Bearer <token>")
	}
	desk, err := s.session(r)
	if err != nil {
		return toDesk, err
	}
	return toDesk, desk.of(id.Ref().Clinic)
}

// cancelByOwner is POST /v1/tickets/:ticket/cancel with the ticket's token.
func (s *Server) cancelByOwner(w http.ResponseWriter, r *http.Request, id queue.TicketID) error {
	key, err := idempotencyKey(r, false)
	if err != nil {
		return err
	}
	var body wire.CancelRequest
	if err := decode(w, r, &body); err != nil {
		return err
	}
	code, err := text("cancelCode", narrow(body.CancelCode), maxCode, false)
	if err != nil {
		return err
	}
	if code == "" {
		return invalid("cancelCode", "is missing")
	}
	ref := id.Ref()
	return s.act(w, r, ref, func(ctx context.Context) (queue.Ticket, error) {
		return s.line.CancelByOwner(ctx, id, s.keys.codeHash(ref, code), webAct(key))
	})
}

// act does something to one ticket and answers with it. The record is read
// first, so that an act that was done is not answered as one that failed.
func (s *Server) act(w http.ResponseWriter, r *http.Request, ref queue.Ref, do func(context.Context) (queue.Ticket, error)) error {
	clinic, _, err := s.records.service(r.Context(), ref)
	if err != nil {
		return err
	}
	v, err := s.view(clinic)
	if err != nil {
		return err
	}
	t, err := do(r.Context())
	if err != nil {
		return err
	}
	s.source.touch(ref.Clinic)
	return encode(w, http.StatusOK, wire.TicketAnswer{Ticket: v.ticket(t, unknown, toPublic)})
}

// ofTheLine are the figures that could be put together again by asking for one
// number after the other.
var ofTheLine = []string{"calling", "waiting", "absent", "line"}

// lookUp is POST /v1/lookup: by number, or by the phone number given at
// reception (B14). It says the least that answers.
func (s *Server) lookUp(w http.ResponseWriter, r *http.Request) error {
	var body wire.LookupRequest
	if err := decode(w, r, &body); err != nil {
		return err
	}
	ref, err := queue.ParseRef(body.Service)
	if err != nil {
		return err
	}
	tel, err := phone("phone", body.Phone)
	if err != nil {
		return err
	}
	if (body.Number > 0) == (tel != "") || body.Number < 0 {
		return invalid("number", "or phone is needed, not both")
	}
	if err := s.within(s.lookups, r); err != nil {
		return err
	}
	snap, v, err := s.snapshot(r.Context(), ref.Clinic)
	if errors.Is(err, queue.ErrNoClinic) {
		return queue.ErrNoService
	}
	if err != nil {
		return err
	}
	l, ok := snap.Line(ref.Service)
	if !ok {
		return queue.ErrNoService
	}
	if body.Number > 0 && slices.ContainsFunc(ofTheLine, l.Service.Hides) {
		return refuse("number_hidden", "this service does not tell by number; ask by the phone number given at reception")
	}
	answer := wire.LookupAnswer{Tickets: []wire.LookupTicket{}}
	for _, group := range [][]queue.Ticket{l.Open, l.Waiting, l.Absent, l.Held, l.Ended} {
		for _, t := range group {
			byNumber := t.Number == body.Number
			byPhone := tel != "" && !t.State.Ended() && snap.Patients[t.ID].Phone == tel
			if !byNumber && !byPhone {
				continue
			}
			_, said, _ := v.place(snap, t.ID, toPublic)
			answer.Tickets = append(answer.Tickets, wire.LookupTicket{
				Number: said.Number, State: said.State, Ahead: said.Ahead, Unit: said.Unit, Todo: said.Todo,
			})
		}
	}
	return encode(w, http.StatusOK, answer)
}

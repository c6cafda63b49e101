package api

import (
	"errors"
	"net/http"
	"slices"

	"junban/api/wire"
	"junban/queue"
)

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
	if err := s.authorizeLookup(r, ref.Clinic); err != nil {
		return err
	}
	if err := s.checkLimit(r, limitLookups, ref.Clinic); err != nil {
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
	for _, l := range snap.Lines { // it may have been sent on to another one
		if body.Number > 0 && slices.ContainsFunc(ofTheLine, l.Service.Hides) {
			continue
		}
		for _, t := range slices.Concat(l.Open, l.Waiting, l.Absent, l.Held, l.Ended) {
			byNumber := t.Number == body.Number
			byPhone := tel != "" && !t.State.Ended() && snap.Patients[t.ID].Phone == tel
			if t.ID.Ref() != ref || !byNumber && !byPhone {
				continue
			}
			said, _ := v.place(snap, t.ID, toPublic)
			answer.Tickets = append(answer.Tickets, wire.LookupTicket{
				Number: said.Number, State: said.State, Ahead: said.Ahead, Unit: said.Unit, Todo: said.Todo,
			})
		}
	}
	return encode(w, http.StatusOK, answer)
}

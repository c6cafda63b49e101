package api

import (
	"net/http"
	"slices"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// maxUntil is how far ahead a temporary message may end.
const maxUntil = 366 * 24 * time.Hour

// until checks until when something is to hold, if that was said.
func until(at *time.Time) (time.Time, error) {
	if at == nil {
		return time.Time{}, nil
	}
	if ahead := time.Until(*at); ahead <= 0 || ahead > maxUntil {
		return time.Time{}, problem.Invalid("until", problem.NotInAYear)
	}
	return at.Truncate(time.Millisecond), nil
}

// setReception is PUT /v1/services/:service/reception.
func (s *Server) setReception(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := s.deskAtService(r, false)
	if err != nil {
		return err
	}
	var body wire.ReceptionRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	state := queue.Reception(body.Reception)
	if !state.Valid() {
		return problem.Invalid("reception", rule.NotOneOf, "value", body.Reception, "values", rule.Values(queue.Open, queue.Paused, queue.Closed, queue.Auto))
	}
	reason, err := route.Text("reason", body.Reason, route.MaxMessage, true)
	if err != nil {
		return err
	}
	if reason != "" && state != queue.Paused && state != queue.Closed {
		return problem.Invalid("reason", problem.NotWith, "field", "reception", "values", rule.Values(queue.Paused, queue.Closed))
	}
	if err := s.desk.SetReception(r.Context(), ref, state, reason, a); err != nil {
		return err
	}
	s.Clinics.Touch(ref.Clinic)
	return route.Encode(w, http.StatusOK, wire.ReceptionRequest{Reception: string(state), Reason: reason})
}

// setMessage is PUT /v1/services/:service/message.
func (s *Server) setMessage(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := s.deskAtService(r, false)
	if err != nil {
		return err
	}
	var body wire.MessageRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	m := queue.Message{}
	if m.Text, err = route.Text("text", body.Text, route.MaxMessage, true); err != nil {
		return err
	}
	if m.Until, err = until(body.Until); err != nil {
		return err
	}
	v, _, err := s.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	if err := s.desk.SetMessage(r.Context(), ref, m, a); err != nil {
		return err
	}
	s.Clinics.Touch(ref.Clinic)
	return route.Encode(w, http.StatusOK, wire.Message{Text: m.Text, Until: v.AtIfAny(m.Until)})
}

// deskAtClinic returns the clinic of the path and the act of its desk, after the
// check that the session is of that clinic.
func (s *Server) deskAtClinic(r *http.Request) (clinic.ID, queue.Act, error) {
	id, malformed := clinic.ParseID(r.PathValue("clinic"))
	desk, err := s.session(r)
	switch {
	case err != nil:
		return "", queue.Act{}, err
	case malformed != nil:
		return "", queue.Act{}, malformed
	}
	if err := desk.of(id); err != nil {
		return "", queue.Act{}, err
	}
	key, err := route.IdempotencyKey(r, false)
	return id, deskAct(r, desk, key), err
}

// setDuty is PUT /v1/clinics/:clinic/rooms/:room/duty.
func (s *Server) setDuty(w http.ResponseWriter, r *http.Request) error {
	id, a, err := s.deskAtClinic(r)
	if err != nil {
		return err
	}
	var body wire.DutyRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	d := queue.Duty{State: queue.DutyState(body.Duty)}
	if !slices.Contains(queue.DutyStates, d.State) {
		return problem.Invalid("duty", rule.NotOneOf, "value", body.Duty, "values", rule.Values(queue.DutyStates...))
	}
	if d.State != queue.OnDuty {
		if d.Until, err = until(body.Until); err != nil {
			return err
		}
	}
	v, err := s.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	if err := s.desk.SetDuty(r.Context(), id, r.PathValue("room"), d, a); err != nil {
		return err
	}
	s.Clinics.Touch(id)
	answer := wire.DutyRequest{Duty: string(d.State)}
	if !d.Until.IsZero() {
		in := d.Until.In(v.Zone)
		answer.Until = &in
	}
	return route.Encode(w, http.StatusOK, answer)
}

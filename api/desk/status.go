package desk

import (
	"net/http"
	"slices"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/rule"
)

// maxUntil is how far ahead a temporary message may end.
const maxUntil = 366 * 24 * time.Hour

// until checks the optional end of a state.
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
func (d *Desk) setReception(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := d.Logins.AtService(r, false)
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
	if err := d.Line.SetReception(r.Context(), ref, state, reason, a); err != nil {
		return err
	}
	d.Clinics.Touch(ref.Clinic)
	return route.Encode(w, http.StatusOK, wire.ReceptionRequest{Reception: string(state), Reason: reason})
}

// setMessage is PUT /v1/services/:service/message.
func (d *Desk) setMessage(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := d.Logins.AtService(r, false)
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
	v, _, err := d.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	if err := d.Line.SetMessage(r.Context(), ref, m, a); err != nil {
		return err
	}
	d.Clinics.Touch(ref.Clinic)
	return route.Encode(w, http.StatusOK, wire.Message{Text: m.Text, Until: v.AtIfAny(m.Until)})
}

// setDuty is PUT /v1/clinics/:clinic/rooms/:room/duty.
func (d *Desk) setDuty(w http.ResponseWriter, r *http.Request) error {
	id, a, err := d.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	var body wire.DutyRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	duty := queue.Duty{State: queue.DutyState(body.Duty)}
	if !slices.Contains(queue.DutyStates, duty.State) {
		return problem.Invalid("duty", rule.NotOneOf, "value", body.Duty, "values", rule.Values(queue.DutyStates...))
	}
	if duty.State != queue.OnDuty {
		if duty.Until, err = until(body.Until); err != nil {
			return err
		}
	}
	v, err := d.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	if err := d.Line.SetDuty(r.Context(), id, r.PathValue("room"), duty, a); err != nil {
		return err
	}
	d.Clinics.Touch(id)
	answer := wire.DutyRequest{Duty: string(duty.State)}
	if !duty.Until.IsZero() {
		in := duty.Until.In(v.Zone)
		answer.Until = &in
	}
	return route.Encode(w, http.StatusOK, answer)
}

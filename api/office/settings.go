package office

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// serviceNow reads a service's record as Redis has it, whatever is remembered of it.
func (o *Office) serviceNow(ctx context.Context, ref clinic.Ref) (c clinic.Clinic, i int, err error) {
	if c, err = o.Line.Clinic(ctx, ref.Clinic); err != nil {
		return c, 0, err
	}
	if i = slices.IndexFunc(c.Services, func(svc clinic.Service) bool { return svc.ID == ref.Service }); i < 0 {
		return c, 0, clinic.ErrNoService
	}
	return c, i, nil
}

// putRecord writes a clinic's record over the one that rev names, and returns
// what is there now.
func (o *Office) putRecord(ctx context.Context, c clinic.Clinic, rev string, a queue.Act) (clinic.Clinic, error) {
	c.Rev = rev
	if err := o.Line.PutClinic(ctx, c, a); err != nil {
		return clinic.Clinic{}, err
	}
	o.Clinics.Touch(c.ID)
	return o.Clinics.Refresh(ctx, c.ID)
}

// settings encodes the settings of a service.
func settings(rev string, s clinic.Service) wire.Settings {
	return wire.Settings{
		Rev: rev, Name: s.Name, Unit: s.Unit, MaxParty: s.MaxParty, WebCancel: s.WebCancel, FirstVisit: cmp.Or(s.First, clinic.FirstByWeb), ComeAt: s.ComeAt,
		Hide: append([]string{}, s.Hide...), Absence: wire.Absence(s.Absence), Numbers: wire.Numbers(s.Numbers),
		Capacity: wire.Capacity(s.Capacity), Booking: wire.Booking{Days: s.Booking.Days, Numbers: cmp.Or(s.Booking.Numbers, clinic.NumbersNow)}, CountAbsent: s.CountAbsent, SkipAway: s.SkipAway,
		ExamBack: s.ExamBack, Note: s.Note, Kinds: view.Kinds(s),
	}
}

// showSettings is GET /v1/services/:service/settings.
func (o *Office) showSettings(w http.ResponseWriter, r *http.Request) error {
	ref, _, err := o.Logins.AdminAtService(r)
	if err != nil {
		return err
	}
	c, i, err := o.serviceNow(r.Context(), ref)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, settings(c.Rev, c.Services[i]))
}

// setSettings is PUT /v1/services/:service/settings: all of them, over those of
// the named rev.
func (o *Office) setSettings(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := o.Logins.AdminAtService(r)
	if err != nil {
		return err
	}
	var body wire.Settings
	if err := route.DecodeStrict(w, r, &body, route.MaxBody); err != nil {
		return err
	}
	if body.Rev == "" {
		return problem.Invalid("rev", rule.Missing)
	}
	c, i, err := o.serviceNow(r.Context(), ref)
	if err != nil {
		return err
	}
	c.Services = slices.Clone(c.Services)
	svc := &c.Services[i]
	svc.Name, svc.Note, svc.Unit = strings.TrimSpace(body.Name), strings.TrimSpace(body.Note), body.Unit
	svc.MaxParty, svc.WebCancel, svc.First, svc.ComeAt, svc.Hide = body.MaxParty, body.WebCancel, body.FirstVisit, body.ComeAt, append([]string{}, body.Hide...)
	if svc.First == clinic.FirstByWeb { // the usual is not worth a word in the record
		svc.First = ""
	}
	svc.Absence, svc.Numbers, svc.Capacity = clinic.Absence(body.Absence), clinic.Numbers(body.Numbers), clinic.Capacity(body.Capacity)
	svc.Booking = clinic.Booking(body.Booking)
	svc.Kinds = nil
	for _, k := range body.Kinds {
		svc.Kinds = append(svc.Kinds, clinic.Kind{ID: k.ID, Name: strings.TrimSpace(k.Name)})
	}
	svc.CountAbsent, svc.SkipAway, svc.ExamBack = body.CountAbsent, body.SkipAway, body.ExamBack
	if err := problem.Fields(c.Validate(), fmt.Sprintf("services[%d].", i)); err != nil {
		return err
	}
	if c, err = o.putRecord(r.Context(), c, body.Rev, a); err != nil {
		return err
	}
	now, ok := c.Service(ref.Service)
	if !ok { // taken out in this moment
		return clinic.ErrNoService
	}
	return route.Encode(w, http.StatusOK, settings(c.Rev, now))
}

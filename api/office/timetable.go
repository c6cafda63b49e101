package office

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/rule"
)

const MaxTimetable = 256 << 10 // bytes; two hundred dates with sessions of their own are fewer

// timetable encodes the week of a clinic or of one of its services.
func timetable(rev string, c *hours.Calendar) (wire.Timetable, error) {
	text, err := json.Marshal(c)
	return wire.Timetable{Rev: rev, Calendar: text}, err
}

// clinicTimetable encodes a clinic's week, and the services that do not follow it.
func clinicTimetable(c clinic.Clinic) (wire.Timetable, error) {
	now, err := timetable(c.Rev, c.Calendar)
	for _, svc := range c.Services {
		if svc.Calendar != nil {
			now.Own = append(now.Own, clinic.Ref{Clinic: c.ID, Service: svc.ID}.String())
		}
	}
	return now, err
}

// readTimetable reads a timetable that is to be kept.
func readTimetable(w http.ResponseWriter, r *http.Request) (body wire.Timetable, calendar *hours.Calendar, err error) {
	if err := route.DecodeStrict(w, r, &body, MaxTimetable); err != nil {
		return body, nil, err
	}
	switch {
	case body.Rev == "":
		return body, nil, problem.Invalid("rev", rule.Missing)
	case len(body.Calendar) == 0:
		return body, nil, problem.Invalid("calendar", rule.Missing)
	}
	return body, calendar, route.Parse(body.Calendar, &calendar, true)
}

// oneCutover gives the timetables of services the clinic's cutover, by which
// their days change too.
func oneCutover(c clinic.Clinic) clinic.Clinic {
	var cutover hours.Clock
	if c.Calendar != nil {
		cutover = c.Calendar.Cutover
	}
	c.Services = slices.Clone(c.Services)
	for i, svc := range c.Services {
		if svc.Calendar != nil {
			own := *svc.Calendar
			own.Cutover = cutover
			c.Services[i].Calendar = &own
		}
	}
	return c
}

// showTimetable is GET /v1/clinics/:clinic/timetable.
func (o *Office) showTimetable(w http.ResponseWriter, r *http.Request) error {
	id, _, err := o.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	c, err := o.Line.Clinic(r.Context(), id)
	if err != nil {
		return err
	}
	now, err := clinicTimetable(c)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, now)
}

// setTimetable is PUT /v1/clinics/:clinic/timetable, over that of the named rev.
// Without a calendar the clinic opens and closes manually.
func (o *Office) setTimetable(w http.ResponseWriter, r *http.Request) error {
	id, a, err := o.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	c, next, body, err := o.nextTimetable(w, r, id)
	if err != nil {
		return err
	}
	if err := o.accepted(r.Context(), c, next, body.Affected); err != nil {
		return err
	}
	if c, err = o.putRecord(r.Context(), next, body.Rev, a); err != nil {
		return err
	}
	now, err := clinicTimetable(c)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, now)
}

// showAffected is POST /v1/clinics/:clinic/timetable/affected.
func (o *Office) showAffected(w http.ResponseWriter, r *http.Request) error {
	id, _, err := o.Logins.AdminAtClinic(r)
	if err != nil {
		return err
	}
	c, next, _, err := o.nextTimetable(w, r, id)
	if err != nil {
		return err
	}
	return o.encodeAffected(w, r, c, next)
}

// nextTimetable reads a clinic's record, and what it would be with the timetable
// of the request.
func (o *Office) nextTimetable(w http.ResponseWriter, r *http.Request, id clinic.ID) (c, next clinic.Clinic, body wire.Timetable, err error) {
	body, calendar, err := readTimetable(w, r)
	if err != nil {
		return c, next, body, err
	}
	if c, err = o.Line.Clinic(r.Context(), id); err != nil {
		return c, next, body, err
	}
	next = c
	next.Calendar = calendar
	next = oneCutover(next)
	errs := next.Validate()
	for i, svc := range next.Services { // of them only the cutover is new
		inside := func(e rule.Error) bool { return strings.HasPrefix(e.Path, fmt.Sprintf("services[%d].", i)) }
		if slices.ContainsFunc(errs, inside) {
			errs = append(slices.DeleteFunc(errs, inside), rule.Wrong("calendar.cutover", problem.OwnTimetable, "service", svc.Name))
		}
	}
	return c, next, body, problem.Fields(errs, "")
}

// showOwnTimetable is GET /v1/services/:service/timetable.
func (o *Office) showOwnTimetable(w http.ResponseWriter, r *http.Request) error {
	ref, _, err := o.Logins.AdminAtService(r)
	if err != nil {
		return err
	}
	c, i, err := o.serviceNow(r.Context(), ref)
	if err != nil {
		return err
	}
	now, err := timetable(c.Rev, c.Services[i].Calendar)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, now)
}

// setOwnTimetable is PUT /v1/services/:service/timetable, over that of the named
// rev. Without a calendar the service follows its clinic.
func (o *Office) setOwnTimetable(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := o.Logins.AdminAtService(r)
	if err != nil {
		return err
	}
	c, next, body, err := o.nextOwnTimetable(w, r, ref)
	if err != nil {
		return err
	}
	if err := o.accepted(r.Context(), c, next, body.Affected); err != nil {
		return err
	}
	if c, err = o.putRecord(r.Context(), next, body.Rev, a); err != nil {
		return err
	}
	svc, ok := c.Service(ref.Service)
	if !ok { // taken out in this moment
		return clinic.ErrNoService
	}
	now, err := timetable(c.Rev, svc.Calendar)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, now)
}

// showOwnAffected is POST /v1/services/:service/timetable/affected.
func (o *Office) showOwnAffected(w http.ResponseWriter, r *http.Request) error {
	ref, _, err := o.Logins.AdminAtService(r)
	if err != nil {
		return err
	}
	c, next, _, err := o.nextOwnTimetable(w, r, ref)
	if err != nil {
		return err
	}
	return o.encodeAffected(w, r, c, next)
}

// nextOwnTimetable is nextTimetable for a service.
func (o *Office) nextOwnTimetable(w http.ResponseWriter, r *http.Request, ref clinic.Ref) (c, next clinic.Clinic, body wire.Timetable, err error) {
	body, calendar, err := readTimetable(w, r)
	if err != nil {
		return c, next, body, err
	}
	c, i, err := o.serviceNow(r.Context(), ref)
	if err != nil {
		return c, next, body, err
	}
	next = c
	next.Services = slices.Clone(c.Services)
	next.Services[i].Calendar = calendar
	next = oneCutover(next)
	return c, next, body, problem.Fields(next.Validate(), fmt.Sprintf("services[%d].", i))
}

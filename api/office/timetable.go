package office

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
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

// timetableOf encodes the week of a service, or of a clinic and which of its services
// do not follow it.
func timetableOf(c clinic.Clinic, of clinic.Ref) (wire.Timetable, error) {
	if of.Service != "" {
		svc, ok := c.Service(of.Service)
		if !ok { // removed by a concurrent change
			return wire.Timetable{}, clinic.ErrNoService
		}
		return timetable(c.Rev, svc.Calendar)
	}
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

// owner returns whose timetable a request is about, a service's or, without one, a
// clinic's, and the admin's act on it.
type owner func(r *http.Request) (clinic.Ref, queue.Act, error)

func (o *Office) ownClinic(r *http.Request) (clinic.Ref, queue.Act, error) {
	id, a, err := o.Logins.AdminAtClinic(r)
	return clinic.Ref{Clinic: id}, a, err
}

// showTimetable is GET …/timetable.
func (o *Office) showTimetable(whose owner) route.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, _, err := whose(r)
		if err != nil {
			return err
		}
		c, err := o.recordOf(r.Context(), of)
		if err != nil {
			return err
		}
		return encodeTimetable(w, c, of)
	}
}

// setTimetable is PUT …/timetable, over that of the named rev. Without a calendar a
// service follows its clinic, and a clinic opens and closes manually.
func (o *Office) setTimetable(whose owner) route.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, a, err := whose(r)
		if err != nil {
			return err
		}
		c, next, body, err := o.nextTimetable(w, r, of)
		if err != nil {
			return err
		}
		if err := o.accepted(r.Context(), c, next, body.Affected); err != nil {
			return err
		}
		if c, err = o.putRecord(r.Context(), next, body.Rev, a); err != nil {
			return err
		}
		return encodeTimetable(w, c, of)
	}
}

// showAffected is POST …/timetable/affected.
func (o *Office) showAffected(whose owner) route.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		of, _, err := whose(r)
		if err != nil {
			return err
		}
		c, next, _, err := o.nextTimetable(w, r, of)
		if err != nil {
			return err
		}
		return o.encodeAffected(w, r, c, next)
	}
}

func encodeTimetable(w http.ResponseWriter, c clinic.Clinic, of clinic.Ref) error {
	now, err := timetableOf(c, of)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, now)
}

// recordOf reads the clinic's record, which must have the service.
func (o *Office) recordOf(ctx context.Context, of clinic.Ref) (clinic.Clinic, error) {
	if of.Service == "" {
		return o.Line.Clinic(ctx, of.Clinic)
	}
	c, _, err := o.serviceNow(ctx, of)
	return c, err
}

// nextTimetable reads a clinic's record, and what it would be with the timetable of
// the request.
func (o *Office) nextTimetable(w http.ResponseWriter, r *http.Request, of clinic.Ref) (c, next clinic.Clinic, body wire.Timetable, err error) {
	body, calendar, err := readTimetable(w, r)
	if err != nil {
		return c, next, body, err
	}
	if c, err = o.recordOf(r.Context(), of); err != nil {
		return c, next, body, err
	}
	next = c
	if of.Service != "" {
		next.Services = slices.Clone(c.Services)
		i := slices.IndexFunc(next.Services, func(s clinic.Service) bool { return s.ID == of.Service })
		next.Services[i].Calendar = calendar
		next = oneCutover(next)
		return c, next, body, problem.Fields(next.Validate(), fmt.Sprintf("services[%d].", i))
	}
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

package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/hours"
)

const maxTimetable = 256 << 10 // bytes; two hundred dates with sessions of their own are fewer

// timetable says a week of a clinic, or of a service of it.
func timetable(rev string, c *hours.Calendar) (wire.Timetable, error) {
	text, err := json.Marshal(c)
	return wire.Timetable{Rev: rev, Calendar: text}, err
}

// clinicTimetable says a clinic's week, and who does not follow it.
func clinicTimetable(c queue.Clinic) (wire.Timetable, error) {
	now, err := timetable(c.Rev, c.Calendar)
	for _, svc := range c.Services {
		if svc.Calendar != nil {
			now.Own = append(now.Own, queue.Ref{Clinic: c.ID, Service: svc.ID}.String())
		}
	}
	return now, err
}

// readTimetable reads a timetable that is to be kept.
func readTimetable(w http.ResponseWriter, r *http.Request) (rev string, calendar *hours.Calendar, err error) {
	var body wire.Timetable
	if err := decodeAll(w, r, &body, maxTimetable); err != nil {
		return "", nil, err
	}
	switch {
	case body.Rev == "":
		return "", nil, invalid("rev", "is missing")
	case len(body.Calendar) == 0:
		return "", nil, invalid("calendar", "is missing; null is none")
	}
	return body.Rev, calendar, parse(body.Calendar, &calendar, true)
}

// oneCutover gives the timetables of services the clinic's cutover, by which
// their days change too.
func oneCutover(c queue.Clinic) queue.Clinic {
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
func (s *Server) showTimetable(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.adminAtClinic(r)
	if err != nil {
		return err
	}
	c, err := s.line.Clinic(r.Context(), id)
	if err != nil {
		return err
	}
	now, err := clinicTimetable(c)
	if err != nil {
		return err
	}
	return encode(w, http.StatusOK, now)
}

// setTimetable is PUT /v1/clinics/:clinic/timetable, over that of the named rev.
// Without a calendar the clinic opens and closes by hand.
func (s *Server) setTimetable(w http.ResponseWriter, r *http.Request) error {
	id, a, err := s.adminAtClinic(r)
	if err != nil {
		return err
	}
	rev, calendar, err := readTimetable(w, r)
	if err != nil {
		return err
	}
	c, err := s.line.Clinic(r.Context(), id)
	if err != nil {
		return err
	}
	c.Calendar = calendar
	c = oneCutover(c)
	errs := c.Validate()
	for i, svc := range c.Services { // of them only the cutover is new
		inside := func(e queue.FieldError) bool { return strings.HasPrefix(e.Path, fmt.Sprintf("services[%d].", i)) }
		if slices.ContainsFunc(errs, inside) {
			errs = append(slices.DeleteFunc(errs, inside), queue.FieldError{
				Path: "calendar.cutover", Reason: "does not fit the timetable of service " + svc.Name,
			})
		}
	}
	if err := wrong(errs, ""); err != nil {
		return err
	}
	if c, err = s.putRecord(r.Context(), c, rev, a); err != nil {
		return err
	}
	now, err := clinicTimetable(c)
	if err != nil {
		return err
	}
	return encode(w, http.StatusOK, now)
}

// showOwnTimetable is GET /v1/services/:service/timetable.
func (s *Server) showOwnTimetable(w http.ResponseWriter, r *http.Request) error {
	ref, _, err := s.adminAtService(r)
	if err != nil {
		return err
	}
	c, i, err := s.serviceNow(r.Context(), ref)
	if err != nil {
		return err
	}
	now, err := timetable(c.Rev, c.Services[i].Calendar)
	if err != nil {
		return err
	}
	return encode(w, http.StatusOK, now)
}

// setOwnTimetable is PUT /v1/services/:service/timetable, over that of the named
// rev. Without a calendar the service follows its clinic.
func (s *Server) setOwnTimetable(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := s.adminAtService(r)
	if err != nil {
		return err
	}
	rev, calendar, err := readTimetable(w, r)
	if err != nil {
		return err
	}
	c, i, err := s.serviceNow(r.Context(), ref)
	if err != nil {
		return err
	}
	c.Services = slices.Clone(c.Services)
	c.Services[i].Calendar = calendar
	c = oneCutover(c)
	if err := wrong(c.Validate(), fmt.Sprintf("services[%d].", i)); err != nil {
		return err
	}
	if c, err = s.putRecord(r.Context(), c, rev, a); err != nil {
		return err
	}
	svc, ok := c.Service(ref.Service)
	if !ok { // taken out in this moment
		return queue.ErrNoService
	}
	now, err := timetable(c.Rev, svc.Calendar)
	if err != nil {
		return err
	}
	return encode(w, http.StatusOK, now)
}

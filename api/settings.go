package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/hours"
)

const (
	maxTimetable = 256 << 10 // bytes; two hundred dates with sessions of their own are fewer
	changesShown = 50        // where nothing else is asked for
	changesMost  = 100
	wrongsShown  = 20 // of the fields that are wrong
)

// wrong says which fields of a record are wrong, one on a line, by their paths
// below that part of it. It is nil if there are none.
func wrong(errs []queue.FieldError, part string) error {
	if len(errs) == 0 {
		return nil
	}
	var lines []string
	for _, e := range errs[:min(len(errs), wrongsShown)] {
		e.Path = strings.TrimPrefix(e.Path, part)
		lines = append(lines, e.Error())
	}
	return refuse("field_invalid", "%s", strings.Join(lines, "\n"))
}

// serviceNow reads a service's record as Redis has it, whatever is remembered of it.
func (s *Server) serviceNow(ctx context.Context, ref queue.Ref) (c queue.Clinic, i int, err error) {
	if c, err = s.line.Clinic(ctx, ref.Clinic); err != nil {
		return c, 0, err
	}
	if i = slices.IndexFunc(c.Services, func(svc queue.Service) bool { return svc.ID == ref.Service }); i < 0 {
		return c, 0, queue.ErrNoService
	}
	return c, i, nil
}

// putRecord writes a clinic's record over the one that rev names, and returns
// what is there now.
func (s *Server) putRecord(ctx context.Context, c queue.Clinic, rev string, a queue.Act) (queue.Clinic, error) {
	c.Rev = rev
	if err := s.line.PutClinic(ctx, c, a); err != nil {
		return queue.Clinic{}, err
	}
	s.source.touch(c.ID)
	return s.records.refresh(ctx, c.ID)
}

// settings says what the desk may set of a service.
func settings(rev string, s queue.Service) wire.Settings {
	return wire.Settings{
		Rev: rev, Name: s.Name, Unit: s.Unit, MaxParty: s.MaxParty, WebCancel: s.WebCancel, ComeAt: s.ComeAt,
		Hide: append([]string{}, s.Hide...), Absence: wire.Absence(s.Absence), Numbers: wire.Numbers(s.Numbers),
		Capacity: wire.Capacity(s.Capacity), Booking: wire.Booking(s.Booking), CountAbsent: s.CountAbsent, SkipAway: s.SkipAway, ExamBack: s.ExamBack, Note: s.Note,
	}
}

// showSettings is GET /v1/services/:service/settings.
func (s *Server) showSettings(w http.ResponseWriter, r *http.Request) error {
	ref, _, err := s.deskAtService(r, false)
	if err != nil {
		return err
	}
	c, i, err := s.serviceNow(r.Context(), ref)
	if err != nil {
		return err
	}
	return encode(w, http.StatusOK, settings(c.Rev, c.Services[i]))
}

// setSettings is PUT /v1/services/:service/settings: all of them, over those of
// the named rev.
func (s *Server) setSettings(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := s.deskAtService(r, false)
	if err != nil {
		return err
	}
	var body wire.Settings
	if err := decodeAll(w, r, &body, maxBody); err != nil {
		return err
	}
	if body.Rev == "" {
		return invalid("rev", "is missing")
	}
	if len(body.Hide) > len(queue.Hideable) {
		return invalid("hide", "has more entries than there are figures")
	}
	c, i, err := s.serviceNow(r.Context(), ref)
	if err != nil {
		return err
	}
	c.Services = slices.Clone(c.Services)
	svc := &c.Services[i]
	svc.Name, svc.Note, svc.Unit = strings.TrimSpace(body.Name), strings.TrimSpace(body.Note), body.Unit
	svc.MaxParty, svc.WebCancel, svc.ComeAt, svc.Hide = body.MaxParty, body.WebCancel, body.ComeAt, append([]string{}, body.Hide...)
	svc.Absence, svc.Numbers, svc.Capacity = queue.Absence(body.Absence), queue.Numbers(body.Numbers), queue.Capacity(body.Capacity)
	svc.Booking = queue.Booking(body.Booking)
	svc.CountAbsent, svc.SkipAway, svc.ExamBack = body.CountAbsent, body.SkipAway, body.ExamBack
	if err := wrong(c.Validate(), fmt.Sprintf("services[%d].", i)); err != nil {
		return err
	}
	if c, err = s.putRecord(r.Context(), c, body.Rev, a); err != nil {
		return err
	}
	now, ok := c.Service(ref.Service)
	if !ok { // taken out in this moment
		return queue.ErrNoService
	}
	return encode(w, http.StatusOK, settings(c.Rev, now))
}

// timetable says a clinic's week.
func timetable(c queue.Clinic) (wire.Timetable, error) {
	text, err := json.Marshal(c.Calendar)
	return wire.Timetable{Rev: c.Rev, Calendar: text}, err
}

// showTimetable is GET /v1/clinics/:clinic/timetable.
func (s *Server) showTimetable(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.deskAtClinic(r)
	if err != nil {
		return err
	}
	c, err := s.line.Clinic(r.Context(), id)
	if err != nil {
		return err
	}
	now, err := timetable(c)
	if err != nil {
		return err
	}
	return encode(w, http.StatusOK, now)
}

// setTimetable is PUT /v1/clinics/:clinic/timetable, over that of the named rev.
// Without a calendar the clinic opens and closes by hand.
func (s *Server) setTimetable(w http.ResponseWriter, r *http.Request) error {
	id, a, err := s.deskAtClinic(r)
	if err != nil {
		return err
	}
	var body wire.Timetable
	if err := decodeAll(w, r, &body, maxTimetable); err != nil {
		return err
	}
	switch {
	case body.Rev == "":
		return invalid("rev", "is missing")
	case len(body.Calendar) == 0:
		return invalid("calendar", "is missing; null is none")
	}
	var calendar *hours.Calendar
	if err := parse(body.Calendar, &calendar, true); err != nil {
		return err
	}
	c, err := s.line.Clinic(r.Context(), id)
	if err != nil {
		return err
	}
	c.Calendar = calendar
	if err := wrong(c.Validate(), ""); err != nil {
		return err
	}
	if c, err = s.putRecord(r.Context(), c, body.Rev, a); err != nil {
		return err
	}
	now, err := timetable(c)
	if err != nil {
		return err
	}
	return encode(w, http.StatusOK, now)
}

// showChanges is GET /v1/clinics/:clinic/changes?n=: who changed what of the
// clinic's record.
func (s *Server) showChanges(w http.ResponseWriter, r *http.Request) error {
	id, _, err := s.deskAtClinic(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(cmp.Or(r.URL.Query().Get("n"), strconv.Itoa(changesShown)))
	if err != nil || n < 1 || n > changesMost {
		return invalid("n", fmt.Sprintf("is not a number from 1 to %d", changesMost))
	}
	v, err := s.viewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	changes, err := s.line.Changes(r.Context(), id, n)
	if err != nil {
		return err
	}
	answer := wire.Changes{Changes: make([]wire.Change, len(changes))}
	for i, c := range changes {
		answer.Changes[i] = wire.Change{At: v.at(c.At), Before: c.Before, After: c.After}
		if c.By.Kind == byStaff {
			answer.Changes[i].By = c.By.Name
		}
	}
	return encode(w, http.StatusOK, answer)
}

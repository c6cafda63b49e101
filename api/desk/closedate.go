package desk

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// maxSession is the longest name of a session, in characters.
const maxSession = 20

// dayOf reads the day of the path.
func dayOf(r *http.Request) (clinic.Day, error) {
	day := r.PathValue("day")
	if !rule.IsDate(day) {
		return "", problem.InvalidParameter("day", "is not a date such as 2026-11-21")
	}
	return clinic.Day(day), nil
}

// bookingsOf are the tickets that [queue.Store.CloseDate] would cancel: the booked ones, and
// of a day to come also those with a number. The name of the list is "" for an empty one.
func (d *Desk) bookingsOf(r *http.Request, ref clinic.Ref, day clinic.Day, session string) (list []queue.Reserved, name string, err error) {
	snap, err := d.Line.Snapshot(r.Context(), ref.Clinic)
	if err != nil {
		return nil, "", err
	}
	if _, ok := snap.Line(ref.Service); !ok {
		return nil, "", clinic.ErrNoService
	}
	switch {
	case day < snap.Day:
		return nil, "", queue.ErrDayOver
	case day == snap.Day:
		list = snap.Live()
	default:
		if list, err = d.Line.Reserved(r.Context(), ref.Clinic); err != nil {
			return nil, "", err
		}
	}
	closes := func(t queue.Reserved) bool {
		return t.ID.Ref() == ref && t.ID.Day() == day && (session == "" || t.Session == session) &&
			(t.State == queue.Booked || t.State == queue.Waiting && day > snap.Day)
	}
	list = slices.DeleteFunc(list, func(t queue.Reserved) bool { return !closes(t) })
	if len(list) == 0 {
		return nil, "", nil
	}
	sum := sha256.New()
	for _, t := range list {
		sum.Write([]byte(t.ID + "\n"))
	}
	return list, base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:16]), nil
}

// closingTries is how often a closing is written, where others change the record at
// the same moment.
const closingTries = 5

// setClosed closes a day or a session to booking, or opens it again. What is so already
// stays as it is.
func (d *Desk) setClosed(ctx context.Context, ref clinic.Ref, day clinic.Day, session string, closed bool, by clinic.Actor) error {
	for try := 1; ; try++ {
		c, err := d.Line.Clinic(ctx, ref.Clinic)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(c.Services, func(s clinic.Service) bool { return s.ID == ref.Service })
		if i < 0 {
			return clinic.ErrNoService
		}
		v, err := d.Clinics.View(c)
		if err != nil {
			return err
		}
		how := c.Services[i].ClosedOn(day, session)
		if closed && how != "" || !closed && session != "" && how != clinic.ClosedSession {
			return nil
		}
		c.Services = slices.Clone(c.Services)
		if closed {
			c.Services[i].Close(v.Today(), day, session)
		} else {
			c.Services[i].Reopen(day, session)
		}
		if err = d.Line.PutClinic(ctx, c, queue.Act{By: by}); !errors.Is(err, queue.ErrSettings) || try == closingTries {
			return err
		}
	}
}

// showDay is GET /v1/services/:service/days/:day/bookings?session=: the bookings of a day
// with names and phone numbers, by slot. They are those that closeDate cancels.
func (d *Desk) showDay(w http.ResponseWriter, r *http.Request) error {
	ref, _, err := d.Logins.AtService(r, false)
	if err != nil {
		return err
	}
	day, err := dayOf(r)
	if err != nil {
		return err
	}
	return d.answerDay(w, r, ref, day, r.URL.Query().Get("session"))
}

// answerDay answers with the bookings of a day, and whether it is closed.
func (d *Desk) answerDay(w http.ResponseWriter, r *http.Request, ref clinic.Ref, day clinic.Day, session string) error {
	v, svc, err := d.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	list, name, err := d.bookingsOf(r, ref, day, session)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.DayBookings{
		Affected: wire.Affected{Affected: name, Tickets: v.Reserved(list)}, Closed: svc.ClosedOn(day, session),
	})
}

// closeDate is POST /v1/services/:service/days/:day/close. It closes the day to booking,
// then cancels the bookings of the list that the desk has seen, so that the desk knows whom
// to call. A booking that was made before the closing, and is not on the list, refuses the
// cancel: the day is closed then, and the desk lists again.
func (d *Desk) closeDate(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := d.Logins.AtService(r, true)
	if err != nil {
		return err
	}
	day, err := dayOf(r)
	if err != nil {
		return err
	}
	var body wire.CloseDateRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	session, err := route.Text("session", body.Session, maxSession, false)
	if err != nil {
		return err
	}
	unchanged := func() error {
		_, name, err := d.bookingsOf(r, ref, day, session)
		switch {
		case err != nil:
			return err
		case name == "" || name == body.Affected: // an empty list may be what the same request has done before
			return nil
		case body.Affected == "":
			return problem.Invalid("affected", rule.Missing)
		}
		return problem.Refuse("bookings_affected", "the bookings of that day have changed; list them again")
	}
	if err := unchanged(); err != nil {
		return err
	}
	if err := d.setClosed(r.Context(), ref, day, session, true, a.By); err != nil {
		return err
	}
	if _, err := d.Clinics.Refresh(r.Context(), ref.Clinic); err != nil {
		return err
	}
	if err := unchanged(); err != nil { // a booking came before the closing: the day stays closed
		return err
	}
	n, err := d.Line.CloseDate(r.Context(), ref, day, session, a)
	d.Clinics.Touch(ref.Clinic) // some may be cancelled all the same
	if err != nil {
		return err
	}
	if _, err := d.Clinics.Refresh(r.Context(), ref.Clinic); err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.DateClosed{Cancelled: n})
}

// openDate is POST /v1/services/:service/days/:day/open. It takes bookings again. Those
// that were cancelled stay so.
func (d *Desk) openDate(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := d.Logins.AtService(r, false)
	if err != nil {
		return err
	}
	day, err := dayOf(r)
	if err != nil {
		return err
	}
	var body wire.OpenDateRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	session, err := route.Text("session", body.Session, maxSession, false)
	if err != nil {
		return err
	}
	if err := d.setClosed(r.Context(), ref, day, session, false, a.By); err != nil {
		return err
	}
	d.Clinics.Touch(ref.Clinic)
	if _, err := d.Clinics.Refresh(r.Context(), ref.Clinic); err != nil {
		return err
	}
	return d.answerDay(w, r, ref, day, session)
}

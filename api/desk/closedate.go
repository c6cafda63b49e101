package desk

import (
	"crypto/sha256"
	"encoding/base64"
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
	v, _, err := d.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	list, name, err := d.bookingsOf(r, ref, day, r.URL.Query().Get("session"))
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.Affected{Affected: name, Tickets: v.Reserved(list)})
}

// closeDate is POST /v1/services/:service/days/:day/close. It cancels the bookings of the
// list that the desk has seen, so that the desk knows whom to call. The timetable stays
// as it is: the web books that day again until an exception closes it.
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
	if body.Affected == "" {
		return problem.Invalid("affected", rule.Missing)
	}
	_, name, err := d.bookingsOf(r, ref, day, session)
	if err != nil {
		return err
	}
	if name != body.Affected && name != "" { // an empty list may be what the same request has done before
		return problem.Refuse("bookings_affected", "the bookings of that day have changed; list them again")
	}
	n, err := d.Line.CloseDate(r.Context(), ref, day, session, a)
	d.Clinics.Touch(ref.Clinic) // some may be cancelled all the same
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.DateClosed{Cancelled: n})
}

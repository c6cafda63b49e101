package desk

import (
	"fmt"
	"net/http"
	"slices"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// markOf reads the clinic and the mark of a path, for the clinic's desk.
func (d *Desk) markOf(r *http.Request) (clinic.ID, string, queue.Act, error) {
	id, a, err := d.Logins.AtClinic(r)
	mark := r.PathValue("mark")
	if err == nil && !queue.ValidMark(mark) {
		err = problem.InvalidParameter("mark", "is not a mark")
	}
	return id, mark, a, err
}

// showMarked is GET /v1/clinics/:clinic/marks/:mark: the tickets that cancelMarked
// would cancel, today or on the later day of ?day=.
func (d *Desk) showMarked(w http.ResponseWriter, r *http.Request) error {
	id, mark, _, err := d.markOf(r)
	if err != nil {
		return err
	}
	day, err := route.DayParameter(r, "day")
	if err != nil {
		return err
	}
	snap, err := d.Line.Snapshot(r.Context(), id) // of this moment: its time bounds the cancel
	if err != nil {
		return err
	}
	v, err := d.Clinics.View(snap.Clinic)
	if err != nil {
		return err
	}
	answer := wire.Marked{Mark: mark, Until: wire.Time{Time: snap.At}, Tickets: []wire.StaffTicket{}}
	if day == "" || day == snap.Day {
		for _, t := range snap.Marked(mark) {
			answer.Tickets = append(answer.Tickets, v.StaffTicket(snap, t))
		}
		return route.Encode(w, http.StatusOK, answer)
	}
	if day < snap.Day {
		return queue.ErrDayOver
	}
	reserved, err := d.Line.Reserved(r.Context(), id)
	if err != nil {
		return err
	}
	booked := slices.DeleteFunc(reserved, func(b queue.Reserved) bool { return b.ID.Day() != day || b.Mark != mark })
	slices.SortStableFunc(booked, func(a, b queue.Reserved) int { return a.Issued.Compare(b.Issued) })
	answer.Day, answer.Tickets = string(day), v.Reserved(booked)
	return route.Encode(w, http.StatusOK, answer)
}

// cancelMarked is POST /v1/clinics/:clinic/marks/:mark/cancel.
func (d *Desk) cancelMarked(w http.ResponseWriter, r *http.Request) error {
	id, mark, a, err := d.markOf(r)
	if err != nil {
		return err
	}
	if a.Key == "" {
		return problem.Refuse("idempotency_key_required", "send an Idempotency-Key header")
	}
	var body wire.MarkedRequest
	if err := route.DecodeStrict(w, r, &body, maxMarked); err != nil {
		return err
	}
	if body.Until.IsZero() {
		return problem.Invalid("until", rule.Missing)
	}
	if len(body.Keep) > queue.MarkedKept {
		return problem.Invalid("keep", rule.TooMany, "count", len(body.Keep), "most", queue.MarkedKept)
	}
	day, err := route.DayField("day", body.Day)
	if err != nil {
		return err
	}
	of := queue.Marked{Mark: mark, Day: day, Until: body.Until}
	for i, text := range body.Keep {
		ticket, err := queue.ParseTicketID(text)
		if err != nil {
			return problem.Invalid(fmt.Sprintf("keep[%d]", i), problem.NotTicket, "value", text)
		}
		of.Keep = append(of.Keep, ticket)
	}
	n, err := d.Line.CancelMarked(r.Context(), id, of, a)
	d.Clinics.Touch(id) // some may be cancelled all the same
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.MarkedCancelled{Cancelled: n})
}

// maxMarked is in bytes: a thousand ids of tickets.
const maxMarked = 64 << 10

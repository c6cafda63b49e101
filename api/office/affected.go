package office

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// affected lists the live tickets that lose all or part of their session when the
// record next replaces c. It also names the list: another list has another
// name, and an empty one has none. A list of tickets of a service that changes its
// mode has none either: the desk cannot accept it.
func (o *Office) affected(ctx context.Context, c, next clinic.Clinic) (list []queue.Reserved, name string, err error) {
	snap, err := o.Line.Snapshot(ctx, c.ID)
	if err != nil {
		return nil, "", err
	}
	reserved, err := o.Line.Reserved(ctx, c.ID)
	if err != nil {
		return nil, "", err
	}
	live := append(snap.Live(), reserved...)
	if list = inAnotherMode(c, next, snap, live); len(list) > 0 {
		return list, "", nil
	}
	if list, err = queue.Affected(c, next, live); err != nil || len(list) == 0 {
		return nil, "", err
	}
	sum := sha256.New()
	for _, t := range list {
		sum.Write([]byte(t.ID + "\n"))
	}
	return list, base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:16]), nil
}

// accepted refuses a record with affected tickets, unless the desk names the list
// that it has seen. Nothing is cancelled: the desk calls the patients.
func (o *Office) accepted(ctx context.Context, now, next clinic.Clinic, seen string) error {
	list, name, err := o.affected(ctx, now, next)
	switch {
	case err != nil || len(list) == 0:
		return err
	case name == "":
		return problem.Refuse("bookings_affected", "the mode cannot change while the service has %d live tickets; POST the same settings to …/affected to list them", len(list))
	case name == seen:
		return nil
	}
	return problem.Refuse("bookings_affected", "%d live tickets would lose all or part of their session; POST the same timetable to …/affected to list them", len(list))
}

// inAnotherMode returns the live tickets of services that change their mode, called and
// lost ones too, and those of other services that stand in such a line. A line in slot mode has no place for a ticket without a slot, and the
// reverse.
func inAnotherMode(c, next clinic.Clinic, snap *queue.Snapshot, live []queue.Reserved) []queue.Reserved {
	changes := func(service string) bool {
		was, _ := c.Service(service)
		now, ok := next.Service(service)
		return ok && now.Mode != was.Mode
	}
	var list []queue.Reserved
	for i := range snap.Lines {
		for _, t := range slices.Concat(snap.Lines[i].Open, snap.Lines[i].Lost) {
			live = append(live, queue.Reserved{Ticket: t, Patient: snap.Patients[t.ID], Cut: snap.Cuts[t.ID]})
		}
	}
	for _, t := range live {
		if changes(t.ID.Ref().Service) || changes(t.Line) {
			list = append(list, t)
		}
	}
	return list
}

// showAffected is POST …/affected: the tickets of the part in the request.
func (p part[T]) showAffected(w http.ResponseWriter, r *http.Request) error {
	n, err := p.next(w, r)
	if err != nil {
		return err
	}
	v, err := p.Clinics.ViewClinic(r.Context(), n.of.Clinic)
	if err != nil {
		return err
	}
	list, name, err := p.affected(r.Context(), n.now, n.next)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.Affected{Affected: name, Tickets: v.Reserved(list)})
}

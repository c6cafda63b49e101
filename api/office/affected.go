package office

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// affected lists the live tickets that lose all or part of their session when the
// record next replaces c. It also names the list: another list has another
// name, and an empty one has none.
func (o *Office) affected(ctx context.Context, c, next clinic.Clinic) (list []queue.Reserved, name string, err error) {
	snap, err := o.Line.Snapshot(ctx, c.ID)
	if err != nil {
		return nil, "", err
	}
	reserved, err := o.Line.Reserved(ctx, c.ID)
	if err != nil {
		return nil, "", err
	}
	if list, err = queue.Affected(c, next, append(snap.Live(), reserved...)); err != nil || len(list) == 0 {
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
func (o *Office) accepted(ctx context.Context, now, next clinic.Clinic, body wire.Timetable) error {
	list, name, err := o.affected(ctx, now, next)
	if err != nil || name == body.Affected || len(list) == 0 {
		return err
	}
	return problem.Refuse("bookings_affected", "%d live tickets would lose all or part of their session; POST the same timetable to …/affected to list them", len(list))
}

// showAffected is POST …/timetable/affected: those of the timetable in the request.
func (o *Office) showAffected(of admin) route.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		n, err := o.timetable(of).next(w, r)
		if err != nil {
			return err
		}
		v, err := o.Clinics.ViewClinic(r.Context(), n.of.Clinic)
		if err != nil {
			return err
		}
		list, name, err := o.affected(r.Context(), n.now, n.next)
		if err != nil {
			return err
		}
		return route.Encode(w, http.StatusOK, wire.Affected{Affected: name, Tickets: v.Reserved(list)})
	}
}

package desk

import (
	"net/http"

	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
)

// showBookings is GET /v1/clinics/:clinic/bookings, for the clinic's desk.
func (d *Desk) showBookings(w http.ResponseWriter, r *http.Request) error {
	id, _, err := d.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	v, err := d.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	reserved, err := d.Line.Reserved(r.Context(), id)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.Bookings{Tickets: v.Reserved(reserved), Marks: view.BookedMarks(reserved)})
}

// showMissing is GET /v1/clinics/:clinic/missing, for the clinic's desk.
func (d *Desk) showMissing(w http.ResponseWriter, r *http.Request) error {
	id, _, err := d.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	v, err := d.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	lost, err := d.Tickets.Missing(r.Context(), id, v.Today())
	if err != nil {
		return err
	}
	tickets := v.Reserved(lost)
	for i := range tickets {
		tickets[i].Acts = []string{string(queue.Restore)}
	}
	return route.Encode(w, http.StatusOK, wire.MissingBookings{Tickets: tickets})
}

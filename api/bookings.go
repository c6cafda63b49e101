package api

import (
	"net/http"

	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
)

// showBookings is GET /v1/clinics/:clinic/bookings, for the clinic's desk.
func (d *Desk) showBookings(w http.ResponseWriter, r *http.Request) error {
	id, _, err := d.logins.AtClinic(r)
	if err != nil {
		return err
	}
	v, err := d.clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	reserved, err := d.line.Reserved(r.Context(), id)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, wire.Bookings{Tickets: v.Reserved(reserved), Marks: view.BookedMarks(reserved)})
}

package desk

import (
	"net/http"

	"junban/api/route"
)

// showSlots is GET /v1/services/:service/slots?from=&to=: the seats of each slot, for a
// desk that looks for a free one. The desk also books days beyond those of the web: they
// are closed and have slots (L03). In order mode no day has slots.
func (d *Desk) showSlots(w http.ResponseWriter, r *http.Request) error {
	ref, _, err := d.Logins.AtService(r, false)
	if err != nil {
		return err
	}
	v, svc, err := d.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	from, to, _, err := route.DayRange(r, v.Today(), svc.Booking.Days)
	if err != nil {
		return err
	}
	days, err := d.Clinics.DeskDays(r.Context(), ref, from, to)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, v.DeskDays(days))
}

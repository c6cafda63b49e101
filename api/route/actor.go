package route

import "junban/queue/clinic"

// The kinds of actors that act through the API.
const (
	ByWeb   = "web"   // a patient
	ByStaff = "staff" // a user at the desk or in the office
)

// UserOf is who it was, "" for anyone but the desk.
func UserOf(a clinic.Actor) string {
	if a.Kind == ByStaff {
		return a.Name
	}
	return ""
}

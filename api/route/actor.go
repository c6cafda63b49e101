package route

import (
	"junban/queue"
	"junban/queue/clinic"
)

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

// WebAct is an act of a patient. Its key is apart from those of the desk. For an act on
// a ticket, it is also apart from those of other tickets. of is the ticket, or "".
func WebAct(key string, of queue.TicketID) queue.Act {
	if key != "" && of != "" {
		key = string(of) + " " + key
	}
	if key != "" {
		key = ByWeb + " " + key
	}
	return queue.Act{Key: key, By: clinic.Actor{Kind: ByWeb}}
}

package login

import (
	"net/http"
	"strings"

	"junban/api/route"
	"junban/queue"
	"junban/queue/clinic"
)

// maxDevice is how much of a browser's name stands in the day's log, in bytes.
const maxDevice = 100

// Act is an act of the desk. Its key is apart from those of patients and of other
// users. A key has no space, so no user's name can imitate another.
func Act(r *http.Request, desk Login, key string) queue.Act {
	if key != "" {
		key = route.ByStaff + " " + desk.user + " " + key
	}
	device := strings.ToValidUTF8(r.UserAgent()[:min(len(r.UserAgent()), maxDevice)], "")
	return queue.Act{Key: key, By: clinic.Actor{Kind: route.ByStaff, Name: desk.user, Device: device}}
}

// WebAct is an act of a patient. Its key is apart from those of the desk. For an act on
// a ticket, it is also apart from those of other tickets. of is the ticket, or "".
func WebAct(key string, of queue.TicketID) queue.Act {
	if key != "" && of != "" {
		key = string(of) + " " + key
	}
	if key != "" {
		key = route.ByWeb + " " + key
	}
	return queue.Act{Key: key, By: clinic.Actor{Kind: route.ByWeb}}
}

// AtService returns the service of the path and the act of its desk. It checks first
// that the login is of its clinic.
func (ls *Logins) AtService(r *http.Request, keyNeeded bool) (clinic.Ref, queue.Act, error) {
	ref, malformed := clinic.ParseRef(r.PathValue("service"))
	desk, err := ls.Of(r)
	switch {
	case err != nil:
		return clinic.Ref{}, queue.Act{}, err
	case malformed != nil:
		return clinic.Ref{}, queue.Act{}, malformed
	}
	if err := desk.Of(ref.Clinic); err != nil {
		return clinic.Ref{}, queue.Act{}, err
	}
	key, err := route.IdempotencyKey(r, keyNeeded)
	if err != nil {
		return clinic.Ref{}, queue.Act{}, err
	}
	return ref, Act(r, desk, key), nil
}

// AtClinic returns the clinic of the path and the act of its desk. It checks first that
// the login is of that clinic.
func (ls *Logins) AtClinic(r *http.Request) (clinic.ID, queue.Act, error) {
	id, malformed := clinic.ParseID(r.PathValue("clinic"))
	desk, err := ls.Of(r)
	switch {
	case err != nil:
		return "", queue.Act{}, err
	case malformed != nil:
		return "", queue.Act{}, malformed
	}
	if err := desk.Of(id); err != nil {
		return "", queue.Act{}, err
	}
	key, err := route.IdempotencyKey(r, false)
	return id, Act(r, desk, key), err
}

// AdminAtClinic is deskAtClinic for what only an admin may do.
func (ls *Logins) AdminAtClinic(r *http.Request) (clinic.ID, queue.Act, error) {
	id, a, err := ls.AtClinic(r)
	if err != nil {
		return "", queue.Act{}, err
	}
	return id, a, ls.IsAdmin(r)
}

// AdminAtService is deskAtService for what only an admin may do.
func (ls *Logins) AdminAtService(r *http.Request) (clinic.Ref, queue.Act, error) {
	ref, a, err := ls.AtService(r, false)
	if err != nil {
		return clinic.Ref{}, queue.Act{}, err
	}
	return ref, a, ls.IsAdmin(r)
}

// IsAdmin refuses a login that is not of an admin.
func (ls *Logins) IsAdmin(r *http.Request) error {
	desk, err := ls.Of(r)
	if err != nil {
		return err
	}
	return desk.admin()
}

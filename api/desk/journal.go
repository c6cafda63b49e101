package desk

import (
	"cmp"
	"net/http"
	"strings"

	"junban/api/peer"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/ticket"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
)

// actsShown is how many acts one answer has.
const actsShown = 50

// showActs is GET /v1/clinics/:clinic/acts?day=&ticket=&tickets=&before=: the acts on
// the day's lines, with the actor of each.
func (d *Desk) showActs(w http.ResponseWriter, r *http.Request) error {
	id, _, err := d.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	v, err := d.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	ask := r.URL.Query()
	day, err := route.DayParameter(r, "day")
	if err != nil {
		return err
	}
	q := journal.Query{Before: ask.Get("before"), Most: actsShown}
	if q.Before != "" && !journal.ValidEntry(q.Before) {
		return problem.InvalidParameter("before", "is not the next value of an earlier response")
	}
	switch ask.Get("tickets") {
	case "", "true":
	case "false":
		q.Beside = true
	default:
		return problem.InvalidParameter("tickets", "is not true or false")
	}
	if text := ask.Get("ticket"); text != "" {
		if q.Beside {
			return problem.InvalidParameter("tickets", "cannot be false together with ticket")
		}
		if q.Ticket, err = queue.ParseTicketID(text); err != nil {
			return err
		}
		if q.Ticket.Ref().Clinic != id {
			return queue.ErrNoTicket
		}
		if day = cmp.Or(day, q.Ticket.Day()); day != q.Ticket.Day() {
			return problem.InvalidParameter("day", "is not the day of the ticket")
		}
	}
	day = cmp.Or(day, v.Today())
	page, err := d.Journal.Page(r.Context(), id, day, q)
	if err != nil {
		return err
	}
	answer := wire.Acts{Day: string(day), Acts: make([]wire.Act, len(page.Events)), Before: page.Before}
	for i, e := range page.Events {
		if answer.Acts[i], err = encodeAct(v, e, page.Numbers); err != nil {
			return err
		}
	}
	return route.Encode(w, http.StatusOK, answer)
}

// who is the kind of the actor: a person, or the program itself.
func who(a clinic.Actor) string {
	switch a.Kind {
	case route.ByStaff:
		return "desk"
	case route.ByWeb:
		return "patient"
	case "operator":
		return "operator"
	default:
		return "system"
	}
}

// encodeAct encodes an entry of the log.
func encodeAct(v view.View, e journal.Event, numbers map[queue.TicketID]int) (wire.Act, error) {
	w := wire.Act{At: v.At(e.At), Act: e.Act, Who: who(e.By), By: route.UserOf(e.By)}
	if e.By.Kind == route.ByStaff {
		_, w.Device, _ = strings.Cut(peer.Device(e.By.Device), "/")
	}
	id, ok := e.Ticket()
	if !ok {
		switch e.Act {
		case "duty":
			d := e.Duty()
			w.Room, w.After, w.Until = e.Object, string(d.State), v.AtIfAny(d.Until)
		case "cancel_marked":
			w.After = e.Is
		case "reception", "standing", "temporary":
			w.Service, w.After = clinic.Ref{Clinic: v.Clinic.ID, Service: e.Object}.String(), e.Is
		}
		return w, nil
	}
	d, err := e.Detail()
	if err != nil {
		return w, err
	}
	w.Ticket, w.Number, w.Service = string(id), numbers[id], id.Ref().String()
	w.State, w.Room, w.Reason, w.Inaccurate, w.Undone = string(d.State), d.Room, d.Reason, d.Inaccurate, string(d.Undone)
	if d.Line != "" {
		w.To = clinic.Ref{Clinic: v.Clinic.ID, Service: d.Line}.String()
	}
	if queue.ActKind(e.Act) == ticket.Arrive && d.Arrival {
		w.Presence = cmp.Or(string(d.Presence), "away")
	}
	return w, nil
}

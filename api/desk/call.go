package desk

import (
	"context"
	"net/http"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
)

// call is POST /v1/services/:service/call: the next ticket, or the one named.
func (d *Desk) call(w http.ResponseWriter, r *http.Request) error {
	ref, a, err := d.Logins.AtService(r, true)
	if err != nil {
		return err
	}
	var body wire.CallRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	room, err := route.Text("room", body.Room, route.MaxName, false)
	if err != nil {
		return err
	}
	if room == "" {
		return problem.Invalid("room", rule.Missing)
	}
	if a.Expect.Inside, err = inRoom(body.Current); err != nil {
		return err
	}
	if body.Ticket == "" {
		return d.Tickets.Act(w, r, ref, func(ctx context.Context) (queue.Ticket, error) {
			return d.Line.CallNext(ctx, ref, room, a)
		})
	}
	id, err := queue.ParseTicketID(body.Ticket)
	if err != nil {
		return err
	}
	if err := d.standsIn(r.Context(), id, ref); err != nil {
		return err
	}
	return d.Tickets.Act(w, r, ref, func(ctx context.Context) (queue.Ticket, error) {
		return d.Line.Call(ctx, id, room, a)
	})
}

// inRoom reads whom a client sees in a room.
func inRoom(current string) (queue.TicketID, error) {
	if current == "" || current == string(queue.Nobody) {
		return queue.TicketID(current), nil
	}
	id, err := queue.ParseTicketID(current)
	if err != nil {
		return "", problem.Invalid("current", problem.NotTicket, "value", current)
	}
	return id, nil
}

// standsIn refuses a ticket that does not stand in the line of that service. One
// of the service's own numbers is taken as read: the line decides by where it stands.
func (d *Desk) standsIn(ctx context.Context, id queue.TicketID, ref clinic.Ref) error {
	if id.Ref() == ref {
		return nil
	}
	if id.Ref().Clinic != ref.Clinic {
		return queue.ErrNoTicket
	}
	t, err := d.Line.Ticket(ctx, id)
	if err == nil && t.Line != ref.Service {
		err = queue.ErrNoTicket
	}
	return err
}

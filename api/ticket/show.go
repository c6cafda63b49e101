package ticket

import (
	"context"
	"errors"
	"net/http"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// showTicket is GET /v1/tickets/:ticket, for its owner and its clinic's desk.
func (ts *Tickets) showTicket(w http.ResponseWriter, r *http.Request) error {
	id, err := queue.ParseTicketID(r.PathValue("ticket"))
	if err != nil {
		return err
	}
	to, err := ts.readerOf(r, id)
	if err != nil {
		return err
	}
	snap, v, err := ts.Clinics.Snapshot(r.Context(), id.Ref().Clinic)
	if errors.Is(err, clinic.ErrNoClinic) {
		return queue.ErrNoTicket
	}
	if err != nil {
		return err
	}
	encoded, ok := v.FindTicket(snap, id, to)
	if !ok {
		t, err := ts.ofOwner(r, id, func(ctx context.Context) (queue.Ticket, error) { return ts.Line.Ticket(ctx, id) })
		if err != nil {
			return err
		}
		encoded = v.Past(snap.Day, t)
	}
	return route.Encode(w, http.StatusOK, wire.TicketAnswer{Ticket: encoded})
}

// showTicketCode is GET /v1/tickets/:ticket/code: the link to the owner's page, with
// the token, for another phone to scan.
func (ts *Tickets) showTicketCode(w http.ResponseWriter, r *http.Request) error {
	id, err := queue.ParseTicketID(r.PathValue("ticket"))
	if err != nil {
		return err
	}
	token, owner := route.Bearer(r)
	if !owner {
		return problem.Refuse("token_required", "send the ticket's token as Authorization: Bearer <token>")
	}
	if !ts.Keys.Owns(id, token) {
		return problem.Refuse("token_wrong", "the token does not belong to this ticket")
	}
	drawn, err := view.QrCode(ts.Peers.Origin(r) + "/s/" + id.Ref().String() + "#" + string(id) + "." + token)
	if err != nil {
		return err
	}
	return route.Encode(w, http.StatusOK, drawn)
}

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
	answer := wire.TicketAnswer{Ticket: encoded}
	if token, owner := route.Bearer(r); owner && encoded.MovedTo != "" {
		if answer.Moved, err = ts.moved(r.Context(), id, token, queue.TicketID(encoded.MovedTo)); err != nil {
			return err
		}
	}
	return route.Encode(w, http.StatusOK, answer)
}

// movesFollowed is how many moves of one booking the old link follows at most.
const movesFollowed = 50

// moved returns the newest of the tickets that replaced one another, with a token of its
// own, for the owner of the first. Nil: it is not kept any more.
func (ts *Tickets) moved(ctx context.Context, from queue.TicketID, token string, to queue.TicketID) (*wire.Moved, error) {
	t, err := ts.Line.Ticket(ctx, to)
	for n := 0; err == nil && t.MovedTo != "" && n < movesFollowed; n++ {
		t, err = ts.Line.Ticket(ctx, t.MovedTo)
	}
	if errors.Is(err, queue.ErrNoTicket) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	own, err := ts.Keys.MovedToken(from, token, t)
	return &wire.Moved{ID: string(t.ID), Token: own}, err
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

package live

import (
	"context"
	"log/slog"

	"junban/queue"
)

// maxClaims is the largest number of claims kept for a clinic. Each is of a watched
// ticket that the clinic's snapshot does not show.
const maxClaims = 10_000

// Claim keeps what a watcher's token proves, for the case that Redis has lost the
// ticket. A ticket that the snapshot in memory shows is not lost.
func (cs *Clinics) Claim(id queue.TicketID, c queue.Claim) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	st := cs.use(id.Ref().Clinic)
	if f := st.follower; f != nil && f.snap != nil {
		if _, _, _, _, shown := f.snap.Find(id); shown {
			return
		}
	}
	if st.claims == nil || len(st.claims) >= maxClaims { // of watches that were refused after their token was read
		st.claims = map[queue.TicketID]queue.Claim{}
	}
	st.claims[id] = c
}

// claimed returns a kept claim and forgets it.
func (cs *Clinics) claimed(id queue.TicketID) (queue.Claim, bool) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	st := cs.use(id.Ref().Clinic)
	c, ok := st.claims[id]
	delete(st.claims, id)
	return c, ok
}

// FileLost files a lost ticket once, so that its desk sees it, and reports it to the
// operator.
func (cs *Clinics) FileLost(ctx context.Context, id queue.TicketID, c queue.Claim) (queue.Ticket, error) {
	t, err := cs.line.FileLost(ctx, id, c)
	if err != nil {
		return t, err
	}
	cs.Touch(id.Ref().Clinic)
	if t.State == queue.Lost {
		cs.lostTickets.Inc()
		cs.log.LogAttrs(ctx, slog.LevelWarn, "a ticket that redis has lost is filed for its desk", slog.String("ticket", string(id)), slog.Int("number", t.Number))
	}
	return t, nil
}

package api

import (
	"context"
	"log/slog"

	"junban/queue"
)

// maxClaims is how many claims are kept at most: each is of a watched ticket that
// its clinic's snapshot does not show.
const maxClaims = 10_000

// claim keeps what a watcher's token proves, for the case that Redis has lost the
// ticket. A ticket that the snapshot in memory shows is not lost.
func (s *source) claim(id queue.TicketID, c queue.Claim) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f, ok := s.clinics[id.Ref().Clinic]; ok && f.snap != nil {
		if _, _, _, _, shown := f.snap.Find(id); shown {
			return
		}
	}
	if len(s.claims) >= maxClaims { // of watches that were refused after their token was read
		clear(s.claims)
	}
	s.claims[id] = c
}

// claimed returns a kept claim and forgets it.
func (s *source) claimed(id queue.TicketID) (queue.Claim, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.claims[id]
	delete(s.claims, id)
	return c, ok
}

// fileLost files a lost ticket, once for its desk to see, and says so to the
// operator.
func (s *source) fileLost(ctx context.Context, id queue.TicketID, c queue.Claim) (queue.Ticket, error) {
	t, err := s.patients.FileLost(ctx, id, c)
	if err != nil {
		return t, err
	}
	s.touch(id.Ref().Clinic)
	if t.State == queue.Lost {
		s.metrics.lostTickets.Inc()
		s.log.LogAttrs(ctx, slog.LevelWarn, "a ticket that redis has lost is filed for its desk", slog.String("ticket", string(id)), slog.Int("number", t.Number))
	}
	return t, nil
}

package api

import (
	"net/http"
	"sync"
	"time"
)

// What one household may do in a window. A clinic's patients behind one address
// of their provider are many; a script is more.
const (
	limitWindow = 10 * time.Minute
	webTickets  = 60  // receptions from the web
	lookUps     = 120 // questions for a number or a phone number
	arrivals    = 120 // word of owners that they are here, or out
)

// limiter counts what each household did in the window that runs. It is a fence
// against scripts on this node, not a quota: the counts are of one node, and
// begin anew with each window. Safe for concurrent use.
type limiter struct {
	most int

	mu    sync.Mutex
	began time.Time
	seen  map[string]int
}

// households bounds the memory of a window; beyond it everybody waits.
const households = 1 << 18

// allow counts one and reports whether it was within the limit.
func (l *limiter) allow(who string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.seen == nil || now.Sub(l.began) > limitWindow {
		l.began, l.seen = now, map[string]int{}
	}
	if _, known := l.seen[who]; !known && len(l.seen) >= households {
		return false
	}
	l.seen[who]++
	return l.seen[who] <= l.most
}

// exceeded reports whether somebody is beyond the limit already, and counts nothing.
func (l *limiter) exceeded(who string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Since(l.began) <= limitWindow && l.seen[who] >= l.most
}

// within refuses a household that did too much. This machine itself is never
// refused: what comes from it is a proxy that nobody named, and behind that
// everybody is.
func (s *Server) within(l *limiter, r *http.Request) error {
	peer := s.peer(r)
	if peer.IsLoopback() || l.allow(household(peer)) {
		return nil
	}
	return refusal{code: "too_many_requests", detail: "too many from this address; call the clinic, or wait some minutes", after: limitWindow}
}

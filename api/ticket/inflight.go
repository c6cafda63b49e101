package ticket

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"junban/api/problem"
)

// A request for a number takes its token before the number is asked for, and gives it back
// if that is refused. When a day in slot mode opens, hundreds of patients behind one
// address hold tokens at once, and almost all come back. So a patient who finds none
// must not be sent away for an hour.

// inFlight counts the requests in progress that may hold a token, by network prefix and
// clinic. The zero value is ready. It is safe for concurrent use.
type inFlight struct {
	mu sync.Mutex
	of map[string]*holders // guarded by mu
}

// holders are the requests of one prefix.
type holders struct {
	now     int // in progress
	entered int // since there were none
}

// enter counts a request until leave is called. others reports whether another request was
// in progress at any time since.
func (f *inFlight) enter(prefix string) (leave func(), others func() bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.of[prefix]
	if h == nil {
		if f.of == nil {
			f.of = map[string]*holders{}
		}
		h = &holders{}
		f.of[prefix] = h
	}
	h.now++
	h.entered++
	before, entered := h.now, h.entered
	leave = func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if h.now--; h.now == 0 {
			delete(f.of, prefix)
		}
	}
	others = func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return before > 1 || h.entered > entered
	}
	return leave, others
}

// longWait is a wait that is longer than other requests take.
const longWait = 10 * time.Second

// sooner returns the refusal of a limit with a short wait if others may give their tokens
// back.
func sooner(err error, others bool) error {
	var p problem.Problem
	if !others || !errors.As(err, &p) || p.After <= longWait {
		return err
	}
	p.After = problem.Soon()
	p.Detail = fmt.Sprintf("many requests from your network are in progress; try again in %d s, or call the clinic", int(math.Ceil(p.After.Seconds())))
	return p
}

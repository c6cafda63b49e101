package feed

import (
	"context"
	"math/rand/v2"
	"time"

	"junban/queue"
)

// check compares what the followers have emitted with Redis, every [tick]: all of them in
// one round trip.
func (f *Feed) check(ctx context.Context) {
	for wait := tick; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = tick - rand.N(tick/8)
		if !f.checkOnce(ctx) {
			wait = retryAfter
		}
	}
}

// checkOnce reports whether Redis answered for every clinic.
func (f *Feed) checkOnce(ctx context.Context) (answered bool) {
	var followers []*follower
	var shown []*queue.Snapshot
	for _, me := range f.all() {
		if s := me.toCheck(); s != nil {
			followers, shown = append(followers, me), append(shown, s)
		}
	}
	if len(shown) == 0 {
		return true
	}
	begun := time.Now()
	limited, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	answered = true
	for i, c := range f.line.Newest(limited, shown) {
		answered = answered && c.Err == nil
		followers[i].report(checked{c, shown[i], begun})
	}
	return answered
}

package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"junban/account"
	"junban/queue/clinic"
)

// recheck is how often a session that watches is looked up again: a logout on
// another node, or an account that was removed, ends its streams by then.
const recheck = 30 * time.Second

// streams holds, for each session that watches its clinic's desk, the context that
// its streams end with: names are not sent on after a logout.
type streams struct {
	accounts Accounts

	mu    sync.Mutex
	ends  map[string]*liveSession // by the session's hash
	wg    sync.WaitGroup
	close context.CancelFunc
	all   context.Context
}

type liveSession struct {
	of  session
	ctx context.Context
	end context.CancelFunc
}

func newStreams(a Accounts) *streams {
	l := &streams{accounts: a, ends: map[string]*liveSession{}}
	l.all, l.close = context.WithCancel(context.Background())
	return l
}

// of returns what is done when the session is over: logged out, expired, or its
// account removed.
func (l *streams) of(s session) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.ends[s.hash]; ok {
		return known.ctx
	}
	ctx, end := context.WithDeadline(l.all, s.expires)
	own := &liveSession{s, ctx, end}
	l.ends[s.hash] = own
	l.wg.Go(func() { l.watch(own) })
	return ctx
}

// watch looks the session up again and again until it is over.
func (l *streams) watch(own *liveSession) {
	ctx, s := own.ctx, own.of
	defer l.endOne(own)
	ticker := time.NewTicker(recheck)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		// A Redis that cannot be asked ends nobody's session.
		if _, _, err := l.accounts.Login(ctx, s.clinic, s.hash); errors.Is(err, account.ErrNoLogin) || errors.Is(err, clinic.ErrNoClinic) {
			return
		}
	}
}

// endOne ends the streams that own was made for, and no newer ones of the same
// session (R5).
func (l *streams) endOne(own *liveSession) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own.end()
	if l.ends[own.of.hash] == own {
		delete(l.ends, own.of.hash)
	}
}

// end ends the streams of a session, if it has any.
func (l *streams) end(hash string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.ends[hash]; ok {
		known.end()
		delete(l.ends, hash)
	}
}

// endOf ends the streams of all sessions of a user.
func (l *streams) endOf(c clinic.ID, user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for hash, known := range l.ends {
		if known.of.clinic == c && known.of.user == user {
			known.end()
			delete(l.ends, hash)
		}
	}
}

// stop ends all and waits.
func (l *streams) stop() {
	l.close()
	l.wg.Wait()
}

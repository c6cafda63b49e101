package login

import (
	"context"
	"errors"
	"sync"
	"time"

	"junban/account"
	"junban/queue/clinic"
)

// recheck is how often the login of a stream is looked up again. A logout on another
// node, or a removed account, ends its streams by then.
const recheck = 30 * time.Second

// streams holds the context of each login that watches its clinic's desk. Its streams
// end with that context, so no names are sent after a logout.
type streams struct {
	accounts Accounts

	mu    sync.Mutex
	ends  map[string]*liveLogin // by the login's hash
	wg    sync.WaitGroup
	close context.CancelFunc
	all   context.Context
}

type liveLogin struct {
	of  Login
	ctx context.Context
	end context.CancelFunc
}

func newStreams(a Accounts) *streams {
	l := &streams{accounts: a, ends: map[string]*liveLogin{}}
	l.all, l.close = context.WithCancel(context.Background())
	return l
}

// of returns what is done when the login is over: logged out, expired, or its
// account removed.
func (l *streams) of(s Login) context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.ends[s.Hash]; ok {
		return known.ctx
	}
	ctx, end := context.WithDeadline(l.all, s.expires)
	own := &liveLogin{s, ctx, end}
	l.ends[s.Hash] = own
	l.wg.Go(func() { l.watch(own) })
	return ctx
}

// watch looks the login up again and again until it is over.
func (l *streams) watch(own *liveLogin) {
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
		// An unavailable Redis ends no login.
		if _, _, err := l.accounts.Login(ctx, s.Clinic, s.Hash); errors.Is(err, account.ErrNoLogin) || errors.Is(err, clinic.ErrNoClinic) {
			return
		}
	}
}

// endOne ends the streams that own was made for, and no newer ones of the same
// login.
func (l *streams) endOne(own *liveLogin) {
	l.mu.Lock()
	defer l.mu.Unlock()
	own.end()
	if l.ends[own.of.Hash] == own {
		delete(l.ends, own.of.Hash)
	}
}

// end ends the streams of a login, if it has any.
func (l *streams) end(hash string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.ends[hash]; ok {
		known.end()
		delete(l.ends, hash)
	}
}

// endOf ends the streams of all logins of a user.
func (l *streams) endOf(c clinic.ID, user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for hash, known := range l.ends {
		if known.of.Clinic == c && known.of.user == user {
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

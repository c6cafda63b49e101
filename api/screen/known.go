package screen

import (
	"context"
	"time"

	"junban/queue/clinic"
)

type foundScreen struct {
	clinic clinic.ID
	at     time.Time
}

// Has reports whether the token is of a screen of the clinic.
func (ss *Screens) Has(ctx context.Context, c clinic.ID, hash string) bool {
	ss.mu.Lock()
	f := ss.found[hash]
	ss.mu.Unlock()
	if f.clinic == c && time.Since(f.at) < screenAge {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, screenWait)
	defer cancel()
	if _, err := ss.Devices.Screen(ctx, c, hash); err != nil {
		return false
	}
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.found == nil || len(ss.found) >= screensKept {
		ss.found = map[string]foundScreen{}
	}
	ss.found[hash] = foundScreen{c, time.Now()}
	return true
}

// forget forgets a screen that was removed, on this node.
func (ss *Screens) forget(hash string) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	delete(ss.found, hash)
}

const (
	screenAge   = 5 * time.Minute
	screensKept = 4096
	screenWait  = 2 * time.Second // for Redis: without it, the screen is counted as a stranger
)

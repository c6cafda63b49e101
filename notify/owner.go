package notify

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"junban/queue/clinic"
)

const (
	sweepEvery = 5 * time.Second  // how often all clinics are looked at
	ownFor     = 15 * time.Second // how long an owner that does not renew keeps a clinic
	askWithin  = 5 * time.Second  // bounds a sweep
)

// own keeps this node the owner of the clinics that have something due and no other
// owner. Each is looked after by a goroutine of its own.
func (n *Notifier) own(ctx context.Context, parts *sync.WaitGroup) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := n.sweepAll(ctx, parts); err != nil && ctx.Err() == nil {
			n.metrics.failed.Inc()
			n.Log.Warn("looking for notices that are due", "error", err)
		}
		select {
		case <-ctx.Done():
			n.giveUp(context.WithoutCancel(ctx))
			return
		case <-tick.C:
		case <-n.sweep:
			n.ownPoked(ctx, parts)
		}
	}
}

// sweepAll finds the clinics that have something due, however far ahead, and owns them.
func (n *Notifier) sweepAll(ctx context.Context, parts *sync.WaitGroup) error {
	ctx2, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	began := n.Line.Now()
	redis, err := n.Outbox.Time(ctx2)
	if err != nil {
		return err
	}
	// Half the way there and back: the clocks of a node and of Redis may differ by seconds.
	n.ahead.Store(int64(redis.Sub(began.Add(n.Line.Now().Sub(began) / 2))))
	ids, err := n.Line.ClinicIDs(ctx2)
	if err != nil {
		return err
	}
	due, err := n.Outbox.Due(ctx2, ids)
	if err != nil {
		return err
	}
	n.metrics.noteDue(due, n.now())
	want := slices.Collect(maps.Keys(due))
	mine, err := n.Outbox.Own(ctx2, want, n.Node, ownFor)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for c, o := range n.owned {
		if !mine[c] {
			o.stop()
			delete(n.owned, c)
		}
	}
	for c, is := range mine {
		if is {
			n.start(ctx, parts, c, due[c])
		}
	}
	return nil
}

// ownPoked owns the clinics that were poked, where they have no owner.
func (n *Notifier) ownPoked(ctx context.Context, parts *sync.WaitGroup) {
	n.mu.Lock()
	ids := slices.Collect(maps.Keys(n.poked))
	clear(n.poked)
	n.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	limited, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	mine, err := n.Outbox.Own(limited, ids, n.Node, ownFor)
	if err != nil {
		return // the sweep finds them
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for c, is := range mine {
		if is {
			n.start(ctx, parts, c, n.now())
		}
	}
}

// start looks after a clinic, or passes on when it is due. The caller holds mu.
func (n *Notifier) start(ctx context.Context, parts *sync.WaitGroup, c clinic.ID, due time.Time) {
	if o := n.owned[c]; o != nil {
		o.dueAt(due)
		return
	}
	o := newOwned(ctx, n, c)
	n.owned[c] = o
	parts.Go(o.run)
}

// forget notes that nothing looks after a clinic any more. One with the same id can be
// owned at once.
func (n *Notifier) forget(o *owned) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.owned[o.id] == o {
		delete(n.owned, o.id)
	}
}

// giveUp ends the ownership of all clinics, so that another node need not wait for its end.
func (n *Notifier) giveUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	n.mu.Lock()
	ids := slices.Collect(maps.Keys(n.owned))
	for _, o := range n.owned {
		o.stop()
	}
	clear(n.owned)
	n.mu.Unlock()
	if err := n.Outbox.Release(ctx, ids, n.Node); err != nil {
		n.Log.Warn("giving up clinics: other nodes take them when the ownership ends", "error", err)
	}
}

// listen receives the clinics whose outbox has something new. After messages may have
// been lost, it wakes all owned clinics; the sweep finds the others.
func (n *Notifier) listen(ctx context.Context) {
	for ctx.Err() == nil {
		err := n.Outbox.Listen(ctx, n.poke, func() {
			n.mu.Lock()
			defer n.mu.Unlock()
			for _, o := range n.owned {
				o.pokeAll()
			}
		})
		if ctx.Err() == nil {
			n.Log.Warn("listening for notices", "error", err)
			pause(ctx, time.Second)
		}
	}
}

// poke wakes the clinic's goroutine, or asks for the ownership of it. The day has new
// wants; "": none has.
func (n *Notifier) poke(c clinic.ID, d clinic.Day) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if o := n.owned[c]; o != nil {
		o.poke(d)
		return
	}
	n.poked[c] = true
	select {
	case n.sweep <- struct{}{}:
	default:
	}
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

package notify

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// failing is a line that answers with an error, and counts how often it was asked.
type failing struct {
	Line
	err   error
	asked atomic.Int32
}

// Clinic fails.
func (f *failing) Clinic(context.Context, clinic.ID) (clinic.Clinic, error) {
	f.asked.Add(1)
	return clinic.Clinic{}, f.err
}

// Now returns the time of the test.
func (f *failing) Now() time.Time { return time.Now() }

// silent is a feed without snapshots.
type silent struct{}

// Follow waits.
func (silent) Follow(ctx context.Context, _ clinic.ID, _ queue.Watcher) error {
	<-ctx.Done()
	return nil
}

func TestOwned_WaitsAfterAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		line := &failing{err: errors.New("Redis is away")}
		n := &Notifier{Options: Options{Line: line, Feed: silent{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}}
		n.metrics = newMetrics(n)
		ctx, cancel := context.WithCancel(t.Context())
		o := newOwned(ctx, n, "1234")
		go o.run()
		for range 100 {
			o.poke("")
			time.Sleep(100 * time.Millisecond)
		}
		cancel()
		synctest.Wait()
		if asked := line.asked.Load(); asked < 5 || asked > 11 {
			t.Errorf("in ten seconds of failures it asked %d times", asked)
		}
		if m := o.messagesNow(); !m.all || !m.poked || !m.others {
			t.Errorf("after a failure it does not read everything again: %+v", m)
		}
	})
}

func TestOwned_EndsWithItsClinic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		line := &failing{err: clinic.ErrNoClinic}
		n := &Notifier{Options: Options{Line: line, Feed: silent{}, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}, owned: map[clinic.ID]*owned{}}
		n.metrics = newMetrics(n)
		o := newOwned(t.Context(), n, "1234")
		n.owned["1234"] = o
		o.run() // it returns
		if asked := line.asked.Load(); asked != 1 || n.owned["1234"] != nil {
			t.Errorf("it asked %d times, owned are %v", asked, n.owned)
		}
	})
}

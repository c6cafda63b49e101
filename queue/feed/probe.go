package feed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"junban/queue"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

const (
	probeEvery = time.Second
	// probeTimeout is how long a subscription without probes is kept. The library
	// never notices a connection that is half open, or to the wrong node.
	probeTimeout = 3 * time.Second
)

// ErrNoProbes is the state of a feed that has received none of its probes for
// probeTimeout.
var ErrNoProbes = errors.New("the subscription receives no probes")

// ErrNoWrites is the state of a feed whose Redis accepted no write for
// [queue.StaleAfter], or lacks [queue.Options].MinReplicas.
var ErrNoWrites = errors.New("redis takes or confirms no writes")

// probe is what the node knows of its own subscription.
type probe struct {
	channel string
	seconds prometheus.Histogram
	newest  prometheus.GaugeFunc

	mu    sync.Mutex
	sent  map[string]time.Time // guarded by mu
	heard time.Time            // when the newest probe came back
	rtt   time.Duration        // of that one
}

func (p *probe) init() {
	p.channel = "junban:probe:" + rand.Text()
	p.sent = map[string]time.Time{}
	p.seconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "junban_feed_probe_seconds",
		Help:    "Round trip of the probe that a node publishes to its own subscription.",
		Buckets: []float64{.0005, .001, .002, .005, .01, .05, .1, .5, 1, 2, 5},
	})
	p.newest = prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "junban_feed_heard_timestamp_seconds",
		Help: "Unix time of the newest probe that returned. Later changes may not have reached this node.",
	}, p.lastHeard)
}

// lastHeard is when the newest probe came back, in seconds since 1970; 0 before.
func (p *probe) lastHeard() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.heard.IsZero() {
		return 0
	}
	return float64(p.heard.UnixMilli()) / 1000
}

// Probe returns the round trip of the newest probe and when it came back. The
// error is [ErrNoProbes] when that is too long ago: then this node may miss changes. It
// is [ErrNoWrites] when probes come back, but no write is confirmed.
func (f *Feed) Probe() (rtt time.Duration, at time.Time, err error) {
	p := &f.probe
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.heard) > probeTimeout {
		return p.rtt, p.heard, ErrNoProbes
	}
	if time.Since(f.line.LastConfirmed()) > queue.StaleAfter {
		return p.rtt, p.heard, ErrNoWrites
	}
	return p.rtt, p.heard, nil
}

// Run holds the node's one subscription until ctx ends, and checks every [tick] what was
// emitted. It owns the receive loop: every (re)subscription means that messages may have
// been lost, and silence means a new connection.
func (f *Feed) Run(ctx context.Context) error {
	var sending sync.WaitGroup
	sending.Go(func() { f.sendProbes(ctx) })
	sending.Go(func() { f.sendWrites(ctx) })
	sending.Go(func() { f.check(ctx) })
	defer sending.Wait()
	for ctx.Err() == nil {
		reason := f.listen(ctx)
		if ctx.Err() != nil {
			break
		}
		f.log.Warn("subscribing again", "reason", reason)
		f.resync(reason)
		select {
		case <-ctx.Done():
		case <-time.After(retryAfter):
		}
	}
	return nil
}

// listen serves one subscription, and returns why it gave it up.
func (f *Feed) listen(ctx context.Context) (reason string) {
	sub := f.subscribe(ctx, queue.PokeChannel, f.probe.channel)
	defer sub.Close()
	begun := time.Now()
	for {
		message, err := sub.ReceiveTimeout(ctx, probeEvery)
		var timeout net.Error
		switch {
		case ctx.Err() != nil:
			return "closed"
		case errors.As(err, &timeout) && timeout.Timeout():
		case err != nil:
			return "error"
		}
		switch m := message.(type) {
		case *redis.Subscription:
			// The library reconnects silently; this is where it shows.
			f.resync("subscribed")
		case *redis.Message:
			if m.Channel == f.probe.channel {
				f.probe.noteReceived(m.Payload)
			} else {
				f.receive(m.Payload)
			}
		}
		if f.probe.overdue(begun) {
			return "no_probes"
		}
	}
}

func (f *Feed) sendProbes(ctx context.Context) {
	ticker := time.NewTicker(probeEvery)
	defer ticker.Stop()
	for n := 0; ; n++ {
		id := strconv.Itoa(n)
		f.probe.noteSent(id)
		publish, cancel := context.WithTimeout(ctx, probeEvery)
		if err := f.line.Redis().Publish(publish, f.probe.channel, id).Err(); err != nil && ctx.Err() == nil {
			f.log.Debug("sending a probe", "error", fmt.Errorf("publish: %w", err))
		}
		cancel()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sendWrites keeps a confirmed write no older than about [probeEvery].
func (f *Feed) sendWrites(ctx context.Context) {
	for ctx.Err() == nil {
		wait := probeEvery
		if _, err := f.confirm(ctx, "", readTimeout); err != nil && ctx.Err() == nil {
			f.log.Debug("writing a probe", "error", err)
			wait = retryAfter
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

func (p *probe) noteSent(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.sent) > 60 { // a minute of silence: the old ones will not come back
		clear(p.sent)
	}
	p.sent[id] = time.Now()
}

func (p *probe) noteReceived(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if at, ok := p.sent[id]; ok {
		delete(p.sent, id)
		p.heard = time.Now()
		p.rtt = p.heard.Sub(at)
		p.seconds.Observe(p.rtt.Seconds())
	}
}

// overdue reports whether a subscription that began then has received no probe for
// [probeTimeout].
func (p *probe) overdue(begun time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := p.heard
	if begun.After(last) {
		last = begun
	}
	return time.Since(last) > probeTimeout
}

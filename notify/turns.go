package notify

import (
	"slices"
	"sync"
	"time"

	"junban/queue/clinic"
	"junban/queue/outbox"
)

const (
	turn      = 4  // jobs of a clinic that are claimed before it is the next one's turn
	newsBurst = 5  // of a clinic, news at once
	takers    = 16 // claims at once
)

// turns gives the clinics with due jobs their turns, one after the other, and bounds
// what is sent at once: of a channel, and of a clinic in it. A clinic whose addresses are
// slow fills its own share, and the others go on. Some places are for calls alone. It is safe for concurrent use.
type turns struct {
	channels []outbox.Channel // those that are set up
	news     bool             // it is of news alone: fewer at once, and [outbox.NewsASecond] of a clinic

	mu      sync.Mutex
	ready   chan struct{} // has one while the ring may have a clinic
	ring    []clinic.ID   // clinics whose turn comes, guarded by mu
	in      map[clinic.ID]bool
	busy    map[outbox.Channel]int               // tries that run or may
	of      map[clinic.ID]map[outbox.Channel]int // the same of each clinic
	full    map[outbox.Channel][]clinic.ID       // clinics that found a channel full, the longest waiting first
	shares  map[share]bool                       // clinics that found their own share of a channel full
	buckets map[clinic.ID]*bucket                // of news
}

// share is a clinic's share of a channel.
type share struct {
	clinic  clinic.ID
	channel outbox.Channel
}

// bucket bounds the news of a clinic.
type bucket struct {
	tokens float64
	at     time.Time
}

func newTurns(chs []outbox.Channel, news bool) *turns {
	return &turns{
		channels: chs, news: news, ready: make(chan struct{}, 1), in: map[clinic.ID]bool{}, busy: map[outbox.Channel]int{},
		of: map[clinic.ID]map[outbox.Channel]int{}, buckets: map[clinic.ID]*bucket{},
		full: map[outbox.Channel][]clinic.ID{}, shares: map[share]bool{},
	}
}

// add gives a clinic a turn, unless it waits for one already.
func (t *turns) add(c clinic.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.enqueue(c)
}

// enqueue is add for a caller that holds mu.
func (t *turns) enqueue(c clinic.ID) {
	if t.in[c] {
		return
	}
	t.in[c] = true
	t.ring = append(t.ring, c)
	t.signal()
}

func (t *turns) signal() {
	select {
	case t.ready <- struct{}{}:
	default:
	}
}

// places are the tries that a clinic may make in its turn.
type places struct {
	clinic clinic.ID
	n      int // of each channel, and of all
	in     []outbox.Channel
	calls  []outbox.Channel // those with places for calls alone
}

// has reports whether a channel has places for all kinds.
func (p places) has(ch outbox.Channel) bool {
	return slices.Contains(p.in, ch)
}

// each returns the channels with places.
func (p places) each() []outbox.Channel { return slices.Concat(p.in, p.calls) }

// next takes the next clinic of the ring, and keeps places for it. A clinic without a
// free place waits until one is free, and is passed over.
func (t *turns) next() (p places, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.ring) > 0 {
		c := t.ring[0]
		t.ring = t.ring[1:]
		delete(t.in, c)
		if p := t.keep(c); p.n > 0 {
			if len(t.ring) > 0 {
				t.signal() // for another taker
			}
			return p, true
		}
	}
	return places{}, false
}

// keep keeps places in each channel that has free ones. The caller holds mu.
func (t *turns) keep(c clinic.ID) places {
	p := places{clinic: c, n: turn}
	if t.news {
		if p.n = min(p.n, t.allowed(c)); p.n == 0 {
			time.AfterFunc(time.Second/outbox.NewsASecond, func() { t.add(c) })
			return p
		}
	}
	for _, ch := range t.channels {
		all, own, kept := channels[ch].pool, channels[ch].share, channels[ch].calls
		if t.news {
			all, own, kept = channels[ch].news, channels[ch].news/2, 0
		}
		if t.busy[ch] > all/2 {
			own = min(own, turn) // others are slow too
		}
		left, ours := all-kept-t.busy[ch], own-t.of[c][ch]
		if left > 0 && ours > 0 {
			p.in, p.n = append(p.in, ch), min(p.n, left, ours)
			continue
		}
		if ours <= 0 {
			t.shares[share{c, ch}] = true
		} else if !slices.Contains(t.full[ch], c) {
			t.full[ch] = append(t.full[ch], c)
		}
		if left, ours = min(kept, all-t.busy[ch]), channels[ch].share+min(kept, turn)-t.of[c][ch]; left > 0 && ours > 0 {
			p.calls, p.n = append(p.calls, ch), min(p.n, left, ours)
		}
	}
	if len(p.each()) == 0 {
		p.n = 0
		return p
	}
	if t.of[c] == nil {
		t.of[c] = map[outbox.Channel]int{}
	}
	for _, ch := range p.each() {
		t.busy[ch] += p.n
		t.of[c][ch] += p.n
	}
	return p
}

// took gives back the places that a claim did not use. More: the clinic may have further
// due jobs, so it gets another turn.
func (t *turns) took(p places, used map[outbox.Channel]int, more bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	total := 0
	for _, ch := range p.each() {
		switch unused := p.n - used[ch]; {
		case unused > 0 && slices.Contains(p.calls, ch):
			t.free(p.clinic, ch, unused) // those that wait have no call due: they would go round
		case unused > 0:
			t.release(p.clinic, ch, unused)
		}
		total += used[ch]
	}
	if b := t.buckets[p.clinic]; b != nil {
		b.tokens -= float64(total)
	}
	if more {
		t.enqueue(p.clinic)
	}
}

// done gives back the place of a try that is over.
func (t *turns) done(c clinic.ID, ch outbox.Channel) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.release(c, ch, 1)
	if own := (share{c, ch}); t.shares[own] {
		delete(t.shares, own)
		t.enqueue(c)
	}
}

// release frees places of a channel. The clinic that has waited longest for one gets a
// turn. The caller holds mu.
func (t *turns) release(c clinic.ID, ch outbox.Channel, n int) {
	t.free(c, ch, n)
	if waiting := t.full[ch]; len(waiting) > 0 {
		t.full[ch] = waiting[1:]
		t.enqueue(waiting[0])
	}
}

// free is release without the turn.
func (t *turns) free(c clinic.ID, ch outbox.Channel, n int) {
	t.busy[ch] -= n
	if t.of[c][ch] -= n; t.of[c][ch] == 0 {
		if delete(t.of[c], ch); len(t.of[c]) == 0 {
			delete(t.of, c)
		}
	}
}

// allowed returns how many news a clinic may send now. The caller holds mu.
func (t *turns) allowed(c clinic.ID) int {
	now := time.Now()
	b := t.buckets[c]
	if b == nil {
		b = &bucket{tokens: newsBurst, at: now}
		t.buckets[c] = b
	}
	b.tokens = min(newsBurst, b.tokens+now.Sub(b.at).Seconds()*outbox.NewsASecond)
	b.at = now
	return int(b.tokens)
}

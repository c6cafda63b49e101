package queuetest

import (
	"context"

	"junban/queue"
	"junban/queue/clinic"
)

// TakeTokens is [queue.Store.TakeTokens].
func (m *Model) TakeTokens(_ context.Context, c queue.Charge) (queue.Shortage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	short, next := m.lookFor(c)
	for key, full := range next {
		m.buckets[key] = full
	}
	return short, nil
}

// LookForTokens is [queue.Store.LookForTokens].
func (m *Model) LookForTokens(_ context.Context, c queue.Charge) (queue.Shortage, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	short, _ := m.lookFor(c)
	return short, nil
}

// lookFor returns the shortage of a charge, or when each bucket is full again after it.
// It returns nil for an act already done.
func (m *Model) lookFor(c queue.Charge) (short queue.Shortage, next map[string]int64) {
	if k := m.clinics[clinic.ID(c.Tag)]; k != nil && c.Act != "" {
		if _, done := k.acts[c.Act]; done {
			return queue.Shortage{Repeat: true}, nil
		}
	}
	next = map[string]int64{}
	for i, b := range c.Buckets {
		key := c.Tag + " " + b.Name
		full, wait := b.Take(m.buckets[key], m.now().UnixMicro())
		if wait > short.Wait {
			short = queue.Shortage{Bucket: i, Wait: wait}
		}
		next[key] = full
	}
	if short.Wait > 0 {
		next = nil
	}
	return short, next
}

// GiveTokens is [queue.Store.GiveTokens].
func (m *Model) GiveTokens(_ context.Context, c queue.Charge) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range c.Buckets {
		key := c.Tag + " " + b.Name
		if full, kept := m.buckets[key]; kept {
			m.buckets[key] = b.Give(full)
		}
	}
	return nil
}

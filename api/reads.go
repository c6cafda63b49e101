package api

import (
	"context"
	"time"

	"junban/internal/idle"
)

// readsIdle is how long what was read stays in memory without use: a snapshot
// has names and phone numbers.
const readsIdle = time.Minute

// reads shares what is read from Redis among the requests for one key: one read
// at a time, and its value for age. A client that asks again and again does not
// make Redis read again and again. Safe for concurrent use.
type reads[K comparable, V any] struct {
	age  time.Duration
	read func(context.Context, K) (V, error)
	kept idle.Map[K, *read[V]]
}

type read[V any] struct {
	turn  chan struct{} // held by the request that reads
	value V
	at    time.Time // zero before the first read
}

func newReads[K comparable, V any](age time.Duration, f func(context.Context, K) (V, error)) *reads[K, V] {
	return &reads[K, V]{age: age, read: f, kept: idle.Map[K, *read[V]]{Age: readsIdle}}
}

// get returns a value that was read after since, and at most age ago.
func (rs *reads[K, V]) get(ctx context.Context, k K, since time.Time) (v V, err error) {
	r := rs.kept.GetOrSet(k, &read[V]{turn: make(chan struct{}, 1)})
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return v, ctx.Err()
	}
	if !r.at.IsZero() && r.at.After(since) && time.Since(r.at) < rs.age {
		return r.value, nil
	}
	at := time.Now()
	if v, err = rs.read(ctx, k); err != nil {
		rs.kept.Delete(k) // an unknown clinic takes no memory
		return v, err
	}
	r.value, r.at = v, at
	return v, nil
}

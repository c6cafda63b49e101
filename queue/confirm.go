package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

const (
	// confirmWithin is how long Redis may take to confirm that replicas have a write.
	confirmWithin = time.Second
	// confirmEvery is the least time between two probing writes to one master.
	confirmEvery = 500 * time.Millisecond
	// actWithin bounds how long an act follows a Cluster that is changing.
	actWithin = 2 * time.Second
	// StaleAfter is how old the last proof that a state is true may grow.
	StaleAfter = 4 * time.Second
)

// ErrUnconfirmed is an act that the replicas of [Options].MinReplicas did not
// confirm in time. It may have been done; the same key may be repeated, and
// waits for the confirmation again.
var ErrUnconfirmed = errors.New("not confirmed by enough replicas")

// node is one Redis server that a script runs on.
type node struct {
	redis.Cmdable
	name string // its address in a Cluster; "" where there is only one
}

// master returns the server that holds a key, as far as the client knows.
func (s *Store) master(ctx context.Context, key string) (node, error) {
	cluster, ok := s.rdb.(*redis.ClusterClient)
	if !ok {
		return node{s.rdb, ""}, nil
	}
	c, err := cluster.MasterForKey(ctx, key)
	if err != nil {
		return node{}, fmt.Errorf("find the primary: %w", err)
	}
	return node{c, c.Options().Addr}, nil
}

// send runs a script on the master of its first key. With replicas > 0 it also
// waits, in the same round trip, until that many have all that the script wrote.
// In a Cluster it follows moved slots and a failover for up to [actWithin]. Every
// script that writes carries an idempotency key of its own, so each repetition is
// safe.
func (s *Store) send(ctx context.Context, sc script, keys []string, argv []any, replicas int) (reply []any, confirmed bool, err error) {
	cluster, ok := s.rdb.(*redis.ClusterClient)
	if !ok {
		return s.sendTo(ctx, node{s.rdb, ""}, false, sc, keys, argv, replicas)
	}
	begun := time.Now()
	asked := "" // the address that the last reply named for this one request
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		to, err := s.master(ctx, keys[0])
		ask := false
		if err == nil && asked != "" {
			if c := nodeAt(ctx, cluster, asked); c != nil {
				to, ask = node{c, asked}, true
			}
		}
		if err == nil {
			reply, confirmed, err = s.sendTo(ctx, to, ask, sc, keys, argv, replicas)
		}
		if err == nil || !changing(err) || ctx.Err() != nil || time.Since(begun) > actWithin {
			return reply, confirmed, err
		}
		asked, _ = redis.IsAskError(err)
		cluster.ReloadState(ctx)
		if asked != "" && !ask {
			continue
		}
		select {
		case <-ctx.Done():
			return nil, false, err
		case <-time.After(pause):
		}
	}
}

// sendTo is one round trip of [Store.send], two where Redis forgot the script.
func (s *Store) sendTo(ctx context.Context, to node, ask bool, sc script, keys []string, argv []any, replicas int) (reply []any, confirmed bool, err error) {
	reading := sc.name == "snapshot"
	if replicas == 0 && !ask {
		do := sc.Run
		if reading {
			do = sc.RunRO
		}
		reply, err = do(ctx, to, keys, argv...).Slice()
		return reply, true, err
	}
	run := sc.EvalSha
	if reading {
		run = sc.EvalShaRO
	}
	for range 2 {
		pipe := to.Pipeline()
		if ask {
			pipe.Do(ctx, "asking")
		}
		script := run(ctx, pipe, keys, argv...)
		var wait *redis.Cmd
		if replicas > 0 {
			wait = pipe.Do(ctx, "wait", replicas, confirmWithin.Milliseconds())
		}
		began := time.Now()
		_, _ = pipe.Exec(ctx) // each command has its own error
		reply, err = script.Slice()
		if redis.HasErrorPrefix(err, "NOSCRIPT") {
			run = sc.Eval
			if reading {
				run = sc.EvalRO
			}
			continue
		}
		if err != nil || wait == nil {
			return reply, err == nil, err
		}
		if n, err := wait.Int(); err == nil && n >= replicas {
			s.confirms.note(to.name, began)
			return reply, true, nil
		}
		return reply, false, nil
	}
	return reply, false, err
}

// nodeAt returns the client of a Cluster's master at an address, nil if unknown.
func nodeAt(ctx context.Context, cluster *redis.ClusterClient, addr string) (found *redis.Client) {
	var mu sync.Mutex
	_ = cluster.ForEachMaster(ctx, func(_ context.Context, c *redis.Client) error {
		if c.Options().Addr == addr {
			mu.Lock()
			found = c
			mu.Unlock()
		}
		return nil
	})
	return found
}

// changing reports whether an error of a Cluster is temporary: slots are moving, or a
// master was replaced.
func changing(err error) bool {
	_, moved := redis.IsMovedError(err)
	_, ask := redis.IsAskError(err)
	var network net.Error
	return moved || ask || redis.IsTryAgainError(err) || redis.IsClusterDownError(err) || redis.IsReadOnlyError(err) ||
		redis.IsMasterDownError(err) || redis.IsLoadingError(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network)
}

// confirms is when each master last confirmed a write. A Redis that is cut off
// still answers reads; only a confirmed write proves that it is the master.
// Safe for concurrent use.
type confirms struct {
	mu sync.Mutex
	of map[string]*confirmation // by the node's name; guarded by mu
}

// confirmation is of one master. Its fields are guarded by confirms.mu.
type confirmation struct {
	at      time.Time     // when the newest confirmed round trip began
	probing chan struct{} // closed with the end of the probe that runs; nil: none does
	err     error         // of the newest probe
}

// get returns the entry of a master. c.mu is held.
func (c *confirms) get(name string) *confirmation {
	one := c.of[name]
	if one == nil {
		if c.of == nil || len(c.of) > 1000 { // addresses that a Cluster had long ago
			c.of = map[string]*confirmation{}
		}
		one = &confirmation{}
		c.of[name] = one
	}
	return one
}

// last returns when a master last confirmed; zero: it has not yet.
func (c *confirms) last(name string) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.get(name).at
}

// newest is [Store.LastConfirmed].
func (c *confirms) newest() (at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, one := range c.of {
		if one.at.After(at) {
			at = one.at
		}
	}
	return at
}

func (c *confirms) note(name string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if one := c.get(name); at.After(one.at) {
		one.at = at
	}
}

// LastConfirmed returns when any master last confirmed; zero: none has yet.
func (s *Store) LastConfirmed() time.Time { return s.confirms.newest() }

// Confirm returns when the master of a clinic last proved that it takes writes. With
// [Options].MinReplicas, enough replicas got them. If that was more than [confirmEvery]
// ago, it probes with a write of its own. Callers at the same time share one probe and
// its error.
func (s *Store) Confirm(ctx context.Context, c clinic.ID) (time.Time, error) {
	key := keyAlive("")
	if _, ok := s.rdb.(*redis.ClusterClient); ok {
		key = keyAlive(c)
	}
	to, err := s.master(ctx, key)
	if err != nil {
		return time.Time{}, err
	}
	for shared := &s.confirms; ; {
		shared.mu.Lock()
		one := shared.get(to.name)
		if at := one.at; time.Since(at) < confirmEvery {
			shared.mu.Unlock()
			return at, nil
		}
		probing := one.probing
		if probing == nil {
			probing = make(chan struct{})
			one.probing = probing
			shared.mu.Unlock()
			at, err := s.probe(ctx, to, key)
			shared.mu.Lock()
			if err == nil && at.After(one.at) {
				one.at = at
			}
			one.probing, one.err = nil, err
			close(probing)
			shared.mu.Unlock()
			return at, err
		}
		shared.mu.Unlock()
		select {
		case <-ctx.Done():
			return time.Time{}, ctx.Err()
		case <-probing:
		}
		shared.mu.Lock()
		at, err := one.at, one.err
		shared.mu.Unlock()
		if err == nil {
			return at, nil
		}
		if !errors.Is(err, context.Canceled) { // else only the probing caller has gone
			return time.Time{}, err
		}
	}
}

// probe writes to a master and waits for its replicas.
func (s *Store) probe(ctx context.Context, to node, key string) (time.Time, error) {
	began := time.Now()
	pipe := to.Pipeline()
	set := pipe.Set(ctx, key, began.UnixMilli(), time.Minute)
	var wait *redis.Cmd
	if s.minReplicas > 0 {
		wait = pipe.Do(ctx, "wait", s.minReplicas, confirmWithin.Milliseconds())
	}
	_, _ = pipe.Exec(ctx)
	if err := set.Err(); err != nil {
		if cluster, ok := s.rdb.(*redis.ClusterClient); ok && changing(err) {
			cluster.ReloadState(ctx)
		}
		return time.Time{}, fmt.Errorf("probing with a write: %w", err)
	}
	if wait == nil {
		return began, nil
	}
	switch n, err := wait.Int(); {
	case err != nil:
		return time.Time{}, fmt.Errorf("waiting for replicas: %w", err)
	case n < s.minReplicas:
		return time.Time{}, fmt.Errorf("probing with a write: %d of %d replicas: %w", n, s.minReplicas, ErrUnconfirmed)
	}
	return began, nil
}

// refuseUnconfirmed returns [ErrUnconfirmed] for a master that has confirmed nothing
// for [StaleAfter], before an act is sent. So a node that is cut off does not use up
// its connections.
func (s *Store) refuseUnconfirmed(ctx context.Context, c clinic.ID) error {
	if s.minReplicas == 0 {
		return nil
	}
	to, err := s.master(ctx, keyDesk(c))
	if err != nil {
		return err
	}
	if at := s.confirms.last(to.name); at.IsZero() || time.Since(at) < StaleAfter {
		return nil // a new master is found out by the act itself
	}
	_, err = s.Confirm(ctx, c)
	return err
}

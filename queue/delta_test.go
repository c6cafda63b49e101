package queue_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
)

// publications is a subscription to what the acts of one clinic publish.
type publications struct {
	sub    *redis.PubSub
	rdb    redis.UniversalClient
	clinic clinic.ID
	barred string // channel of a message that comes after those of all acts so far
}

// publicationsOf subscribes until the test ends.
func publicationsOf(t interface {
	Context() context.Context
	Cleanup(func())
	Fatal(...any)
}, rdb redis.UniversalClient, c clinic.ID) *publications {
	p := &publications{rdb: rdb, clinic: c, barred: "test:barrier:" + string(c)}
	p.sub = rdb.Subscribe(t.Context(), queue.PokeChannel, p.barred)
	t.Cleanup(func() { p.sub.Close() })
	for range 2 {
		if _, err := p.sub.Receive(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// take returns what the acts of the clinic have published since the last call.
func (p *publications) take(ctx context.Context) (messages []string, err error) {
	if err := p.rdb.Publish(ctx, p.barred, "").Err(); err != nil {
		return nil, err
	}
	for {
		m, err := p.sub.ReceiveMessage(ctx)
		switch {
		case err != nil:
			return nil, err
		case m.Channel == p.barred:
			return messages, nil
		case strings.HasPrefix(m.Payload, string(p.clinic)+" "):
			messages = append(messages, m.Payload)
		}
	}
}

// replica is a snapshot that follows the publications of a clinic, as a node does.
type replica struct {
	*publications
	snap *queue.Snapshot
	fits map[queue.Fit]int
}

// mostPublished bounds a publication: its JSON and the words before that.
const mostPublished = 8192 + 200

// follow applies what was published, and compares the outcome with a snapshot of now.
func (r *replica) follow(ctx context.Context, s *queue.Store, now *queue.Snapshot) (diff string, err error) {
	messages, err := r.take(ctx)
	if err != nil {
		return "", err
	}
	for _, m := range messages {
		if strings.Contains(m, someName) || strings.Contains(m, somePhone) {
			return "", fmt.Errorf("an act has published a patient: %s", m)
		}
		if len(m) > mostPublished {
			return "", fmt.Errorf("an act has published %d bytes", len(m))
		}
		var fit queue.Fit
		r.snap, fit = r.snap.Apply(queue.ParseDelta(m))
		r.fits[fit]++
		switch fit {
		case queue.FitNext, queue.FitOld, queue.FitOtherDay:
		default:
			if r.snap, err = s.Snapshot(ctx, r.clinic); err != nil {
				return "", err
			}
		}
	}
	if len(r.snap.Unread()) > 0 {
		read, err := s.Patients(ctx, r.clinic, r.snap.Day, r.snap.Unread())
		if err != nil {
			return "", err
		}
		r.snap = r.snap.WithPatients(read)
	}
	if r.snap.Day != now.Day { // found by a check, not by a message
		r.snap = now
	}
	if at := now.At; !reflect.DeepEqual(r.snap.AsOf(at), now.AsOf(at)) {
		return cmp.Diff(now.AsOf(at), r.snap.AsOf(at), cmp.Exporter(func(reflect.Type) bool { return true }), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })), nil
	}
	return "", nil
}

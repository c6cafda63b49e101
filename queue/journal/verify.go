package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
)

// Difference is one field or member of a key in which Redis differs from the log. A
// side that has nothing there is "".
type Difference struct {
	Key   string // after the day: "tickets", "1:waiting"
	Field string
	Log   string
	Live  string
}

// String returns the difference as one line.
func (d Difference) String() string {
	return fmt.Sprintf("%s %s: the log says %q, Redis has %q", d.Key, d.Field, d.Log, d.Live)
}

// Verified is the outcome of [Reader.Verify].
type Verified struct {
	Version     uint64
	Events      int
	Tickets     int
	Differences []Difference // none: Redis equals the log, byte for byte
	Broken      []error      // what [DayState.Check] finds
}

// Verify replays the log of a day and compares its fold with the live keys of one
// instant. Acts may go on meanwhile. The error is of Redis, or of a log that
// contradicts itself.
func (r *Reader) Verify(ctx context.Context, c clinic.ID, d clinic.Day) (Verified, error) {
	state, live, events, err := r.dayState(ctx, c, d)
	if err != nil {
		return Verified{}, fmt.Errorf("verify clinic %s on %s: %w", c, d, err)
	}
	logged, err := state.Keys()
	if err != nil {
		return Verified{}, fmt.Errorf("verify clinic %s on %s: %w", c, d, err)
	}
	return Verified{state.version, events, len(state.tickets), differences(logged, live), state.Check()}, nil
}

// dayState reads the log and the keys of one instant. The keys name the newest entry of
// that instant, and older entries never change.
func (r *Reader) dayState(ctx context.Context, c clinic.ID, d clinic.Day) (b *DayState, live DayKeys, events int, err error) {
	k, err := r.line.Clinic(ctx, c)
	if err != nil {
		return nil, nil, 0, err
	}
	services := map[string]bool{}
	for _, service := range k.Services {
		services[service.ID] = true
	}
	b = &DayState{}
	counted := func(yield func(Event, error) bool) {
		from := "-"
		if b.last != "" {
			from = "(" + b.last
		}
		until := "+"
		if live != nil {
			until = live["log"]["last"]
		}
		if until == "" {
			return
		}
		for e, err := range r.between(ctx, c, d, from, until) {
			events++
			if !yield(e, err) {
				return
			}
		}
	}
	for {
		if err := b.add(counted); err != nil {
			return nil, nil, 0, err
		}
		if live != nil && !addServices(services, b) {
			delete(live, "log")
			return b, live, events, nil
		}
		addServices(services, b)
		if live, err = r.liveKeys(ctx, c, d, slices.Sorted(maps.Keys(services))); err != nil {
			return nil, nil, 0, err
		}
	}
}

// addServices adds the services of the day's keys, also those that the record no longer
// has. It reports whether any was new.
func addServices(services map[string]bool, b *DayState) bool {
	before := len(services)
	for service := range b.counts {
		services[service] = true
	}
	return len(services) > before
}

// liveKeys reads a day's keys at one instant, with the id of its newest entry as "last"
// of "log".
func (r *Reader) liveKeys(ctx context.Context, c clinic.ID, d clinic.Day, services []string) (DayKeys, error) {
	hashes, sets := map[string]*redis.MapStringStringCmd{}, map[string]*redis.ZSliceCmd{}
	var newest *redis.XMessageSliceCmd
	_, err := r.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		hash := func(key string) { hashes[key] = p.HGetAll(ctx, queue.DayKey(c, d, key)) }
		set := func(key string) { sets[key] = p.ZRangeWithScores(ctx, queue.DayKey(c, d, key), 0, -1) }
		hash("meta")
		hash("tickets")
		hash("rooms")
		set("called")
		set("ended")
		for _, service := range services {
			set(service + ":waiting")
			set(service + ":aside")
		}
		newest = p.XRevRangeN(ctx, queue.DayKey(c, d, "log"), "+", "-", 1)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the day's keys: %w", err)
	}
	live := DayKeys{}
	for key, got := range hashes {
		for field, value := range got.Val() {
			if key == "tickets" {
				if value, err = canonical(value); err != nil {
					return nil, fmt.Errorf("ticket %s: %w", field, err)
				}
			}
			live.set(key, field, value)
		}
	}
	for key, got := range sets {
		for _, z := range got.Val() {
			live.set(key, fmt.Sprint(z.Member), strconv.FormatFloat(z.Score, 'f', -1, 64))
		}
	}
	for _, entry := range newest.Val() {
		live.set("log", "last", entry.ID)
	}
	return live, nil
}

// canonical is the same JSON with its fields in order.
func canonical(text string) (string, error) {
	var v map[string]any
	if err := decode(text, &v); err != nil {
		return "", err
	}
	out, err := json.Marshal(v)
	return string(out), err
}

// differences lists, in the order of keys and fields, where the two differ.
func differences(logged, live DayKeys) []Difference {
	var found []Difference
	for key := range union(logged, live) {
		for field := range union(logged[key], live[key]) {
			if logged[key][field] != live[key][field] {
				found = append(found, Difference{key, field, logged[key][field], live[key][field]})
			}
		}
	}
	slices.SortFunc(found, func(a, b Difference) int {
		if c := strings.Compare(a.Key, b.Key); c != 0 {
			return c
		}
		return strings.Compare(a.Field, b.Field)
	})
	return found
}

// union has the keys of both maps.
func union[V, W any](a map[string]V, b map[string]W) map[string]bool {
	all := map[string]bool{}
	for k := range a {
		all[k] = true
	}
	for k := range b {
		all[k] = true
	}
	return all
}

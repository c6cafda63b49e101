package queue_test

import (
	"context"
	"errors"
	"flag"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/journal"
	"junban/queue/queuetest"
)

// twin plays the same acts on the store and on the model. Tickets are known by
// their place in the order of issue, because each line makes its own ids.
type twin struct {
	t       *rapid.T
	store   *queue.Store
	model   *queuetest.Model
	clinic  clinic.Clinic
	weekly  map[string][]hours.Frame       // of the clinic, before a change of it
	tickets [][2]queue.TicketID            // of today and of days before
	revs    map[queue.TicketID][][2]string // of the store's ticket: what it was by both lines
	pass    func(time.Duration)            // moves the clock of both; nil where it moves by itself
	acts    int
	ledgers map[clinic.Day]*ledger // of every day that was looked at
	seen    *queue.Snapshot        // the last
	node    *replica               // follows what the store publishes
}

// same counts an act, and holds its two outcomes equal.
func (w *twin) same(what string, a, b queue.Ticket, errA, errB error) {
	w.acts++
	if errA == nil && errB == nil && a.ID != "" {
		w.revs[a.ID] = append(w.revs[a.ID], [2]string{a.Rev, b.Rev})
	}
	w.agree(what, a, b, errA, errB)
}

func (w *twin) agree(what string, a, b queue.Ticket, errA, errB error) {
	var refusedA, refusedB *refusal.Refusal
	if errA != nil && !errors.As(errA, &refusedA) {
		w.t.Fatalf("%s: %v", what, errA)
	}
	errors.As(errB, &refusedB)
	if refusedA != refusedB {
		w.t.Fatalf("%s: the store says %v, the model %v", what, errA, errB)
	}
	if a.Number != b.Number || a.State != b.State || a.Position != b.Position || a.Slot != b.Slot || a.LineSlot != b.LineSlot || a.Weight != b.Weight {
		w.t.Fatalf("%s: the store made %+v, the model %+v", what, a, b)
	}
}

// look reads both lines and compares them. It also checks the invariants of the store's
// line, and compares it with its log.
func (w *twin) look() {
	a, err := w.store.Snapshot(w.t.Context(), w.clinic.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, broken := range a.Check() {
		w.t.Fatalf("the store, version %d: %v", a.Version, broken)
	}
	if w.ledgers[a.Day] == nil {
		w.ledgers[a.Day] = newLedger(w.clinic, a.Day)
	}
	l := w.ledgers[a.Day]
	if err := l.read(w.t.Context(), w.store); err != nil {
		w.t.Fatalf("version %d: %v", a.Version, err)
	}
	if err := l.shows(a); err != nil {
		w.t.Fatalf("version %d: %v", a.Version, err)
	}
	if w.seen != nil && w.seen.Epoch == a.Epoch && a.Version < w.seen.Version {
		w.t.Fatalf("version %d after %d", a.Version, w.seen.Version)
	}
	w.seen = a
	if w.node.snap == nil {
		w.node.snap = a
	}
	if diff, err := w.node.follow(w.t.Context(), w.store, a); err != nil || diff != "" {
		w.t.Fatalf("version %d, followed by its messages: %v (-read +followed):\n%s", a.Version, err, diff)
	}
	b, err := w.model.Snapshot(w.t.Context(), w.clinic.ID) // opens the day, as the store's look did
	if err != nil {
		w.t.Fatal(err)
	}
	for _, broken := range b.Check() {
		w.t.Fatalf("the model, version %d: %v", b.Version, broken)
	}
	if shapeA, shapeB := queuetest.ShapeOf(a), queuetest.ShapeOf(b); !reflect.DeepEqual(shapeA, shapeB) { // many times as fast as a diff
		w.t.Fatalf("the store differs from the model (-model +store):\n%s", cmp.Diff(shapeB, shapeA))
	}
}

// verify replays the log of every day there was, and compares it with the live
// keys, byte for byte.
func (w *twin) verify() {
	for _, ids := range w.tickets { // days to come that were not read yet
		if day := ids[0].Day(); w.ledgers[day] == nil {
			w.ledgers[day] = newLedger(w.clinic, day)
		}
	}
	for day, l := range w.ledgers {
		v, err := journal.New(w.store).Verify(w.t.Context(), w.clinic.ID, day)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, d := range v.Differences {
			w.t.Fatalf("%s: %v", day, d)
		}
		for _, broken := range v.Broken {
			w.t.Fatalf("%s: %v", day, broken)
		}
		if err := l.read(w.t.Context(), w.store); err != nil {
			w.t.Fatalf("%s: %v", day, err)
		}
		if v.Events != l.entries || v.Tickets != len(l.tickets) {
			w.t.Fatalf("%s: %d events of %d tickets, read one by one %d of %d", day, v.Events, v.Tickets, l.entries, len(l.tickets))
		}
	}
	for _, ids := range w.tickets { // also those of days before
		a, errA := w.store.Ticket(w.t.Context(), ids[0])
		b, errB := w.model.Ticket(w.t.Context(), ids[1])
		w.agree("read", a, b, errA, errB)
		if a.Reason != b.Reason || a.Session != b.Session || a.Line != b.Line || a.Presence != b.Presence || a.Late != b.Late || a.SlotEnd != b.SlotEnd {
			w.t.Fatalf("the store has %+v, the model %+v", a, b)
		}
		if t := w.ledgers[ids[0].Day()].tickets[ids[0]]; t == nil || t.Ticket != a {
			w.t.Fatalf("the store has %+v, by the events %+v", a, t)
		}
	}
}

// play does n random acts, with a look after each.
func (w *twin) play(acts int) {
	actions := w.actions()
	names := rapid.SampledFrom(slices.Sorted(maps.Keys(actions)))
	for range acts {
		actions[names.Draw(w.t, "act")](w.t)
		w.look()
	}
	w.verify()
}

// randomActs is how many random acts this run does at least.
func randomActs(t *testing.T) int {
	if text := os.Getenv("JUNBAN_SOAK_ACTS"); text != "" {
		acts, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("JUNBAN_SOAK_ACTS: %v", err)
		}
		return acts
	}
	if os.Getenv("JUNBAN_TEST_FULL") != "" {
		return 150_000
	}
	return 3_000
}

// firstSeed is the seed of the first days; the next days have the next seed. It is
// the same in every run, so that a change that breaks nothing fails nothing. A soak
// (JUNBAN_SOAK_ACTS) plays other days each time.
func firstSeed() uint64 {
	if os.Getenv("JUNBAN_SOAK_ACTS") != "" {
		return uint64(time.Now().UnixNano())
	}
	return 1
}

// TestRandom_StoreAndModelAgree plays random days on both lines. It checks the line
// after every act, and replays the log of every day at the end. Most days run on a real
// Redis with a moving clock. Hours pass, sessions begin and end, days roll over, and
// the clock jumps. The others run on a Redis with its own clock. A few run on the Redis
// in memory that serves the demo.
func TestRandom_StoreAndModelAgree(t *testing.T) {
	t.Parallel()
	want := randomActs(t)
	if err := flag.Set("rapid.checks", "10"); err != nil { // a few long days at a time
		t.Fatal(err)
	}
	for _, part := range []struct {
		name  string
		share int // of a hundred acts
		line  func(*testing.T) (rdb *redis.Client, set func(time.Time))
	}{
		{"RealRedis", 40, func(t *testing.T) (*redis.Client, func(time.Time)) { return queuetest.Redis(t), nil }},
		{"TimeMoves", 59, func(t *testing.T) (*redis.Client, func(time.Time)) { return queuetest.Clocked(t) }},
		{"InMemory", 1, func(t *testing.T) (*redis.Client, func(time.Time)) { return queuetest.Memory(t) }},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			rdb, set := part.line(t)
			s, err := queue.NewStore(rdb, queue.Options{Bounds: few})
			if err != nil {
				t.Fatal(err)
			}
			fits := map[queue.Fit]int{}
			acts, days := 0, 0 // shrinking a failure counts again; it is the end of the count
			for n := firstSeed(); acts == 0 || acts < want*part.share/100; n++ {
				if err := flag.Set("rapid.seed", strconv.FormatUint(n, 10)); err != nil {
					t.Fatal(err)
				}
				rapid.Check(t, func(rt *rapid.T) {
					w := newTwin(rt, s, set)
					w.play(min(max(want*part.share/1_000, 50), 300))
					acts += w.acts
					for fit, n := range w.node.fits {
						fits[fit] += n
					}
					days += len(w.ledgers)
				})
			}
			queuetest.Figure(t, "messages by fit: %v", fits)
			if fits[queue.FitNext] == 0 || fits[queue.FitBroken]+fits[queue.FitGap]+fits[queue.FitMark]+fits[queue.FitEpoch] > 0 {
				t.Errorf("on a network that loses nothing the messages fit as %v", fits)
			}
			queuetest.Figure(t, "%d random acts on %d days, the invariants checked after each", acts, days)
		})
	}
}

// few bounds are met on a random day.
var few = queue.Bounds{Line: 16, WebLine: 12, Numbers: 45, WebNumbers: 38, Surge: 4, NewSurge: 4}

// newTwin opens a fresh clinic, of random settings, on both lines.
func newTwin(t *rapid.T, s *queue.Store, set func(time.Time)) *twin {
	w := &twin{t: t, store: s, model: queuetest.NewModel(), clinic: queuetest.FreshClinic(), ledgers: map[clinic.Day]*ledger{}, revs: map[queue.TicketID][][2]string{}}
	w.clinic.Zone, w.model.Bounds = queuetest.Noon(), few
	if set != nil {
		now := time.Now().Truncate(time.Millisecond)
		w.model.Now = func() time.Time { return now }
		w.pass = func(d time.Duration) {
			now = now.Add(d)
			set(now)
		}
		w.pass(0)
	}
	w.settings()
	w.node = &replica{publications: publicationsOf(t, s.Redis(), w.clinic.ID), fits: map[queue.Fit]int{}}
	for _, line := range []queuetest.Line{w.store, w.model} {
		if err := line.PutClinic(t.Context(), w.clinic, queue.Act{}); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if err := w.store.RemoveClinic(context.Background(), w.clinic.ID); err != nil {
			t.Error(err)
		}
	})
	return w
}

package queue

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"junban/internal/idle"
	"junban/internal/refusal"
	"junban/queue/clinic"
)

// Options of a [Store]; the zero value works.
type Options struct {
	// MinReplicas is how many replicas must have an act before it is
	// acknowledged; else it returns [ErrUnconfirmed]. 0: it is not waited for.
	MinReplicas int

	Registerer prometheus.Registerer // nil: no metrics
	Bounds     Bounds                // zero: [DefaultBounds]
	Clock      func() time.Time      // this machine's; nil: [time.Now]
}

// Store is the line on Redis. It is safe for concurrent use. Each act and each
// read of the line is one round trip, as long as the clinic's record has not
// changed since the store last saw it; what the clinic's days have taught is
// read once more every ten minutes.
//
// An error is a [refusal.Refusal], wrapped, when the line said no, and anything else
// when Redis could not be asked; then the act may or may not have happened, and
// repeating it with the same key is safe.
type Store struct {
	rdb     redis.UniversalClient
	scripts map[string]script
	seconds *prometheus.HistogramVec
	bounds  Bounds
	clock   func() time.Time

	minReplicas int
	confirms    confirms

	skew atomic.Int64 // Redis time less ours, in milliseconds, as last told

	mu      sync.Mutex
	records map[clinic.ID]known   // guarded by mu
	manuals map[clinic.Ref]manual // guarded by mu
	lessons idle.Map[clinic.ID, learnt]
}

// known is a clinic's record as this store last read it. Every script checks
// its rev, so an old one is found out before it can do harm.
type known struct {
	clinic.Clinic
	rev string
	loc *time.Location
}

// NewStore returns a line on rdb. It starts nothing and asks nothing of Redis.
func NewStore(rdb redis.UniversalClient, o Options) (*Store, error) {
	scripts, err := loadScripts()
	if err != nil {
		return nil, err
	}
	s := &Store{
		rdb: rdb, scripts: scripts, bounds: cmp.Or(o.Bounds, DefaultBounds), minReplicas: o.MinReplicas,
		records: map[clinic.ID]known{}, manuals: map[clinic.Ref]manual{}, lessons: idle.Map[clinic.ID, learnt]{Age: lessonsIdle},
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "junban_queue_script_seconds",
			Help:    "Time from sending a script to Redis to its reply.",
			Buckets: []float64{.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .5, 2},
		}, []string{"script", "result"}),
	}
	if s.clock = o.Clock; s.clock == nil {
		s.clock = time.Now
	}
	if o.Registerer != nil {
		if err := o.Registerer.Register(s.seconds); err != nil {
			return nil, fmt.Errorf("metrics of the line: %w", err)
		}
	}
	return s, nil
}

// Load loads the scripts into Redis, so that the first act of the morning is
// not slower than the next. Without it, or after a Redis that forgot them, an
// act takes one more round trip.
func (s *Store) Load(ctx context.Context) error {
	for _, sc := range s.scripts {
		if err := sc.Load(ctx, s.rdb).Err(); err != nil {
			return fmt.Errorf("load script %s: %w", sc.name, err)
		}
	}
	return nil
}

// Redis is the connection of the store, for the packages that stand on the line.
func (s *Store) Redis() redis.UniversalClient { return s.rdb }

// Now is the time of Redis, as this store estimates it from the last replies.
func (s *Store) Now() time.Time { return s.now() }

// now is Redis time as well as this store knows it. Inside the line the
// scripts ask Redis itself.
func (s *Store) now() time.Time {
	return s.clock().Add(time.Duration(s.skew.Load()) * time.Millisecond)
}

// record returns the clinic's record, from memory if it is there.
func (s *Store) record(ctx context.Context, c clinic.ID) (known, error) {
	s.mu.Lock()
	k, ok := s.records[c]
	s.mu.Unlock()
	if ok {
		return k, nil
	}
	return s.reread(ctx, c)
}

// act runs one writing script on a service's line. day is the ticket's own day,
// or "" for today. request is what makes two requests with one key the same.
func (s *Store) act(ctx context.Context, name string, ref clinic.Ref, day clinic.Day, a Act, request []string, args func(known, clinic.Day) ([]any, error)) (result string, replayed bool, err error) {
	key, life := a.Key, KeyLife
	if key == "" {
		key, life = rand.Text(), time.Minute
	} else if a.By.Kind != "web" {
		life = DeskKeyLife
	}
	replicas := s.minReplicas
	if a.By.Kind == "system" { // nobody waits for its acknowledgement
		replicas = 0
	}
	if replicas > 0 {
		if err := s.refuseUnconfirmed(ctx, ref.Clinic); err != nil {
			return "", false, err
		}
	}
	print := fingerprint(name, ref, request)
	for range 8 { // what the store knows of the record, the time and the manual reception may be old, and more may change in between
		k, err := s.record(ctx, ref.Clinic)
		if err != nil {
			return "", false, err
		}
		today := day
		if today == "" {
			today = k.DayOf(s.now(), k.loc)
		}
		own, err := args(k, today)
		if err != nil {
			return "", false, err
		}
		from, until := k.Bounds(today, k.loc)
		if day != "" && from.After(s.now()) {
			if !beforehand[name] {
				return "", false, ErrDayAhead
			}
			from = time.UnixMilli(0) // so that the script finds the day begun
		}
		lines := k.Clinic
		switch name {
		case "call_next": // touches no other line, and keys cost time
			lines.Services = slices.DeleteFunc(slices.Clone(lines.Services), func(s clinic.Service) bool { return s.ID != ref.Service })
		}
		argv := append([]any{
			k.rev, from.UnixMilli(), until.UnixMilli(), newEpoch(), string(ref.Clinic), print,
			int(life.Seconds()), a.By.Kind, a.By.Name, a.By.Device, lines.ServiceIDs(),
		}, own...)
		reply, confirmed, err := s.runConfirmed(ctx, name, actKeys(lines, today, key), argv, replicas)
		if err != nil {
			return "", false, err
		}
		switch word, _ := reply[0].(string); word {
		case "ok", "again":
			if !confirmed {
				return "", false, ErrUnconfirmed
			}
			result, _ := reply[1].(string)
			return result, word == "again", nil
		case "refused":
			code, _ := reply[1].(string)
			return "", false, refusal.ByCode(code)
		case "record":
			if _, err := s.reread(ctx, ref.Clinic); err != nil {
				return "", false, err
			}
		case "day":
			if day != "" {
				return "", false, ErrDayOver
			}
			s.learnTime(reply[1])
		case "moment":
			s.learnTime(reply[1])
		case "manual":
			s.learnManual(ref, reply)
		case "bookings":
			if err := s.openBookings(ctx, ref.Clinic); err != nil {
				return "", false, err
			}
		case "surge":
			return "", false, s.pauseWeb(ctx, ref)
		default:
			return "", false, fmt.Errorf("script %s: unknown reply %q", name, word)
		}
	}
	return "", false, fmt.Errorf("script %s: the clinic's record or the day keeps changing", name)
}

// learnTime corrects our idea of Redis time by a reply that had to tell it.
func (s *Store) learnTime(ms any) {
	if n, ok := ms.(int64); ok {
		s.skew.Store(n - s.clock().UnixMilli())
	}
}

// run sends one script that needs no replica, and times it.
func (s *Store) run(ctx context.Context, name string, keys []string, argv []any) ([]any, error) {
	reply, _, err := s.runConfirmed(ctx, name, keys, argv, 0)
	return reply, err
}

// runConfirmed sends one script, times it with its confirmation, and reports
// whether that many replicas have what it wrote.
func (s *Store) runConfirmed(ctx context.Context, name string, keys []string, argv []any, replicas int) (reply []any, confirmed bool, err error) {
	start := time.Now()
	reply, confirmed, err = s.send(ctx, s.scripts[name], keys, argv, replicas)
	word := "error"
	switch {
	case err != nil:
	case len(reply) == 0:
		err = errors.New("empty reply")
	case confirmed:
		word, _ = reply[0].(string)
	default:
		word = "unconfirmed"
	}
	s.seconds.WithLabelValues(name, word).Observe(time.Since(start).Seconds())
	if err != nil {
		return nil, false, fmt.Errorf("script %s: %w", name, err)
	}
	return reply, confirmed, nil
}

// fingerprint is what is kept of a request, to tell a repeat from another.
func fingerprint(name string, ref clinic.Ref, request []string) string {
	h := sha256.New()
	for _, part := range append([]string{name, ref.String()}, request...) {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}

// newEpoch returns a random id for a day.
func newEpoch() string { return strings.ToLower(rand.Text()[:10]) }

// newTicketID returns a fresh id for a ticket of that service and day.
func newTicketID(ref clinic.Ref, d clinic.Day) TicketID {
	return TicketID(ref.String() + "-" + d.Compact() + "-" + strings.ToLower(rand.Text()[:12]))
}

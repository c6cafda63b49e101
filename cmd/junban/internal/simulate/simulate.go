// Package simulate plays a day of a clinic against a running server. Patients
// come over the web and to the desk, book slots, are late, cancel, or bring their
// family; doctors call them.
//
// It uses only the public HTTP API and package wire. It limits its request rate
// at every speed, and continues after refusals.
//
// The day is a list of events in the order of time, and one request runs at a
// time. So the same seed gives the same decisions, and a slow server slows the
// day down instead of adding load.
package simulate

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"time"

	"junban/api/wire"
)

// Config has the settings of a simulation. All fields are required.
type Config struct {
	URL      string   // of the server, without a path
	Clinic   string   // its number
	Rooms    []string // IDs of rooms with a doctor; each serves all services
	User     string   // of the desk
	Password string
	Speed    float64 // ratio of simulated to real time
	Seed     uint64  // of the random decisions
	Log      *slog.Logger
}

// requestInterval is the least time between two requests.
const requestInterval = 20 * time.Millisecond

// maxWaiting is the number of waiting tickets from which fewer patients arrive.
const maxWaiting = 20

// day is a running simulation. Its clock starts at zero and runs Speed times as
// fast as real time.
type day struct {
	Config
	http    *http.Client
	rand    *rand.Rand
	events  events
	order   int           // of the next event; breaks ties
	clock   time.Duration // time of the current event
	started time.Time     // real time at which the clock was zero
	asked   time.Time     // real time of the last request

	services []service
	byOrder  []*service         // those of them in order mode
	patients map[string]patient // waiting patients, by ticket
}

type service struct {
	ref      string
	maxParty int
	kinds    []string // what a visit may be for
	waiting  int      // tickets, as last reported
}

// patient is a ticket and the behaviour of its patient.
type patient struct {
	token, code string
	misses      bool // does not come when called
}

// Run plays until ctx is done and returns its error. It returns another error
// only if it cannot start: the clinic is unknown or the password is wrong.
func Run(ctx context.Context, c Config) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	d := &day{
		Config:   c,
		http:     &http.Client{Jar: jar, Timeout: 10 * time.Second},
		rand:     rand.New(rand.NewPCG(c.Seed, 0)),
		patients: map[string]patient{},
		started:  time.Now(),
	}
	defer d.http.CloseIdleConnections()
	if err := d.begin(ctx); err != nil {
		return fmt.Errorf("starting the simulation: %w", err)
	}
	for {
		next := heap.Pop(&d.events).(event)
		if err := d.await(ctx, next.at); err != nil {
			return err
		}
		err := next.do(ctx)
		var refused problem
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
		case errors.As(err, &refused) && refused.Status < http.StatusInternalServerError:
			d.Log.Debug("simulation: request refused", "event", next.name, "code", refused.Code)
			if refused.Status == http.StatusUnauthorized {
				d.after(time.Minute, "login", d.login)
			}
		default:
			d.Log.Warn("simulation: request failed", "event", next.name, "err", err)
			if err := sleep(ctx, time.Second); err != nil {
				return err
			}
		}
	}
}

// begin looks up the clinic, logs in, and schedules the first events.
func (d *day) begin(ctx context.Context) error {
	var c wire.Clinic
	if err := d.ask(ctx, http.MethodGet, "/v1/clinics/"+d.Clinic, nil, &c); err != nil {
		return err
	}
	for _, s := range c.Services {
		known := service{ref: s.Service, maxParty: max(1, s.MaxParty)}
		for _, k := range s.Kinds {
			known.kinds = append(known.kinds, k.ID)
		}
		d.services = append(d.services, known)
	}
	if len(d.services) == 0 {
		return errors.New("the clinic has no services")
	}
	if err := d.login(ctx); err != nil {
		return err
	}
	for i, s := range c.Services {
		if s.Slots == nil {
			d.byOrder = append(d.byOrder, &d.services[i])
			continue
		}
		for range 12 {
			d.after(d.between(0, time.Minute), "book", func(ctx context.Context) error { return d.book(ctx, &d.services[i]) })
		}
		d.after(time.Minute, "bookings", d.bookings(&d.services[i]))
	}
	if len(d.byOrder) > 0 {
		for range 6 {
			d.after(d.between(0, time.Minute), "arrive", d.arrive)
		}
		d.after(time.Minute, "arrivals", d.arrivals)
	}
	for i, room := range d.Rooms {
		d.after(time.Minute+time.Duration(i)*90*time.Second, "call", func(ctx context.Context) error { return d.call(ctx, room, "") })
	}
	return nil
}

func (d *day) login(ctx context.Context) error {
	return d.ask(ctx, http.MethodPost, "/v1/login", wire.LoginRequest{Clinic: d.Clinic, User: d.User, Password: d.Password}, nil)
}

// await waits until the clock reaches at. If requests take too long, it moves
// the start instead of catching up.
func (d *day) await(ctx context.Context, at time.Duration) error {
	d.clock = max(d.clock, at)
	due := d.started.Add(time.Duration(float64(d.clock) / d.Speed))
	if late := time.Since(due); late > 0 {
		d.started = d.started.Add(late)
	}
	return sleep(ctx, time.Until(due))
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// after schedules an event.
func (d *day) after(in time.Duration, name string, do func(context.Context) error) {
	d.order++
	heap.Push(&d.events, event{d.clock + in, d.order, name, do})
}

func (d *day) chance(p float64) bool { return d.rand.Float64() < p }

func (d *day) between(least, most time.Duration) time.Duration {
	return least + time.Duration(d.rand.Int64N(int64(most-least)))
}

// exponential returns the time to the next of independent events.
func (d *day) exponential(mean time.Duration) time.Duration {
	return time.Duration(d.rand.ExpFloat64() * float64(mean))
}

// consultation returns how long a doctor takes: log-normal with a mean of five
// minutes, at most 25.
func (d *day) consultation() time.Duration {
	const sigma = 0.5
	minutes := math.Exp(math.Log(5) - sigma*sigma/2 + sigma*d.rand.NormFloat64())
	return time.Duration(min(minutes, 25) * float64(time.Minute))
}

// event is an action at a time of the day.
type event struct {
	at    time.Duration
	order int
	name  string
	do    func(context.Context) error
}

// events is a heap with the earliest event first.
type events []event

func (e events) Len() int      { return len(e) }
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].order < e[j].order
}
func (e *events) Push(x any) { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}

// Package simulate plays a clinic's day: patients who come by the web and to
// the desk, who are late, change their minds or bring the family, and the
// doctors who see them.
//
// It promises to be an outsider: it knows the public HTTP API and package wire,
// nothing else, so whatever it does anyone could do, and what it shows is what
// the program does. It never asks faster than a fixed rate, at whatever speed
// it plays, and never stops for a refusal: a clinic's day goes on.
//
// # Why one loop and not a goroutine per patient
//
// The day is a list of events in the order of their time, and one request runs
// at a time. So the same seed makes the same decisions, and the load is bounded
// by construction: a slow server makes the day slower, never the crowd larger.
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

// Config says what to play, and where. Every field is needed.
type Config struct {
	URL      string   // of the server, without a path
	Clinic   string   // its number
	Rooms    []string // of it, with a doctor in each; each serves every service
	User     string   // of its desk
	Password string
	Speed    float64 // times as fast as life
	Seed     uint64  // of every decision
	Log      *slog.Logger
}

// gap is the least time between two requests: fifty a second at most.
const gap = 20 * time.Millisecond

// crowd is how many may wait before new patients stay away.
const crowd = 20

// day is a running simulation. Its clock starts at zero and runs Speed times
// as fast as ours.
type day struct {
	Config
	http    *http.Client
	rand    *rand.Rand
	events  events
	order   int           // of the next event, which breaks ties
	clock   time.Duration // of the event that happens now
	started time.Time     // when the clock was zero, by ours
	asked   time.Time     // when the last request was sent

	services []service
	patients map[string]patient // who waits, by ticket
}

type service struct {
	ref      string
	maxParty int
	waiting  int // tickets, when last heard of
}

// patient is a ticket of ours and what will become of it.
type patient struct {
	token, code string
	misses      bool // is not there when called
}

// Run plays until ctx ends, and then returns its error. It returns another one
// only when it cannot begin: no such clinic, or the password is wrong.
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
		return fmt.Errorf("beginning the simulation: %w", err)
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
			d.Log.Debug("simulation: refused", "act", next.name, "code", refused.Code)
			if refused.Status == http.StatusUnauthorized {
				d.after(time.Minute, "login", d.login)
			}
		default:
			d.Log.Warn("simulation: the server does not answer as it should", "act", next.name, "err", err)
			if err := sleep(ctx, time.Second); err != nil {
				return err
			}
		}
	}
}

// begin looks the clinic up, logs in, and lets the first people come.
func (d *day) begin(ctx context.Context) error {
	var c wire.Clinic
	if err := d.ask(ctx, http.MethodGet, "/v1/clinics/"+d.Clinic, nil, &c); err != nil {
		return err
	}
	for _, s := range c.Services {
		d.services = append(d.services, service{ref: s.Service, maxParty: max(1, s.MaxParty)})
	}
	if len(d.services) == 0 {
		return errors.New("the clinic has no services")
	}
	if err := d.login(ctx); err != nil {
		return err
	}
	for range 6 {
		d.after(d.between(0, time.Minute), "arrive", d.arrive)
	}
	d.after(time.Minute, "arrivals", d.arrivals)
	for i, room := range d.Rooms {
		d.after(time.Minute+time.Duration(i)*90*time.Second, "call", func(ctx context.Context) error { return d.call(ctx, room, "") })
	}
	return nil
}

func (d *day) login(ctx context.Context) error {
	return d.ask(ctx, http.MethodPost, "/v1/login", wire.LoginRequest{Clinic: d.Clinic, User: d.User, Password: d.Password}, nil)
}

// await waits until the clock shows at. When the requests take longer than the
// day has time, the day becomes slower: it does not catch up.
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

// after makes something happen when so much of the day has gone by.
func (d *day) after(in time.Duration, name string, do func(context.Context) error) {
	d.order++
	heap.Push(&d.events, event{d.clock + in, d.order, name, do})
}

func (d *day) chance(p float64) bool { return d.rand.Float64() < p }

func (d *day) between(least, most time.Duration) time.Duration {
	return least + time.Duration(d.rand.Int64N(int64(most-least)))
}

// exponential is the time to the next of things that happen by themselves.
func (d *day) exponential(mean time.Duration) time.Duration {
	return time.Duration(d.rand.ExpFloat64() * float64(mean))
}

// consultation is how long a doctor takes: five minutes in the mean, log-normal
// as service times are, the longest ones cut.
func (d *day) consultation() time.Duration {
	const sigma = 0.5
	minutes := math.Exp(math.Log(5) - sigma*sigma/2 + sigma*d.rand.NormFloat64())
	return time.Duration(min(minutes, 25) * float64(time.Minute))
}

// event is something that happens at a time of the day.
type event struct {
	at    time.Duration
	order int
	name  string
	do    func(context.Context) error
}

// events is a heap, the next event first.
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

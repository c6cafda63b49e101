package projection

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/register"
)

// Line is the line whose days are projected: [queue.Store].
type Line interface {
	Now() time.Time
	ClinicIDs(context.Context) ([]clinic.ID, error)
	OpenDays(context.Context, clinic.ID) ([]clinic.Day, error)
	ClosedDays(ctx context.Context, c clinic.ID, n int) ([]queue.ClosedDay, error)
	Heads(context.Context, clinic.ID, []clinic.Day) ([]queue.Head, error)
	TicketsOf(context.Context, clinic.ID, clinic.Day, []queue.TicketID) (map[queue.TicketID]queue.Ticket, map[queue.TicketID]queue.Patient, error)
	ClaimBooks(ctx context.Context, id string, force bool) (string, error)
}

// Journal reads the days' logs: [journal.Reader].
type Journal interface {
	Log(ctx context.Context, c clinic.ID, d clinic.Day, after string) iter.Seq2[journal.Event, error]
	From(ctx context.Context, c clinic.ID, d clinic.Day, entry string) iter.Seq2[journal.Event, error]
}

// Books is the register that gets the rows: [register.Store].
type Books interface {
	Migrate(context.Context) error
	ID(context.Context) (string, error)
	Position(context.Context, register.ClinicDay) (register.Position, error)
	Positions(ctx context.Context, from clinic.Day) (map[register.ClinicDay]register.Position, error)
	Project(context.Context, []register.DayRows) ([]bool, error)
	Recorded(context.Context, queue.TicketID) (register.Booking, bool, error)
	MissingBookings(ctx context.Context, c clinic.ID, from clinic.Day) ([]register.Booking, error)
}

// Options of a [Projector]; the zero value works.
type Options struct {
	// Alone reports whether no other node uses the line. Nil: no other node can.
	Alone      func(context.Context) (bool, error)
	Registerer prometheus.Registerer
	Log        *slog.Logger
}

// Errors of a projector that writes nothing now.
var (
	ErrNotReady   = errors.New("the register is not available")
	ErrOtherBooks = errors.New("another node on this Redis has another register: all nodes need the same --database postgres://…")
	errMoved      = errors.New("other nodes keep projecting the day")
)

// retryAfter is the wait after a failure.
const retryAfter = time.Second

// daysAtOnce is how many days one transaction writes.
const daysAtOnce = 64

// Projector writes the booking rows. It is safe for concurrent use.
type Projector struct {
	line    Line
	journal Journal
	books   Books
	o       Options
	log     *slog.Logger
	metrics *metrics

	wake  chan struct{} // has one when days are due
	hurry chan struct{} // has one when a caller waits for a row

	mu        sync.Mutex // guards what follows
	due       map[register.ClinicDay]*dueDay
	order     []register.ClinicDay // keys of due, the longest waiting first
	positions map[register.ClinicDay]register.Position
	down      error     // why nothing can be written; nil: it can
	logged    time.Time // when that was logged

	oldest time.Time // since when the oldest day has been due that is written now; zero: none is
}

// dueDay is a day whose log may have entries that are not projected.
type dueDay struct {
	since   time.Time
	waiting []chan error
}

// New returns a projector. [Projector.Run] does the work.
func New(line Line, j Journal, books Books, o Options) (*Projector, error) {
	p := &Projector{
		line: line, journal: j, books: books, o: o, log: o.Log, wake: make(chan struct{}, 1), hurry: make(chan struct{}, 1),
		due: map[register.ClinicDay]*dueDay{}, positions: map[register.ClinicDay]register.Position{}, down: ErrNotReady,
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.metrics = newMetrics(p)
	if o.Registerer != nil {
		for _, c := range p.metrics.collectors() {
			if err := o.Registerer.Register(c); err != nil {
				return nil, fmt.Errorf("metrics of the projection: %w", err)
			}
		}
	}
	return p, nil
}

// Prepare migrates the register and claims the line for it. [ErrOtherBooks] is for the
// operator; after any other error, Run tries again.
func (p *Projector) Prepare(ctx context.Context) error {
	err := p.prepare(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.note(err)
	return err
}

// logEvery is how often a register that is not available is logged.
const logEvery = time.Minute

// note keeps whether rows can be written, and logs a change. The caller holds mu.
func (p *Projector) note(err error) {
	switch {
	case err == nil && p.down != nil:
		p.log.Info("the register is available")
		p.logged = time.Time{}
	case err != nil && time.Since(p.logged) > logEvery:
		p.log.Error("the register is not available: the line goes on without it, and bookings for other days are refused", "error", err)
		p.logged = time.Now()
	}
	p.down = err
}

func (p *Projector) prepare(ctx context.Context) error {
	if p.Up() != nil { // else the tables are there
		if err := p.books.Migrate(ctx); err != nil {
			return err
		}
	}
	id, err := p.books.ID(ctx)
	if err != nil {
		return err
	}
	named, err := p.line.ClaimBooks(ctx, id, false)
	if err != nil || named == id {
		return err
	}
	if p.o.Alone != nil {
		alone, err := p.o.Alone(ctx)
		if err != nil {
			return err
		}
		if !alone {
			return ErrOtherBooks
		}
	}
	p.log.Warn("the line had another register: all kept days are projected into this one")
	_, err = p.line.ClaimBooks(ctx, id, true)
	return err
}

// Up returns nil while rows can be written.
func (p *Projector) Up() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.down
}

// Touch has a day projected soon. It waits for nothing.
func (p *Projector) Touch(c clinic.ID, d clinic.Day) {
	p.enqueue(register.ClinicDay{Clinic: c, Day: d}, time.Now(), nil)
}

// Record returns nil when the row of a ticket is stored, with all acts on it so far.
func (p *Projector) Record(ctx context.Context, id queue.TicketID) error {
	if err := p.Up(); err != nil {
		return fmt.Errorf("record %s: %w", id, err)
	}
	done := make(chan error, 1)
	p.enqueue(register.ClinicDay{Clinic: id.Ref().Clinic, Day: id.Day()}, time.Now(), done)
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("record %s: %w", id, err)
		}
	case <-ctx.Done():
		return fmt.Errorf("record %s: %w", id, ctx.Err())
	}
	b, ok, err := p.books.Recorded(ctx, id)
	switch {
	case err != nil:
		return fmt.Errorf("record %s: %w", id, err)
	case !ok || !b.Missing.IsZero():
		return fmt.Errorf("record %s: the log does not have it", id)
	}
	return nil
}

func (p *Projector) enqueue(d register.ClinicDay, since time.Time, done chan error) {
	p.mu.Lock()
	day := p.due[d]
	if day == nil {
		day = &dueDay{since: since}
		p.due[d] = day
		p.order = append(p.order, d)
	}
	if since.Before(day.since) {
		day.since = since
	}
	if done != nil {
		day.waiting = append(day.waiting, done)
		at := slices.Index(p.order, d) // it goes first
		p.order = slices.Insert(slices.Delete(p.order, at, at+1), 0, d)
	}
	p.mu.Unlock()
	if done != nil {
		select {
		case p.hurry <- struct{}{}:
		default:
		}
	}
	p.wakeUp()
}

func (p *Projector) wakeUp() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// take returns the days that callers wait for, then those that are due longest.
func (p *Projector) take() (days []register.ClinicDay, of []*dueDay) {
	p.mu.Lock()
	defer p.mu.Unlock()
	days = slices.Clone(p.order[:min(len(p.order), daysAtOnce)])
	p.order = p.order[len(days):]
	for _, d := range days {
		of = append(of, p.due[d])
		if p.oldest.IsZero() || p.due[d].since.Before(p.oldest) {
			p.oldest = p.due[d].since
		}
		delete(p.due, d)
	}
	return days, of
}

// Run projects what is due, and compares all positions every half minute, until ctx
// ends. What fails is tried again. It returns nil.
func (p *Projector) Run(ctx context.Context) error {
	var rounds sync.WaitGroup
	rounds.Go(func() { p.rounds(ctx) })
	defer rounds.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.wake:
		}
		p.gather(ctx)
		if ctx.Err() != nil || p.Up() != nil {
			continue
		}
		if days, of := p.take(); len(days) > 0 {
			p.project(ctx, days, of)
			p.wakeUp() // for those that are left
		}
	}
}

// gatherFor is how long acts are gathered before their days are projected. One act at a
// time would cost as much as the act itself.
const gatherFor = 50 * time.Millisecond

// gather waits for further acts, unless a caller waits for a row, or enough is due.
func (p *Projector) gather(ctx context.Context) {
	p.mu.Lock()
	due := len(p.order)
	p.mu.Unlock()
	if due == 0 || due >= daysAtOnce {
		return
	}
	select {
	case <-ctx.Done():
	case <-p.hurry:
	case <-time.After(gatherFor):
	}
}

// project projects days, and sends the result to the callers that wait. What failed is due again after a
// while.
func (p *Projector) project(ctx context.Context, days []register.ClinicDay, of []*dueDay) {
	errs := p.write(ctx, days)
	p.mu.Lock()
	p.oldest = time.Time{}
	p.mu.Unlock()
	for i, err := range errs {
		for _, w := range of[i].waiting {
			w <- err
		}
		if err == nil {
			continue
		}
		if ctx.Err() == nil {
			p.metrics.failed.Inc()
			p.log.Error("projecting a day", "clinic", string(days[i].Clinic), "day", string(days[i].Day), "error", err)
		}
		time.AfterFunc(retryAfter, func() { p.enqueue(days[i], of[i].since, nil) })
	}
}

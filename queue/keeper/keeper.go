package keeper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/learn"
)

// keeperRound is how often a Keeper looks after the days.
const keeperRound = 30 * time.Second

// Options of a [Keeper]; the zero value works.
type Options struct {
	Books      Books // nil: there are none
	Registerer prometheus.Registerer
	Log        *slog.Logger
}

// Books keep what they were projected from the days. They keep each part for as long as the
// line does.
type Books interface {
	// Expire removes the patients of days before one, and all of the days before another. It
	// may leave some for the next call, unless it removed none.
	Expire(ctx context.Context, c clinic.ID, patientsBefore, rowsBefore clinic.Day) (patients, rows int64, err error)
}

// Source is the line whose days a [Keeper] looks after: [queue.Store].
type Source interface {
	learn.Source
	// ClinicIDs returns the numbers of all clinics.
	ClinicIDs(context.Context) ([]clinic.ID, error)
	// DaysOver lists a clinic's days that are over and not closed.
	DaysOver(context.Context, clinic.ID) ([]clinic.Day, error)
	// CloseDay ends a day that is over.
	CloseDay(context.Context, clinic.ID, clinic.Day) error
	// RemovePatients removes who the tickets of a closed day were for.
	RemovePatients(context.Context, clinic.ID, clinic.Day) (bool, error)
	// RemoveDay removes all that is kept of a closed day but its figures.
	RemoveDay(context.Context, clinic.ID, clinic.Day) error
}

// Keeper learns from sessions that are over, closes days that are over, and removes
// those that have expired. Every node runs one, and each step may be repeated or
// interleaved. So each day is closed once, even if nodes were down at its end.
type Keeper struct {
	line     Source
	books    Books
	learner  *learn.Learner
	log      *slog.Logger
	days     *prometheus.CounterVec // by what was done
	accuracy *accuracy

	tidied map[clinic.ID]tidied // since the start, or since a day was closed; Run's alone
}

// tidied is the record by which a clinic's old days were removed. It has the rounds
// since that was checked to be the newest.
type tidied struct {
	rev    string
	day    clinic.Day // on which it was done
	rounds int
}

// tidyRounds is after how many rounds a shorter [clinic.Retention] counts at the latest: an hour.
const tidyRounds = int(time.Hour / keeperRound)

// New returns a keeper of the line's days. [Keeper.Run] does the work.
func New(line Source, o Options) (*Keeper, error) {
	k := &Keeper{line: line, books: o.Books, learner: learn.New(line), log: o.Log, days: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "junban_keeper_days_total",
		Help: "Days processed by the keeper, by what was done: closed, personal data removed, tickets removed, or failed.",
	}, []string{"reason"}), accuracy: newAccuracy(), tidied: map[clinic.ID]tidied{}}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	if o.Registerer != nil {
		for _, c := range append(k.accuracy.collectors(), k.days) {
			if err := o.Registerer.Register(c); err != nil {
				return nil, fmt.Errorf("metrics of the keeper: %w", err)
			}
		}
	}
	return k, nil
}

// Run looks after the days at once and then every half minute, until ctx ends;
// what fails is tried again. It returns nil.
func (k *Keeper) Run(ctx context.Context) error {
	tick := time.NewTicker(keeperRound)
	defer tick.Stop()
	for {
		if err := k.round(ctx); err != nil && ctx.Err() == nil {
			k.days.WithLabelValues("failed").Inc()
			k.log.Error("closing days", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// round closes and removes what is due. One clinic's failure keeps no other
// waiting.
func (k *Keeper) round(ctx context.Context) error {
	ids, err := k.line.ClinicIDs(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range ids {
		if err := k.clinic(ctx, id); err != nil && !errors.Is(err, clinic.ErrNoClinic) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (k *Keeper) clinic(ctx context.Context, c clinic.ID) error {
	over, err := k.line.DaysOver(ctx, c)
	if err != nil {
		return err
	}
	for _, d := range over {
		k.learn(ctx, c, d, nil)
		if err := k.line.CloseDay(ctx, c, d); err != nil && !errors.Is(err, queue.ErrDayOpen) {
			return err
		}
		k.days.WithLabelValues("closed").Inc()
		k.log.Info("closed a day", "clinic", string(c), "day", string(d))
		delete(k.tidied, c)
	}
	missed, err := k.learner.Missed(ctx, c)
	if err != nil {
		return err
	}
	for _, d := range missed {
		k.learn(ctx, c, d, nil)
	}
	if len(over) == 0 {
		day, sessions, err := k.learner.Finished(ctx, c)
		if err != nil {
			return fmt.Errorf("sessions of clinic %s: %w", c, err)
		}
		if len(sessions) > 0 {
			k.learn(ctx, c, day, sessions)
		}
	}
	last := k.tidied[c]
	if last.rev != "" && last.rounds < tidyRounds {
		k.tidied[c] = tidied{last.rev, last.day, last.rounds + 1}
		return nil
	}
	record, err := k.line.Clinic(ctx, c) // a shorter retention counts, from any node
	if err != nil {
		return err
	}
	loc, err := record.Location()
	if err != nil {
		return err
	}
	today := record.DayOf(k.line.Now(), loc)
	if record.Rev == last.rev && today == last.day {
		k.tidied[c] = tidied{rev: last.rev, day: last.day}
		return nil
	}
	if err := k.tidy(ctx, record); err != nil {
		return fmt.Errorf("remove old days of clinic %s: %w", c, err)
	}
	more, err := k.expireBooks(ctx, record, loc)
	if err != nil {
		return fmt.Errorf("remove old bookings of clinic %s: %w", c, err)
	}
	if more {
		return nil // the other clinics' days do not wait for it
	}
	k.tidied[c] = tidied{rev: record.Rev, day: today}
	return nil
}

// learn learns from sessions of a day. It runs before the day is closed. A failure does
// not stop the closing. Each later round tries again, until a later day was learned from.
func (k *Keeper) learn(ctx context.Context, c clinic.ID, d clinic.Day, sessions []string) {
	scores, err := k.learner.Learn(ctx, c, d, sessions)
	if err != nil {
		k.days.WithLabelValues("not_learned").Inc()
		k.log.Error("learning from a day", "error", err)
		return
	}
	k.accuracy.add(scores)
}

// tidy removes what a clinic no longer keeps. Of old days the patients go first, later
// all but the figures.
func (k *Keeper) tidy(ctx context.Context, record clinic.Clinic) error {
	patients, days := k.days.WithLabelValues("patients_removed"), k.days.WithLabelValues("removed")
	closed, err := k.line.ClosedDays(ctx, record.ID, 0)
	if err != nil {
		return err
	}
	for _, d := range slices.Backward(closed) {
		age := k.line.Now().Sub(d.End)
		if age >= record.KeepPatients() {
			removed, err := k.line.RemovePatients(ctx, record.ID, d.Day)
			if err != nil {
				return err
			}
			if removed {
				patients.Inc()
			}
		}
		if age >= record.KeepDays() {
			if err := k.line.RemoveDay(ctx, record.ID, d.Day); err != nil {
				return err
			}
			days.Inc()
		}
	}
	return nil
}

// expireBooks removes from the books what a clinic no longer keeps. Their days go on the
// same date as the line's. It reports whether more may be left for the next round.
func (k *Keeper) expireBooks(ctx context.Context, record clinic.Clinic, loc *time.Location) (more bool, err error) {
	if k.books == nil {
		return false, nil
	}
	before := func(kept time.Duration) clinic.Day { return record.DayOf(k.line.Now().Add(-kept), loc) }
	patients, rows, err := k.books.Expire(ctx, record.ID, before(record.KeepPatients()), before(record.KeepDays()))
	return patients+rows > 0, err
}

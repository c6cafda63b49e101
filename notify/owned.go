package notify

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

const (
	gatherFor     = 20 * time.Millisecond // messages of one act are looked at together
	evaluateAfter = time.Second           // of the evaluation before, at the earliest
	evaluateEvery = time.Minute           // without a message: time alone brings a call nearer
	lookEvery     = 10 * time.Minute      // at a day to come, without a message
	retryAfter    = time.Second           // after a failure
	stepWithin    = 10 * time.Second      // bounds what one step asks of Redis
	movedAtMost   = 8                     // times that another node may have planned, before a day is left for later
)

// owned looks after one clinic while this node owns it: it follows the line, plans, and
// gives the clinic its turn when something is due.
type owned struct {
	n    *Notifier
	id   clinic.ID
	ctx  context.Context
	stop context.CancelFunc
	wake chan struct{} // has one when there is a message

	mu sync.Mutex
	messages
	shown  map[queue.TicketID]shown // the newest forecast, guarded by mu
	making map[string]bool          // boxes of news whose jobs are being made, guarded by mu
	parts  sync.WaitGroup

	// Of run alone:
	days      map[clinic.Day]*day // those with wants
	snap      *queue.Snapshot     // the newest; nil: none yet, or it is stale
	evaluated time.Time           // when the rules were last applied to the line
	again     bool                // there is something new since
	due       time.Time           // when the next job is due; zero: none is
	looked    time.Time           // when the outbox was last asked for it
}

// day is what is known of a day with wants.
type day struct {
	wants map[queue.TicketID][]outbox.Want
	known map[string]bool                 // wants whose confirmation and reminders are planned
	jobs  map[queue.TicketID][]outbox.Job // of tickets that the rules were applied to, as they were read

	read   bool   // cursor is known
	cursor string // as the outbox has it
	last   string // entry of the log that was decided on last; at or behind the cursor
	check  time.Time
}

func newOwned(ctx context.Context, n *Notifier, c clinic.ID) *owned {
	o := &owned{n: n, id: c, wake: make(chan struct{}, 1), days: map[clinic.Day]*day{}, shown: map[queue.TicketID]shown{}, making: map[string]bool{}}
	o.ctx, o.stop = context.WithCancel(ctx)
	o.poked, o.all = true, true
	return o
}

// run looks after the clinic until it is stopped.
func (o *owned) run() {
	defer o.parts.Wait()
	o.parts.Go(func() {
		err := o.n.Feed.Follow(o.ctx, o.id, queue.Watcher{Emit: o.emit, Stale: o.lose})
		if err != nil && !errors.Is(err, clinic.ErrNoClinic) {
			o.n.Log.Warn("following a clinic for its notices", "clinic", string(o.id), "error", err)
		}
	})
	defer o.stop()
	for o.ctx.Err() == nil {
		wait, err := o.step()
		switch {
		case errors.Is(err, clinic.ErrNoClinic):
			o.n.forget(o)
			return // it was removed
		case err != nil:
			pause(o.ctx, retryAfter) // a message does not end it
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-o.ctx.Done():
		case <-timer.C:
		case <-o.wake:
			pause(o.ctx, gatherFor)
		}
		timer.Stop()
	}
}

// step does what the messages and the time bring, and returns when the next step is due
// without a message. After an error the next one does all of it again.
func (o *owned) step() (time.Duration, error) {
	ctx, cancel := context.WithTimeout(o.ctx, stepWithin)
	defer cancel()
	if err := o.look(ctx, o.messagesNow()); err != nil {
		if o.ctx.Err() == nil && !errors.Is(err, clinic.ErrNoClinic) {
			o.n.metrics.failed.Inc()
			o.n.Log.Warn("planning notices", "clinic", string(o.id), "error", err)
		}
		o.lost()
		for _, d := range o.days {
			d.read = false
		}
		return 0, err
	}
	return o.wait(), nil
}

// look plans the days that have something new, applies the rules to the line, and asks
// for turns.
func (o *owned) look(ctx context.Context, m messages) error {
	now := o.n.now()
	c, err := o.n.Line.Clinic(ctx, o.id)
	if err != nil {
		return err
	}
	o.snap = m.snap
	if m.stale {
		o.snap = nil
	}
	todo, err := o.toPlan(ctx, m, now)
	if err != nil {
		return err
	}
	planned := 0
	for _, d := range slices.Sorted(maps.Keys(todo)) {
		n, err := o.plan(ctx, c, d, todo[d])
		if err != nil {
			return err
		}
		planned += n
	}
	o.again = o.again || m.fresh || m.poked
	n, err := o.evaluate(ctx, c, now)
	if err != nil {
		return err
	}
	planned += n
	return o.askForTurns(ctx, m, planned)
}

// toPlan returns the days whose logs are to be read; with true, also their wants.
func (o *owned) toPlan(ctx context.Context, m messages, now time.Time) (map[clinic.Day]bool, error) {
	todo := map[clinic.Day]bool{}
	for d := range m.touched {
		if o.days[d] != nil {
			todo[d] = false
		}
	}
	if m.fresh && o.days[m.snap.Day] != nil {
		todo[m.snap.Day] = false
	}
	if m.others {
		for d := range o.days {
			todo[d] = false
		}
	}
	due := slices.ContainsFunc(slices.Collect(maps.Values(o.days)), func(d *day) bool { return !d.check.After(now) })
	var days []clinic.Day
	if m.all || due || m.poked && len(m.asked) == 0 && len(o.days) == 0 {
		until := now
		if m.all {
			until = now.AddDate(2, 0, 0) // all days with wants
		}
		var err error
		if days, err = o.n.Outbox.Checks(ctx, o.id, until); err != nil {
			return nil, err
		}
	}
	days = slices.AppendSeq(days, maps.Keys(m.asked))
	for _, d := range days {
		if _, err := time.Parse(time.DateOnly, string(d)); err != nil {
			o.startNews(string(d))
			continue
		}
		if o.days[d] == nil {
			o.days[d] = &day{known: map[string]bool{}, jobs: map[queue.TicketID][]outbox.Job{}}
		}
		todo[d] = true
	}
	for name, d := range o.days {
		switch _, there := todo[name]; {
		case !there && m.all:
			delete(o.days, name) // it is over
		case !todo[name] && !d.check.After(now):
			d.check = now.Add(evaluateEvery) // another node has looked
		}
	}
	return todo, nil
}

// askForTurns gives the clinic a turn when a job is due.
func (o *owned) askForTurns(ctx context.Context, m messages, planned int) error {
	now := o.n.now()
	if !m.due.IsZero() && (o.due.IsZero() || m.due.Before(o.due)) {
		o.due = m.due
	}
	if planned > 0 || m.poked || now.Sub(o.looked) >= sweepEvery {
		due, err := o.n.Outbox.Due(ctx, []clinic.ID{o.id})
		if err != nil {
			return err
		}
		o.due, o.looked = due[o.id], now
	}
	if !o.due.IsZero() && !o.due.After(now) {
		o.n.usual.add(o.id)
		o.n.news.add(o.id)
		o.due = time.Time{} // the turn finds out what is next
	}
	return nil
}

// wait returns how long the next step may wait.
func (o *owned) wait() time.Duration {
	now := o.n.now()
	next := now.Add(sweepEvery)
	sooner := func(at time.Time) {
		if at.Before(next) {
			next = at
		}
	}
	if !o.due.IsZero() {
		sooner(o.due.Add(time.Millisecond)) // Redis counts in whole ones
	}
	for _, d := range o.days {
		sooner(d.check)
	}
	if o.snap != nil && len(o.days) > 0 {
		sooner(o.evaluated.Add(evaluateEvery))
		if o.again {
			sooner(o.evaluated.Add(evaluateAfter))
		}
	}
	return max(next.Sub(now), time.Millisecond)
}

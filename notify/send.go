package notify

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"junban/notify/message"
	"junban/notify/text"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// askAgain is how long after a turn without a job the outbox is asked again.
const askAgain = time.Second / 2

// take gives clinics their turns, one after the other, until ctx ends. Tries end with the
// other context.
func (n *Notifier) take(ctx, sends context.Context, t *turns) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.ready:
		}
		for ctx.Err() == nil {
			p, ok := t.next()
			if !ok {
				break
			}
			n.takeTurn(ctx, sends, t, p)
		}
	}
}

// takeTurn claims what a clinic may send in its turn, and sends it.
func (n *Notifier) takeTurn(ctx, sends context.Context, t *turns, p places) {
	used := map[outbox.Channel]int{}
	more := false
	defer func() { t.took(p, used, more) }()
	limited, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	c, err := n.Line.Clinic(limited, p.clinic)
	if err != nil {
		n.failedTurn(ctx, p.clinic, err)
		return
	}
	claimed := time.Now() // the lease begins no earlier
	jobs, err := n.Outbox.Take(limited, c, p.n, func(ch outbox.Channel) time.Duration {
		switch {
		case p.has(ch):
			return channels[ch].lease
		case slices.Contains(p.calls, ch):
			return -channels[ch].lease // for calls alone
		}
		return 0
	}, t.news)
	if err != nil {
		n.failedTurn(ctx, p.clinic, err)
		return
	}
	for _, j := range jobs {
		used[j.Job.Channel]++
		n.sending.Go(func() {
			defer t.done(p.clinic, j.Job.Channel)
			n.send(sends, c, j, claimed)
		})
	}
	switch more = len(jobs) == p.n; {
	case len(jobs) == 0: // what is due waits for a place in its channel, or has just ended
		time.AfterFunc(askAgain, func() { n.turnOver(p.clinic) })
	case !more:
		n.turnOver(p.clinic)
	}
}

// failedTurn has a turn tried again later.
func (n *Notifier) failedTurn(ctx context.Context, c clinic.ID, err error) {
	if ctx.Err() != nil {
		return
	}
	n.metrics.failed.Inc()
	n.Log.Warn("claiming notices", "clinic", string(c), "error", err)
	time.AfterFunc(retryAfter, func() { n.turnOver(c) })
}

// turnOver has the owner ask when the next job of a clinic is due.
func (n *Notifier) turnOver(c clinic.ID) {
	n.mu.Lock()
	o := n.owned[c]
	n.mu.Unlock()
	if o != nil {
		o.poke("")
	}
}

// send makes one try of a claimed job, and records what became of it.
func (n *Notifier) send(ctx context.Context, c clinic.Clinic, j outbox.Claimed, claimed time.Time) {
	ch := j.Job.Channel
	rules := channels[ch]
	over := claimed.Add(rules.lease - time.Second)
	began := n.now()
	left := time.UnixMilli(j.Job.Until).Sub(j.Lease.Add(-rules.lease)) - time.Since(claimed)
	told := outbox.Told{Job: j.Job, Fence: j.Job.Fence}
	unfit := false // the address was refused
	provider := providerOf(ch, j.Want.Address)
	rest, allowed := n.breakers.allow(provider, j.Job.Kind)
	switch {
	case time.Now().Add(rules.timeout).After(over):
		n.metrics.tries.WithLabelValues(string(j.Job.Kind), string(ch), "leased").Inc()
		return // too late for this lease: another sender has the job soon
	case left <= 0:
		told.State, told.Why = outbox.Void, "late"
		n.metrics.voids.WithLabelValues("late").Inc()
	case !allowed:
		told.State, told.RetryAt, told.Why, told.Untried = outbox.Due, began.Add(rest), outbox.WhyRests, true
	default:
		limited, cancel := context.WithTimeout(ctx, min(rules.timeout, left))
		in, err := n.input(limited, c, j, began)
		if err != nil {
			cancel()
			n.metrics.failed.Inc()
			n.Log.Warn("reading what to send", "clinic", string(c.ID), "error", err)
			return // it is due again after its lease
		}
		r := n.Channels[ch].Send(limited, n.Composer.Compose(in))
		cancel()
		n.breakers.note(provider, r)
		switch {
		case r.Outcome == message.Sent:
			n.breakers.accepted(provider)
		case r.Outcome == message.Refused && r.Address:
			unfit = !r.Fault || n.breakers.refused(provider)
		}
		told = n.outcome(told, r, n.now())
		n.count(j, r, told)
	}
	n.tell(ctx, c, told, over)
	if unfit {
		n.countRefusal(ctx, c.ID, told)
	}
	n.turnOver(c.ID)
}

// countRefusal counts that an address was refused. It is suppressed after the third time.
func (n *Notifier) countRefusal(ctx context.Context, c clinic.ID, told outbox.Told) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), askWithin)
	defer cancel()
	if _, err := n.Outbox.Returned(limited, c, told.Job.Channel, told.Job.Want, "refused "+told.Why, false); err != nil {
		n.metrics.failed.Inc()
		n.Log.Warn("counting a refused address", "clinic", string(c), "error", err)
	}
}

// outcome decides what is to become of a job after a try.
func (n *Notifier) outcome(told outbox.Told, r message.Result, now time.Time) outbox.Told {
	j := told.Job
	told.Why, told.Spent = r.Answer, r.Outcome == message.Sent || r.Outcome == message.Uncertain
	again := r.Outcome == message.Retry
	switch r.Outcome {
	case message.Sent:
		told.State = outbox.Sent
	case message.Gone:
		told.State, told.Remove = outbox.Dead, true
	case message.Uncertain:
		told.State = outbox.Uncertain
		again = channels[j.Channel].repeats || kinds[j.Kind].once && j.Tries <= 1
	default:
		told.State = outbox.Dead
	}
	if wait, ok := retryOf(j, r.After); again && ok {
		if at := now.Add(wait); at.UnixMilli() < j.Until {
			told.State, told.RetryAt = outbox.Due, at
		}
	}
	return told
}

// retryOf returns how long the next try of a job waits: a random part of the row in
// [kinds], or as long as the provider asks. ok is false after the last try.
func retryOf(j outbox.Job, asked time.Duration) (wait time.Duration, ok bool) {
	waits := kinds[j.Kind].retries
	if n := max(j.Tries, 1) - 1; n < len(waits) {
		return max(rand.N(waits[n])+time.Millisecond, asked), true
	}
	return 0, false
}

// input gathers what a notice is written from: the figures of now.
func (n *Notifier) input(ctx context.Context, c clinic.Clinic, j outbox.Claimed, now time.Time) (in text.Input, err error) {
	in = text.Input{Job: j.Job, Want: j.Want, Ticket: j.Ticket, Clinic: c, Now: now, Origin: j.Want.Origin}
	n.mu.Lock()
	o := n.owned[c.ID]
	n.mu.Unlock()
	if o != nil {
		in.Low, in.High = o.rangeOf(j.Job.Ticket, now)
	}
	if in.High == 0 {
		in.Low, in.High = time.Duration(j.Job.Low)*time.Minute, time.Duration(j.Job.High)*time.Minute
	}
	if j.Job.Kind == outbox.News {
		if in.News, err = n.newsOf(ctx, j.Job); err != nil {
			return in, err
		}
		if j.Want.Origin != "" {
			in.Unsubscribe = j.Want.Origin + "/u/" + n.Outbox.UnfollowToken(c.ID, j.Job.Want)
		}
	}
	return in, nil
}

// tell records what became of a job. It tries until the lease is over; then the job is
// due again by itself.
func (n *Notifier) tell(ctx context.Context, c clinic.Clinic, told outbox.Told, over time.Time) {
	for {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), askWithin)
		err := n.Outbox.Tell(limited, c, told)
		cancel()
		if err == nil || errors.Is(err, outbox.ErrFence) {
			return
		}
		n.metrics.failed.Inc()
		if time.Now().Add(retryAfter).After(over) {
			n.Log.Warn("recording what became of a notice", "clinic", string(c.ID), "error", err)
			return
		}
		time.Sleep(retryAfter / 4)
	}
}

// count counts a try.
func (n *Notifier) count(j outbox.Claimed, r message.Result, told outbox.Told) {
	kind, ch := string(j.Job.Kind), string(j.Job.Channel)
	n.metrics.tries.WithLabelValues(kind, ch, string(r.Outcome)).Inc()
	switch {
	case told.State == outbox.Sent:
		n.metrics.seconds.WithLabelValues(kind, ch).Observe(max(0, n.now().Sub(time.UnixMilli(j.Job.Due))).Seconds())
	case told.Remove && j.Job.Channel == outbox.Push:
		n.metrics.gone.WithLabelValues(vendorOf(j.Want.Address.Endpoint)).Inc()
	}
}

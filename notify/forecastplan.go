package notify

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"junban/notify/text"
	"junban/queue"
	"junban/queue/approach"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/forecast"
	"junban/queue/outbox"
)

// stageGo is the stage of the approach itself; that of the next patient is
// [text.StageNext].
const stageGo = string(approach.Go)

// Why a planner voids a job; the outbox has reasons of its own.
const (
	whyNotNear = "not_near" // of an approach that has become too early before it was sent
	whyUndone  = "undone"   // the act was taken back
)

// attemptsAtMost is how many approaches of a leg may be planned, with those that were
// void before they were sent.
const attemptsAtMost = 6

// shown is the range of a ticket as its page shows it.
type shown struct {
	estimate.Interval
	steady estimate.Steady
	at     time.Time
}

// rangeOf returns the ends of the range of a ticket as it is shown now; 0 where none is.
func (o *owned) rangeOf(id queue.TicketID, now time.Time) (low, high time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s, ok := o.shown[id]
	if !ok || now.Sub(s.at) > 2*evaluateEvery {
		return 0, 0
	}
	return s.Low, s.High
}

// evaluate applies the rules of the approach to the line: at most once a second after
// changes, and each minute. It returns how many jobs were new.
func (o *owned) evaluate(ctx context.Context, c clinic.Clinic, now time.Time) (int, error) {
	since := now.Sub(o.evaluated)
	if o.snap == nil || since < evaluateAfter || !o.again && since < evaluateEvery {
		return 0, nil
	}
	d := o.days[o.snap.Day]
	if d == nil || len(d.wants) == 0 {
		return 0, nil
	}
	o.evaluated, o.again = now, false
	o.forecast(d, now)
	zone, err := c.Location()
	if err != nil {
		return 0, err
	}
	_, until := c.Bounds(o.snap.Day, zone)
	p := planner{outbox: o.n.Outbox, has: o.n.has, clinic: c, zone: zone, now: now, dayEnd: until, today: true, void: map[string]string{}}
	for _, id := range slices.Sorted(maps.Keys(d.wants)) {
		if err := o.apply(ctx, d, &p, id); err != nil {
			return 0, err
		}
	}
	if len(p.jobs) == 0 && len(p.void) == 0 {
		return 0, nil
	}
	n, err := o.n.Outbox.Plan(ctx, o.id, string(o.snap.Day), outbox.Plan{Jobs: p.jobs, Void: p.void})
	if err != nil {
		return 0, err
	}
	for _, j := range p.jobs {
		delete(d.jobs, j.Ticket)
	}
	o.n.metrics.void(p.void)
	return n, nil
}

// forecast computes the shown ranges of the line, if one of the patients waits for them.
func (o *owned) forecast(d *day, now time.Time) {
	waits := false
	for id := range d.wants {
		t, l, _, _, ok := o.snap.Find(id)
		waits = waits || ok && t.State == queue.Waiting && !l.Service.Hides("waitMinutes")
	}
	next := map[queue.TicketID]shown{}
	if waits {
		f := forecast.Of(o.snap, now)
		o.mu.Lock()
		defer o.mu.Unlock()
		for id := range d.wants {
			r, ok := f.Waits[string(id)]
			if _, l, _, _, there := o.snap.Find(id); !ok || !there || l.Service.Hides("waitMinutes") {
				continue
			}
			s := shown{at: now}
			s.Interval, s.steady = o.shown[id].steady.Next(now, r)
			next[id] = s
		}
		o.shown = next
		return
	}
	o.mu.Lock()
	o.shown = next
	o.mu.Unlock()
}

// unseen reports whether a new want's ticket waits and has no range yet.
func (o *owned) unseen(p *planner) bool {
	return slices.ContainsFunc(p.concerned(), func(id queue.TicketID) bool {
		_, high := o.rangeOf(id, p.now)
		return high == 0 && p.tickets[id].State == queue.Waiting
	})
}

// wantOf is a want in the words of the rules.
func (o *owned) wantOf(w outbox.Want, l *queue.Line) approach.Want {
	return approach.Want{
		Travel: time.Duration(w.Travel) * time.Minute, Ahead: cmp.Or(w.Ahead, l.Service.ComeAt), Next: o.snap.Clinic.Notices.Next,
	}
}

// ticketOf is a ticket in the words of the rules. One whose session begins too late for
// its patient to set out counts as aside.
func (o *owned) ticketOf(w outbox.Want, t queue.Ticket, l *queue.Line, ahead int, now time.Time) approach.Ticket {
	a := approach.Ticket{Now: now, Waiting: t.State == queue.Waiting, Here: t.Presence == queue.Here, Ahead: ahead}
	if t.Slot != "" {
		a.Slot, a.Waiting = t.SlotFrom, t.State == queue.Waiting || t.State == queue.Booked
		return a
	}
	travel := time.Duration(w.Travel) * time.Minute
	for _, s := range l.Sessions {
		if s.ID == t.Session && s.Consult.From.Sub(now) > travel+approach.Margin(travel) {
			a.Waiting = false
		}
	}
	a.Low, a.High = o.rangeOf(t.ID, now)
	return a
}

// seen reports whether the snapshot has a ticket.
func (o *owned) seen(id queue.TicketID) bool {
	_, _, _, _, ok := o.snap.Find(id)
	return ok
}

// near reports whether the patient of a ticket of today is to set out now.
func (o *owned) near(w outbox.Want, id queue.TicketID) bool {
	t, l, ahead, _, ok := o.snap.Find(id)
	now := o.n.now()
	return ok && approach.Near(o.wantOf(w, l), o.ticketOf(w, t, l, ahead, now))
}

// apply applies the rules to one ticket. The first of its wants that gets approaches
// decides for all.
func (o *owned) apply(ctx context.Context, d *day, p *planner, id queue.TicketID) error {
	t, l, ahead, _, ok := o.snap.Find(id)
	wants := d.wants[id]
	first := slices.IndexFunc(wants, func(w outbox.Want) bool { return p.wanted(outbox.Approach, w) })
	if !ok || first < 0 || t.State != queue.Waiting && t.State != queue.Booked {
		return nil
	}
	w := wants[first]
	if !d.known[p.key(id, w)] {
		return nil // its confirmation comes first
	}
	rules, now := o.wantOf(w, l), o.ticketOf(w, t, l, ahead, p.now)
	jobs, read := d.jobs[id]
	for fresh := false; ; fresh = true {
		if !read {
			var err error
			if jobs, err = o.n.Outbox.JobsOf(ctx, id); err != nil {
				return err
			}
			d.jobs[id], read, fresh = jobs, true, true
		}
		h := historyOf(jobs, t.Leg)
		decision := approach.Decide(rules, now, h.sent)
		if open := h.open(p.now); decision == approach.None && !open {
			return nil
		} else if !fresh {
			read = false // what was read before may have been sent or void since
			continue
		}
		if h.pending != nil && !approach.Near(rules, now) {
			for _, j := range h.pending {
				p.void[j] = whyNotNear
			}
			return nil
		}
		o.add(p, t, decision, h, wants, now)
		return nil
	}
}

// add makes the jobs of a decision.
func (o *owned) add(p *planner, t queue.Ticket, decision approach.Decision, h history, wants []outbox.Want, now approach.Ticket) {
	j := outbox.Job{
		Ticket: t.ID, Leg: t.Leg, Ahead: now.Ahead, Low: int(now.Low.Minutes()), High: int(now.High.Minutes()),
		Reason: o.snap.Epoch + "/" + string(decision),
	}
	switch decision {
	case approach.Go:
		if h.attempts >= attemptsAtMost {
			return
		}
		j.Kind, j.Stage, j.Attempt = outbox.Approach, stageGo, h.attempts
	case approach.Next:
		j.Kind, j.Stage, j.Attempt = outbox.Approach, text.StageNext, h.attempts
	case approach.Back:
		j.Kind, j.Stage, j.Attempt = outbox.Changed, text.StageBack, h.attempts
	case approach.Delay:
		j.Kind, j.Attempt = outbox.Delay, h.attempts
	default:
		return
	}
	rules := kinds[j.Kind]
	j.Due, j.Until = p.now.Add(rules.settle).UnixMilli(), p.now.Add(rules.until).UnixMilli()
	if j.Kind == outbox.Changed {
		j.Until = p.dayEnd.UnixMilli()
	}
	p.jobs = append(p.jobs, p.chain(j, wants, p.now)...)
}

// counts reports whether a job was sent, or is to be, or never can be. One whose reason
// was gone before it left may come again.
func counts(j outbox.Job) bool {
	return j.State != outbox.Void || !slices.Contains([]string{whyNotNear, whyUndone, outbox.WhyState, outbox.WhyLate}, j.Why)
}

// history is what a ticket's jobs say about the leg so far.
type history struct {
	sent     approach.Sent
	attempts int      // approaches that were planned, also those that were void
	pending  []string // jobs of an approach that settles, or is tried
	soonest  int64    // when the first open job is due, in ms; 0: none is open
}

// open reports whether a job may have been sent or void since it was read.
func (h history) open(now time.Time) bool {
	return len(h.pending) > 0 || h.soonest != 0 && h.soonest <= now.UnixMilli()
}

// historyOf reads a ticket's jobs of one leg. A job that was void was not sent.
func historyOf(jobs []outbox.Job, leg int) (h history) {
	jobs = slices.Clone(jobs)
	slices.SortStableFunc(jobs, func(a, b outbox.Job) int { return cmp.Compare(a.Planned, b.Planned) })
	planned, counted := map[int]bool{}, map[int]bool{}
	for _, j := range jobs {
		if j.Leg != leg {
			continue
		}
		was := counts(j)
		if j.State == outbox.Due && (h.soonest == 0 || j.Due < h.soonest) {
			h.soonest = j.Due
		}
		switch {
		case j.Kind == outbox.Approach && j.Stage == stageGo:
			planned[j.Attempt] = true
			if j.State == outbox.Due || j.State == outbox.Sending {
				h.pending = append(h.pending, j.ID)
			}
			if was && !counted[j.Attempt] {
				counted[j.Attempt] = true
				h.sent.Approaches++
				h.sent.Back, h.sent.Delay, h.sent.Ahead = false, false, j.Ahead
			}
		case j.Kind == outbox.Confirm && j.Stage == text.StageNow && was && h.sent.Approaches == 0:
			h.sent.Approaches, h.sent.Ahead = 1, j.Ahead
			h.attempts = 1
		case j.Kind == outbox.Approach && j.Stage == text.StageNext:
			h.sent.Next = h.sent.Next || was
		case j.Kind == outbox.Changed && j.Stage == text.StageBack:
			h.sent.Back = h.sent.Back || was
		case j.Kind == outbox.Delay:
			h.sent.Delay = h.sent.Delay || was
		default:
			continue
		}
		if was && j.High > 0 {
			h.sent.Low, h.sent.At = time.Duration(j.Low)*time.Minute, time.UnixMilli(j.Planned)
		}
	}
	h.attempts += len(planned)
	return h
}

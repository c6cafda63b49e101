package notify

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/outbox"
)

// plan plans what a day's log and its wants ask for, and returns how many jobs were new.
// Looked: the wants are read again, and the outbox learns when the next look is due.
func (o *owned) plan(ctx context.Context, c clinic.Clinic, name clinic.Day, looked bool) (int, error) {
	d := o.days[name]
	for tries := 0; ; tries++ {
		n, err := o.planOnce(ctx, c, name, d, looked)
		if !errors.Is(err, outbox.ErrMoved) || tries == movedAtMost {
			return n, err
		}
		d.read, looked = false, true
		clear(d.jobs)
	}
}

func (o *owned) planOnce(ctx context.Context, c clinic.Clinic, name clinic.Day, d *day, looked bool) (n int, err error) {
	zone, err := c.Location()
	if err != nil {
		return 0, err
	}
	now := o.n.now()
	if looked || d.wants == nil {
		clear(d.jobs)
		if d.wants, err = o.n.Outbox.WantsOf(ctx, o.id, name); err != nil {
			return 0, err
		}
	}
	if !d.read {
		if d.cursor, err = o.n.Outbox.Cursor(ctx, o.id, name); err != nil {
			return 0, err
		}
		d.last, d.read = d.cursor, true
	}
	events, last, err := o.events(ctx, name, d)
	if err != nil {
		return 0, err
	}
	_, until := c.Bounds(name, zone)
	p := planner{
		outbox: o.n.Outbox, has: o.n.has, clinic: c, zone: zone, now: now, dayEnd: until, today: o.snap != nil && o.snap.Day == name,
		wants: d.wants, known: d.known, events: events, near: o.near, seen: o.seen,
	}
	if o.snap == nil && c.DayOf(now, zone) == name {
		p.known = nil // without the line it is not known whether the patient is to come at once
	}
	if err := o.readTickets(ctx, name, &p); err != nil {
		return 0, err
	}
	if p.today && o.unseen(&p) {
		o.forecast(d, now) // the confirmation is to know whether it is time to set out
	}
	p.decide()
	if err := o.noteCalled(ctx, name, &p); err != nil {
		return 0, err
	}
	for from, to := range p.moved {
		if err := o.n.Outbox.MoveWants(ctx, from, to); err != nil {
			return 0, err
		}
	}
	plan := outbox.Plan{Jobs: p.jobs, Void: p.void}
	if last != d.cursor {
		plan.From, plan.To = d.cursor, last
	}
	check := d.check
	if looked {
		check = now.Add(evaluateEvery)
		if name > c.DayOf(now, zone) {
			check = now.Add(lookEvery)
		}
		plan.Check, plan.Over = check, !now.Before(until)
	}
	if len(p.jobs) == 0 && len(p.void) == 0 && !looked {
		d.last = last // the outbox learns of it with the next plan
		d.settle(p.settled)
		return 0, nil
	}
	if n, err = o.n.Outbox.Plan(ctx, o.id, string(name), plan); err != nil {
		return 0, err
	}
	if plan.To != "" {
		d.cursor = plan.To
	}
	d.last, d.check = last, check
	d.settle(p.settled)
	for _, j := range p.jobs {
		delete(d.jobs, j.Ticket)
	}
	o.n.metrics.void(p.void)
	if plan.Over {
		delete(o.days, name)
	}
	return n, nil
}

// settle notes the wants that are planned for.
func (d *day) settle(keys []string) {
	for _, key := range keys {
		d.known[key] = true
	}
}

// events reads the entries that are new in a day's log, by ticket. A log without the last
// entry has lost it: then all are read again, and make the same jobs again.
func (o *owned) events(ctx context.Context, name clinic.Day, d *day) (map[queue.TicketID][]journal.Event, string, error) {
	if len(d.wants) == 0 {
		return nil, d.last, nil
	}
	for {
		from, last, seen := d.last, d.last, 0
		if from == "" {
			from = entryBefore(d.wants)
		}
		events := map[queue.TicketID][]journal.Event{}
		lost := false
		for e, err := range o.n.Journal.From(ctx, o.id, name, from) {
			if err != nil {
				return nil, "", err
			}
			if seen++; seen == 1 && d.last != "" {
				if lost = e.ID != d.last; lost {
					break
				}
				continue
			}
			last = e.ID
			if id, ok := e.Ticket(); ok && len(d.wants[id]) > 0 {
				events[id] = append(events[id], e)
			}
		}
		if d.last != "" && (lost || seen == 0) {
			d.last = ""
			continue
		}
		return events, last, o.passed(ctx, name, d, events)
	}
}

// passed adds the entries of tickets with new wants that were read before these were
// known, and were passed over.
func (o *owned) passed(ctx context.Context, name clinic.Day, d *day, events map[queue.TicketID][]journal.Event) error {
	fresh := map[queue.TicketID][]outbox.Want{}
	for id, wants := range d.wants {
		for _, w := range wants {
			if !d.known[keyOf(o.n.Outbox, id, w)] {
				fresh[id] = append(fresh[id], w)
			}
		}
	}
	if d.last == "" || len(fresh) == 0 {
		return nil
	}
	before := map[queue.TicketID][]journal.Event{}
	for e, err := range o.n.Journal.From(ctx, o.id, name, entryBefore(fresh)) {
		if err != nil {
			return err
		}
		if entryAfter(e.ID, d.last) {
			break
		}
		if id, ok := e.Ticket(); ok && len(fresh[id]) > 0 {
			before[id] = append(before[id], e)
		}
	}
	for id, of := range before {
		events[id] = append(of, events[id]...)
	}
	return nil
}

// entryAfter reports whether an entry of a log is newer than another.
func entryAfter(a, b string) bool {
	parts := func(id string) (ms, n int64) {
		first, second, _ := strings.Cut(id, "-")
		ms, _ = strconv.ParseInt(first, 10, 64) // Redis made it
		n, _ = strconv.ParseInt(second, 10, 64)
		return ms, n
	}
	ams, an := parts(a)
	bms, bn := parts(b)
	return ams > bms || ams == bms && an > bn
}

// early is how long before a want was put an entry of the log still concerns it: the
// clocks of this node and of Redis differ.
const early = time.Second

// entryBefore is where the log is read from for some wants: a call before them is still
// good.
func entryBefore(all map[queue.TicketID][]outbox.Want) string {
	return strconv.FormatInt(firstWant(all).Add(-kinds[outbox.Call].until-early).UnixMilli(), 10)
}

// firstWant is when the first of some wants was put.
func firstWant(all map[queue.TicketID][]outbox.Want) time.Time {
	var first time.Time
	for _, wants := range all {
		for _, w := range wants {
			if first.IsZero() || w.At.Before(first) {
				first = w.At
			}
		}
	}
	return first
}

// readTickets reads the tickets that a plan concerns, and their jobs.
func (o *owned) readTickets(ctx context.Context, name clinic.Day, p *planner) (err error) {
	ids := p.concerned()
	if len(ids) == 0 {
		return nil
	}
	if p.tickets, _, err = o.n.Line.TicketsOf(ctx, o.id, name, ids); err != nil {
		return err
	}
	p.before = map[queue.TicketID][]outbox.Job{}
	for _, id := range ids {
		if p.before[id], err = o.n.Outbox.JobsOf(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// noteCalled records how long before their calls the approaches were sent.
func (o *owned) noteCalled(ctx context.Context, name clinic.Day, p *planner) error {
	if len(p.called) == 0 {
		return nil
	}
	if err := o.n.Outbox.NoteCalled(ctx, o.id, string(name), p.called); err != nil {
		return err
	}
	for _, jobs := range p.before {
		for _, j := range jobs {
			if at, ok := p.called[j.ID]; ok {
				o.n.metrics.called(j, at)
				break // one address of the ticket is enough
			}
		}
	}
	return nil
}

package outbox_test

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/journal"
	"junban/queue/outbox"
)

// node has a planner and a sender.
type node struct {
	box   *outbox.Store
	poked bool         // there are new wants
	plan  *outbox.Plan // read, and not written yet
}

// desired are the jobs that a ticket as it is asks for, the first channel first. Near: it
// is among the next.
func (p *player) desired(t queue.Ticket, wants []outbox.Want, near bool) (jobs []outbox.Job) {
	chain := func(kind outbox.Kind, stage string, from time.Time, start int64, attempt int, settle, good time.Duration) {
		after := ""
		for _, w := range wants {
			j := outbox.Job{
				Clinic: p.clinic.ID, Box: string(t.ID.Day()), Kind: kind, Stage: stage, Ticket: t.ID, Leg: t.Leg, Attempt: attempt, Start: start,
				Channel: w.Channel, Want: p.box.Hash(w.Address), After: after, Due: from.Add(settle).UnixMilli(), Until: from.Add(good).UnixMilli(),
			}
			if kind == outbox.Confirm {
				j.Leg = 0 // once for all legs
			}
			j.ID = p.box.JobID(j, w.Address)
			after = j.ID
			jobs = append(jobs, j)
		}
	}
	switch t.State {
	case queue.Called:
		chain(outbox.Call, "", t.Called, t.Called.UnixMilli(), t.Attempt, 3*time.Second, 2*time.Minute)
	case queue.Absent:
		chain(outbox.Missed, "", t.Acted, t.Called.UnixMilli(), t.Attempt, 5*time.Second, 10*time.Minute)
	case queue.Cancelled:
		chain(outbox.Changed, "cancelled", t.Ended, t.Ended.UnixMilli(), 0, 10*time.Second, time.Hour)
	case queue.Waiting:
		chain(outbox.Confirm, "", t.Issued, 0, 0, 0, 2*time.Hour)
		if near && t.Presence != queue.Here {
			chain(outbox.Approach, "", p.now, 0, 0, 10*time.Second, 15*time.Minute)
		}
	}
	return jobs
}

func (p *player) desires(k *known, id string) bool {
	return slices.ContainsFunc(p.desired(k.Ticket, k.wants, true), func(j outbox.Job) bool { return j.ID == id })
}

// planner reads what is new, or writes what it has read before: acts and the other planner
// come between.
func (p *player) planner(n *node) {
	if n.plan != nil {
		_, err := n.box.Plan(p.Context(), p.clinic.ID, string(p.day), *n.plan)
		if n.plan = nil; errors.Is(err, outbox.ErrMoved) {
			n.poked = true
			p.did("moved")
			return
		}
		p.fine(err)
		p.did("plan")
		return
	}
	cursor, err := n.box.Cursor(p.Context(), p.clinic.ID, p.day)
	p.fine(err)
	plan := &outbox.Plan{From: cursor, To: cursor, Check: p.now.Add(time.Minute)}
	looks, err := n.box.Checks(p.Context(), p.clinic.ID, p.now)
	p.fine(err)
	all := n.poked || len(looks) > 0
	n.poked = false
	changed := map[queue.TicketID]bool{}
	for e, err := range journal.New(p.line).From(p.Context(), p.clinic.ID, p.day, cmp.Or(cursor, "0")) {
		p.fine(err)
		if id, ok := e.Ticket(); ok && e.ID != cursor {
			changed[id] = true
		}
		plan.To = e.ID
	}
	wants, err := n.box.WantsOf(p.Context(), p.clinic.ID, p.day)
	p.fine(err)
	near := map[queue.TicketID]bool{}
	if all || p.r.IntN(3) == 0 {
		for _, l := range p.look().Lines {
			for _, t := range l.Waiting[:min(3, len(l.Waiting))] {
				near[t.ID] = true
			}
		}
	}
	var ids []queue.TicketID
	for id := range wants {
		if all || changed[id] || near[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	tickets, _, err := p.line.TicketsOf(p.Context(), p.clinic.ID, p.day, ids)
	p.fine(err)
	for _, id := range ids {
		plan.Jobs = append(plan.Jobs, p.desired(tickets[id], wants[id], near[id])...)
	}
	n.plan = plan
	p.did("read")
}

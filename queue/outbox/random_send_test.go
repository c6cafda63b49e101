package outbox_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"junban/queue/outbox"
)

// claim is a job that some sender has, or had last.
type claim struct {
	until   time.Time
	fence   int
	open    bool // its sender has not recorded a result
	crashes int  // claims without a result before it
}

// sender claims jobs, and sends each at once. Its result comes at once, later or never. In
// peace the channels work and the senders live.
func (p *player) sender(n *node, peace bool) int {
	claimed, err := n.box.Take(p.Context(), p.clinic, 1+p.r.IntN(4), lease, false)
	p.fine(err)
	if len(claimed) > 0 {
		p.did("take")
	}
	for _, c := range claimed {
		p.claimed(c)
		p.send(n, c, peace)
	}
	return len(claimed)
}

// claimed holds a claim to the model.
func (p *player) claimed(c outbox.Claimed) {
	p.Helper()
	j := c.Job
	k := p.tickets[j.Ticket]
	if k == nil || !p.desires(k, j.ID) {
		p.Fatalf("claimed %+v of a ticket that is %+v", j, k)
	}
	if p.now.UnixMilli() >= j.Until || p.now.UnixMilli() < j.Due {
		p.Fatalf("claimed %+v at %d", j, p.now.UnixMilli())
	}
	if p.over[j.ID] {
		p.Fatalf("claimed %+v after it was sent", j)
	}
	was := p.claims[j.ID]
	if was == nil {
		was = &claim{}
		p.claims[j.ID] = was
	}
	if was.open && p.now.Before(was.until) {
		p.Fatalf("claimed %+v, which another sender has until %v", j, was.until)
	}
	if j.Fence <= was.fence {
		p.Fatalf("claimed %+v after fence %d", j, was.fence)
	}
	if was.open {
		was.crashes++
		p.counts["repeated"]++
	}
	was.until, was.fence, was.open = c.Lease, j.Fence, true
}

// givenUp reports whether a job ends without a result: its sender has disappeared, and a
// repeat is not harmless, or was done often enough.
func (p *player) givenUp(j outbox.Job) bool {
	c := p.claims[j.ID]
	return c != nil && c.open && !p.latest.Before(c.until) && (!harmless(j) || j.Channel == outbox.Mail && c.crashes > 0 || c.crashes >= 4)
}

// gaveWay reports whether a job gave way to a later channel that is excused: that one was
// perhaps sent.
func (p *player) gaveWay(j outbox.Job) bool {
	found, _, err := p.box.Notice(context.WithoutCancel(p.Context()), j.NoticeID())
	by := found.Job.By
	if err != nil || by == "" || found.Job.Why != outbox.WhySuperseded {
		return false
	}
	found.Job.ID = by
	other, _, err := p.box.Notice(context.WithoutCancel(p.Context()), found.Job.NoticeID())
	return err == nil && (p.excused[by] || p.spoiled[by] || other.Job.State == outbox.Uncertain)
}

// harmless reports whether a repeat of a job after a crash does no harm.
func harmless(j outbox.Job) bool { return j.Channel != outbox.Mail || j.Kind == outbox.Confirm }

// send sends a claimed job through a channel that may fail.
func (p *player) send(n *node, c outbox.Claimed, peace bool) {
	outcome := p.r.IntN(100)
	if peace {
		outcome = 0
	}
	j := c.Job
	told := outbox.Told{Job: j, Fence: j.Fence}
	switch {
	case outcome < 60:
		p.deliver(j)
		told.State, told.Spent = outbox.Sent, true
	case outcome < 72:
		told.State, told.RetryAt, told.Why = outbox.Due, p.now.Add(time.Duration(p.r.IntN(5_000))*time.Millisecond), "451"
		p.did("failed")
	case outcome < 75:
		told.State = outbox.Dead
	case outcome < 78:
		told.State = outbox.Uncertain
		if p.r.IntN(2) == 0 {
			p.deliver(j)
		}
	case outcome < 89:
		p.did("crashed before")
		return
	default:
		p.deliver(j)
		p.did("crashed after")
		return
	}
	tell := func() { p.told(n, told) }
	if peace || p.r.IntN(3) > 0 {
		tell()
		return
	}
	p.waiting = append(p.waiting, tell)
}

// deliver is the receiver.
func (p *player) deliver(j outbox.Job) {
	p.Helper()
	p.arrived[j.ID]++
	if !harmless(j) && p.arrived[j.ID] > 1 {
		p.Fatalf("%+v has arrived %d times", j, p.arrived[j.ID])
	}
	p.did("sent")
	if j.Channel == outbox.Push && p.r.IntN(3) == 0 {
		p.fine(p.box.Shown(p.Context(), j.NoticeID()))
		p.over[j.ID] = true
		p.did("shown")
	}
}

// told tells a result. It is refused only if the claim is not the newest, or was ended.
func (p *player) told(n *node, t outbox.Told) {
	p.Helper()
	k := p.claims[t.Job.ID]
	err := n.box.Tell(p.Context(), p.clinic, t)
	switch newest := k.fence == t.Fence; {
	case errors.Is(err, outbox.ErrFence):
		if newest && p.latest.Before(k.until) {
			p.Fatalf("the newest claim of %+v is refused within its lease", t.Job)
		}
		if newest { // it was settled as a crash
			p.excused[t.Job.ID] = true
		}
		p.did("old claim")
	case err != nil:
		p.Fatal(err)
	case !newest:
		p.Fatalf("an old claim of %+v was accepted", t.Job)
	default:
		k.open = false
		switch t.State {
		case outbox.Sent:
			p.over[t.Job.ID] = true
		case outbox.Dead, outbox.Uncertain:
			p.excused[t.Job.ID] = true
		}
		p.did("tell")
	}
}

// tellOne records a result that has waited.
func (p *player) tellOne() {
	if len(p.waiting) == 0 {
		return
	}
	i := p.r.IntN(len(p.waiting))
	tell := p.waiting[i]
	p.waiting = slices.Delete(p.waiting, i, i+1)
	tell()
}

package outbox_test

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/journal"
	"junban/queue/outbox"
	"junban/queue/queuetest"
)

// TestRandom_NoNoticeIsLostRepeatedOrLate plays random days of one clinic: acts on the
// line, wants, two planners and two senders, with a channel that fails, senders that
// disappear before or after they have sent, and a clock that leaps. What arrives is held
// to a model in plain Go:
//   - at each claim, the reason is there, the time is not over, and the address is wanted;
//   - no job is claimed by two senders at once, and none after it was recorded as sent;
//   - a call, a change, an approach or an absence by mail arrives at most once;
//   - whenever the senders are left in peace, every reason arrives by one of the channels.
func TestRandom_NoNoticeIsLostRepeatedOrLate(t *testing.T) {
	t.Parallel()
	acts := 4_000
	if os.Getenv("JUNBAN_TEST_FULL") != "" {
		acts = 100_000
	}
	for _, part := range []struct {
		name  string
		share int // of a hundred acts
		line  func(*testing.T) (*queue.Store, func(time.Time))
	}{
		{"Redis", 97, func(t *testing.T) (*queue.Store, func(time.Time)) {
			rdb, set := queuetest.Clocked(t)
			return queuetest.StoreOn(t, rdb), set
		}},
		{"Memory", 3, func(t *testing.T) (*queue.Store, func(time.Time)) { return queuetest.MemoryStore(t) }},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			line, set := part.line(t)
			counts := map[string]int{}
			for seed, done := uint64(1), 0; done < acts*part.share/100; seed++ {
				p := newPlayer(newBench(t, line, set), seed, counts)
				p.play(min(2_000, acts*part.share/100))
				done += p.acts
				if err := line.RemoveClinic(t.Context(), p.clinic.ID); err != nil {
					t.Fatal(err)
				}
			}
			queuetest.Figure(t, "random acts: %v", counts)
			often := []string{"sent", "failed", "crashed before", "crashed after", "moved", "old claim", "repeated", "shown", "voided", "due in peace"}
			if acts > 10_000 {
				often = append(often, "voided call late", "voided call unwanted", "voided approach state", "voided missed reached")
			}
			for _, what := range often {
				if counts[what] == 0 && part.share > 50 {
					t.Errorf("it never happened: %s", what)
				}
			}
		})
	}
}

// known is a ticket with its wants, as the model has them.
type known struct {
	queue.Ticket
	wants []outbox.Want
}

// claim is a job that some sender has, or had last.
type claim struct {
	until   time.Time
	fence   int
	open    bool // its sender has not told
	crashes int  // claims without a result before it
}

// player plays random acts, and is the model that they are held to.
type player struct {
	*bench
	r       *rand.Rand
	counts  map[string]int
	acts    int
	tickets map[queue.TicketID]*known
	live    []queue.TicketID
	nodes   [2]*node
	waiting []func() // results that senders have not told yet

	latest  time.Time         // the clock goes back, too
	claims  map[string]*claim // by job
	arrived map[string]int
	over    map[string]bool // sent was recorded, or shown
	excused map[string]bool // it was given up for a reason of the channel
	spoiled map[string]bool // its reason was gone once
}

// node has a planner and a sender.
type node struct {
	box   *outbox.Store
	poked bool         // there are new wants
	plan  *outbox.Plan // read, and not written yet
}

func newPlayer(b *bench, seed uint64, counts map[string]int) *player {
	p := &player{
		bench: b, r: rand.New(rand.NewPCG(seed, 16)), latest: b.now, counts: counts, tickets: map[queue.TicketID]*known{},
		claims: map[string]*claim{}, arrived: map[string]int{}, over: map[string]bool{}, excused: map[string]bool{}, spoiled: map[string]bool{},
	}
	for i := range p.nodes {
		p.nodes[i] = &node{box: b.open()}
	}
	return p
}

func (p *player) play(acts int) {
	p.Helper()
	for p.acts < acts {
		for range 300 {
			p.step()
		}
		p.peace()
	}
	for why, n := range p.voided {
		p.counts["voided"] += n
		p.counts["voided "+why] += n
	}
}

// did counts an act.
func (p *player) did(what string) {
	p.acts++
	p.counts[what]++
}

// step does one random act.
func (p *player) step() {
	switch n := p.r.IntN(100); {
	case n < 8 && len(p.live) < 25:
		p.know(p.issue(), []outbox.Want{mail(rndName(p.r)), push(rndName(p.r))}[:p.r.IntN(3)])
		p.did("issue")
	case n < 38 && len(p.live) > 0:
		p.act(p.live[p.r.IntN(len(p.live))])
	case n < 43 && len(p.live) > 0:
		p.rewant(p.live[p.r.IntN(len(p.live))])
	case n < 58:
		p.move()
	case n < 72:
		p.planner(p.nodes[p.r.IntN(2)])
	case n < 94:
		p.sender(p.nodes[p.r.IntN(2)], false)
	default:
		p.tellOne()
	}
}

func rndName(r *rand.Rand) string { return string(rune('a'+r.IntN(26))) + string(rune('a'+r.IntN(26))) }

// move moves the clock, sometimes by a leap.
func (p *player) move() {
	d := time.Duration(p.r.IntN(3_000)) * time.Millisecond
	switch p.r.IntN(200) {
	case 0:
		d = time.Duration(p.r.IntN(600)) * time.Second
	case 1:
		d = -time.Duration(p.r.IntN(30)) * time.Second
	case 2, 3, 4, 5, 6, 7, 8, 9:
		d = time.Duration(p.r.IntN(40)) * time.Second
	}
	p.pass(d)
	p.did("move of the clock")
}

func (p *player) pass(d time.Duration) {
	p.now = p.now.Add(d)
	p.set(p.now)
	if p.now.After(p.latest) {
		p.latest = p.now
	}
}

// know puts what a ticket is now, and what it wants.
func (p *player) know(t queue.Ticket, wants []outbox.Want) {
	if was := p.tickets[t.ID]; was == nil {
		p.live = append(p.live, t.ID)
	}
	if len(wants) > 0 {
		p.putWants(t.ID, wants)
	}
	p.learn(t, wants)
}

// learn notes a ticket, and spoils the jobs whose reason is gone by that.
func (p *player) learn(t queue.Ticket, wants []outbox.Want) {
	is := &known{t, wants}
	if was := p.tickets[t.ID]; was != nil {
		for _, j := range p.desired(was.Ticket, was.wants, true) {
			if !p.desires(is, j.ID) {
				p.spoiled[j.ID] = true
			}
		}
	}
	p.tickets[t.ID] = is
	p.live = slices.DeleteFunc(p.live, func(id queue.TicketID) bool { return p.tickets[id].State.Ended() && p.r.IntN(15) == 0 })
}

func (p *player) putWants(id queue.TicketID, wants []outbox.Want) {
	p.fine(p.box.PutWants(p.Context(), p.clinic, id, wants))
	for _, n := range p.nodes {
		n.poked = true // it is published
	}
}

// rewant changes what a ticket wants.
func (p *player) rewant(id queue.TicketID) {
	wants := []outbox.Want{push(rndName(p.r)), mail(rndName(p.r))}[:p.r.IntN(3)]
	if old := p.tickets[id].wants; len(old) > 0 && p.r.IntN(2) == 0 {
		wants = slices.Clone(old)
		slices.Reverse(wants)
	}
	p.putWants(id, wants)
	p.learn(p.tickets[id].Ticket, wants)
	p.did("wants")
}

// act does a random act on a ticket; the line may refuse it.
func (p *player) act(id queue.TicketID) {
	for range 2 { // the ended and the waiting are many
		if s := p.tickets[id].State; s.Ended() || s == queue.Waiting {
			id = p.live[p.r.IntN(len(p.live))]
		}
	}
	kinds := append(p.tickets[id].Acts(), "here")
	kind := kinds[p.r.IntN(len(kinds))]
	if p.tickets[id].State == queue.Waiting && p.r.IntN(10) < 7 {
		kind = queue.Call
	}
	if slices.Contains([]queue.ActKind{queue.Transfer, queue.Move, queue.Amend, queue.Drop}, kind) {
		return
	}
	var t queue.Ticket
	var err error
	switch kind {
	case queue.Call:
		room := []string{"1", "2"}[p.r.IntN(2)]
		for _, other := range p.tickets {
			if other.Room == room && (other.State == queue.Called || other.State == queue.InService) {
				return // a call would finish that ticket too
			}
		}
		t, err = p.line.Call(p.Context(), id, room, queue.Act{})
	case "here":
		t, err = p.line.Arrive(p.Context(), id, queue.Presences[p.r.IntN(3)], queue.Act{})
	default:
		t, err = p.line.Do(p.Context(), id, kind, queue.Act{})
	}
	var refused *refusal.Refusal
	if errors.As(err, &refused) {
		p.counts["refused"]++
		return
	}
	p.fine(err)
	p.learn(t, p.tickets[id].wants)
	p.did(string(kind))
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

// tellOne tells a result that has waited.
func (p *player) tellOne() {
	if len(p.waiting) == 0 {
		return
	}
	i := p.r.IntN(len(p.waiting))
	tell := p.waiting[i]
	p.waiting = slices.Delete(p.waiting, i, i+1)
	tell()
}

// peace leaves planners and senders alone for a minute, and holds what has arrived to what
// was due: each reason by one of its channels.
func (p *player) peace() {
	p.Helper()
	for _, n := range p.nodes {
		n.poked = true
	}
	const length = 70
	for second := range length {
		p.pass(time.Second)
		if second < 10 || second%10 == 0 {
			p.planner(p.nodes[second%2])
			p.planner(p.nodes[second%2])
		}
		for p.sender(p.nodes[second%2], true) > 0 {
		}
	}
	near := map[queue.TicketID]bool{}
	for _, l := range p.look().Lines {
		for _, t := range l.Waiting[:min(3, len(l.Waiting))] {
			near[t.ID] = true
		}
	}
	for id, k := range p.tickets {
		byReason := map[outbox.Kind][]outbox.Job{}
		for _, j := range p.desired(k.Ticket, k.wants, near[id]) {
			byReason[j.Kind] = append(byReason[j.Kind], j)
		}
		for kind, jobs := range byReason {
			if kind != outbox.Approach && jobs[0].Until <= p.now.UnixMilli() {
				continue // its time was over
			}
			arrived, excused := false, true
			for _, j := range jobs {
				arrived = arrived || p.arrived[j.ID] > 0
				excused = excused && (p.excused[j.ID] || p.spoiled[j.ID] || p.givenUp(j) || p.gaveWay(j))
			}
			p.counts["due in peace"]++
			if !arrived && !excused {
				var are []outbox.Job
				for _, j := range jobs {
					found, _, err := p.box.Notice(context.WithoutCancel(p.Context()), j.NoticeID())
					p.Logf("%v: %+v", err, found.Job)
					are = append(are, found.Job)
				}
				p.Fatalf("at %d, no %s of %+v has arrived; the jobs are %+v", p.now.UnixMilli(), kind, k, are)
			}
		}
	}
}

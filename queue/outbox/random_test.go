package outbox_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"junban/internal/refusal"
	"junban/queue"
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

// player plays random acts, and is the model that they are held to.
type player struct {
	*bench
	r       *rand.Rand
	counts  map[string]int
	acts    int
	tickets map[queue.TicketID]*known
	live    []queue.TicketID
	nodes   [2]*node
	waiting []func() // results that senders have not recorded yet

	latest  time.Time         // the clock goes back, too
	claims  map[string]*claim // by job
	arrived map[string]int
	over    map[string]bool // sent was recorded, or shown
	excused map[string]bool // it was given up for a reason of the channel
	spoiled map[string]bool // its reason was gone once
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

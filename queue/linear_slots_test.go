package queue_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/queuetest"
)

// slotted is a minimal clinic in slot mode. Each of two days has two slots with
// [slotSeats] seats. It is not changed once it is made.
type slotted struct {
	version uint64 // of today
	issued  [2]int // places given on each day
	tickets []held // by name
	seen    string // what acts with a key that is used again have answered
}

const slotSeats = 2

// held is a ticket, and what undo goes back to.
type held struct {
	name  string // the key of the act that booked it; "'" for each move to another day
	day   int    // 0: today, 1: tomorrow
	slot  string
	state queue.State
	nth   int  // its place among those given on its day
	moved bool // to another day
	past  *held
}

// Equal is for the search, which puts aside states that it has been in.
func (s slotted) Equal(o slotted) bool { return reflect.DeepEqual(s, o) }

// find returns the place of a ticket, -1 for none.
func (s slotted) find(name string) int {
	return slices.IndexFunc(s.tickets, func(t held) bool { return t.name == name })
}

// full reports whether a slot has no seat for a ticket that is not in it.
func (s slotted) full(day int, slot string) bool {
	n := 0
	for _, t := range s.tickets {
		if t.day == day && t.slot == slot && !t.state.Ended() {
			n++
		}
	}
	return n >= slotSeats
}

// put is the clinic with a ticket as it is now. An act on today has a version.
func (s slotted) put(t held) slotted {
	s.tickets = slices.Clone(s.tickets)
	if i := s.find(t.name); i >= 0 {
		s.tickets[i] = t
	} else {
		s.tickets = append(s.tickets, t)
		slices.SortFunc(s.tickets, func(a, b held) int { return cmp.Compare(a.name, b.name) })
	}
	if t.day == 0 {
		s.version++
	}
	return s
}

// do is the sequential specification: the clinic after an act, and its answer.
func (s slotted) do(p press) (after slotted, saw string, refused *refusal.Refusal) {
	switch p.act {
	case "look":
		return s, s.String(), nil
	case "book":
		if s.full(p.ahead, p.slot) {
			return s, "", queue.ErrSlotFull
		}
		s.issued[p.ahead]++
		return s.put(held{name: p.key, day: p.ahead, slot: p.slot, state: queue.Booked, nth: s.issued[p.ahead]}), answer(p.key, s.issued[p.ahead]), nil
	}
	i := s.find(p.ticket)
	if i < 0 {
		return s, "", queue.ErrNoTicket
	}
	was := s.tickets[i]
	t := was
	t.past = &was
	switch p.act {
	case "cancel":
		if t.state.Ended() {
			return s, "", queue.ErrState
		}
		t.state = queue.Cancelled
	case "arrive":
		switch {
		case t.day > 0:
			return s, "", queue.ErrDayAhead
		case t.state == queue.Waiting:
			return s, answer(t.name, t.nth), nil
		case t.state.Ended():
			return s, "", queue.ErrState
		}
		s.issued[0]++
		t.state, t.nth = queue.Waiting, s.issued[0]
	case "undo":
		if was.past == nil || was.moved {
			return s, "", queue.ErrNothingToUndo
		}
		t = *was.past
	case "rebook":
		return s.rebook(was, t, p)
	}
	return s.put(t), answer(t.name, t.nth), nil
}

// answer is what an act returns: the place shows the order of some acts, without which
// the search takes long.
func answer(name string, nth int) string { return fmt.Sprint(name, "#", nth) }

// rebook moves a ticket to another slot, or to the other day.
func (s slotted) rebook(was, t held, p press) (after slotted, saw string, refused *refusal.Refusal) {
	switch {
	case t.state != queue.Booked:
		return s, "", queue.ErrState
	case t.day == p.ahead && t.slot == p.slot:
		return s, answer(t.name, t.nth), nil
	case s.full(p.ahead, p.slot):
		return s, "", queue.ErrSlotFull
	}
	s.issued[p.ahead]++
	nth := s.issued[p.ahead]
	if t.day == p.ahead {
		t.slot, t.nth = p.slot, nth
		return s.put(t), answer(t.name, nth), nil
	}
	t.state, t.moved = queue.Cancelled, true
	s = s.put(t).put(held{name: was.name + "'", day: p.ahead, slot: p.slot, state: queue.Booked, nth: nth})
	return s, answer(was.name+"'", nth), nil
}

// String is today as a look at it sees it: version, and each live ticket with its slot.
func (s slotted) String() string {
	var live []string
	for _, t := range s.tickets {
		if t.day == 0 && !t.state.Ended() {
			live = append(live, strings.TrimRight(t.name, "'")+"@"+t.slot+"/"+string(t.state))
		}
	}
	slices.Sort(live)
	return fmt.Sprint(s.version, live)
}

// sightOfSlots is a snapshot in the form of [slotted]. A ticket's patient has its name.
func sightOfSlots(snap *queue.Snapshot) string {
	s := slotted{version: snap.Version}
	l, _ := snap.Line("1")
	for _, t := range slices.Concat(l.Booked, l.Waiting) {
		s.tickets = append(s.tickets, held{name: snap.Patients[t.ID].Name, slot: t.Slot, state: t.State})
	}
	return s.String()
}

// stepSlots is [slotted.do] with the memory of keys, for the search.
func stepSlots(state, input, _ any) (bool, any) {
	s, p := state.(slotted), input.(press)
	if p.again {
		if _, rest, ok := strings.Cut(s.seen, ";"+p.key+"="); ok {
			saw, _, _ := strings.Cut(rest, ";")
			return p.unknown || p.refused == nil && p.saw == saw, s
		}
	}
	after, saw, refused := s.do(p)
	if p.again && refused == nil {
		after.seen += ";" + p.key + "=" + saw + ";"
	}
	return p.unknown || p.refused == refused && p.saw == saw, after
}

// booker is a user of a clinic in slot mode.
type booker struct {
	*user
	days  [2]clinic.Day
	known map[string]queue.TicketID // by name, those of all users
	mu    *sync.Mutex               // guards known
}

// drawSlot draws an act of slot mode.
func (b *booker) drawSlot(nth int) press {
	acts := []string{"look", "book", "book", "book", "cancel", "cancel", "rebook", "rebook", "rebook", "undo", "arrive"}
	p := press{
		clinic: b.clinic, act: acts[b.random.IntN(len(acts))], key: fmt.Sprintf("%d.%d", b.id, nth),
		slot: []string{"15:00", "16:30"}[b.random.IntN(2)], ahead: b.random.IntN(2),
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.act == "look" || p.act == "book" {
		return p
	}
	if len(b.known) == 0 {
		p.act = "book"
		return p
	}
	names := make([]string, 0, len(b.known))
	for name := range b.known {
		names = append(names, name)
	}
	slices.Sort(names)
	p.ticket = names[b.random.IntN(len(names))]
	return p
}

// sendSlot sends one act and returns its outcome.
func (b *booker) sendSlot(ctx context.Context, p press) press {
	ref, act := clinic.Ref{Clinic: b.clinic, Service: "1"}, queue.Act{Key: p.key, By: clinic.Actor{Kind: "staff"}}
	b.mu.Lock()
	id := b.known[p.ticket]
	b.mu.Unlock()
	name, t, err := p.ticket, queue.Ticket{}, error(nil)
	switch p.act {
	case "look":
		var snap *queue.Snapshot
		if snap, err = b.store.Snapshot(ctx, b.clinic); err == nil {
			p.saw = sightOfSlots(snap)
			if broken := snap.Check(); broken != nil {
				b.user.mu.Lock()
				b.broken = append(b.broken, broken...)
				b.user.mu.Unlock()
			}
		}
	case "book":
		var i queue.Issued
		i, err = b.store.Issue(ctx, ref, queue.Request{Channel: "web", Party: 1, Slot: p.slot, Day: b.days[p.ahead], Patient: queue.Patient{Name: p.key}}, act)
		name, t = p.key, i.Ticket
	case "rebook":
		if t, err = b.store.Rebook(ctx, id, b.days[p.ahead], p.slot, false, act); err == nil && t.ID != id {
			name += "'"
		}
	case "arrive":
		t, err = b.store.Arrival(ctx, id, queue.ByDesk, act)
	default:
		t, err = b.store.Do(ctx, id, queue.ActKind(p.act), act)
	}
	switch {
	case err == nil && p.act != "look":
		nth := 0
		if _, err := fmt.Sscanf(t.Position[3:8], "%d", &nth); err != nil {
			p.refused = queue.ErrNoTicket
			return p
		}
		p.saw = answer(name, nth)
		b.mu.Lock()
		b.known[name] = t.ID
		b.mu.Unlock()
	case err != nil && !errors.As(err, &p.refused):
		p.unknown = true
	}
	return p
}

// TestSlots_AreLinearizableOverABadNetwork has patients and desks book, cancel and rebook
// the last seats of a few slots at once, over bad connections. Then it searches for one
// order of all acts that explains every answer and every snapshot.
func TestSlots_AreLinearizableOverABadNetwork(t *testing.T) {
	t.Parallel()
	const abreast, users, acts, faults = 4, 4, 9, 2
	rounds := 1
	if os.Getenv("JUNBAN_TEST_FULL") != "" {
		rounds = 8
	}
	seed, id := uint64(time.Now().UnixNano()), 0
	h := &history{begun: time.Now(), faults: map[string]int{}, left: map[clinic.ID]int{}}
	calm := queuetest.Store(t)
	for range rounds {
		var acting sync.WaitGroup
		var numbers []clinic.ID
		for range abreast {
			c := queuetest.FreshClinic()
			c.Zone, c.Calendar = queuetest.Noon(), &hours.Calendar{Weekly: map[string][]hours.Frame{}}
			for _, d := range hours.Weekdays() {
				c.Calendar.Weekly[d] = []hours.Frame{{Session: hours.Afternoon, Consult: hours.Span{From: "15:00", To: "18:00"}}}
			}
			c.Services[0].FillSlotDefaults()
			c.Services[0].Slot.Minutes, c.Services[0].Slot.Web = 90, new(slotSeats)
			if err := calm.PutClinic(t.Context(), c, queue.Act{}); err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, c.ID)
			h.mu.Lock()
			h.left[c.ID] = faults
			h.mu.Unlock()
			today := queuetest.Today(t, calm, c.ID)
			at, err := time.Parse(time.DateOnly, string(today))
			if err != nil {
				t.Fatal(err)
			}
			days := [2]clinic.Day{today, clinic.Day(at.AddDate(0, 0, 1).Format(time.DateOnly))}
			known, mu := map[string]queue.TicketID{}, &sync.Mutex{}
			for range users {
				id++
				p := queuetest.NewProxy(t)
				b := &booker{days: days, known: known, mu: mu, user: &user{
					history: h, id: id, net: p, store: once(t, p), clinic: c.ID, random: rand.New(rand.NewPCG(seed, uint64(id))),
				}}
				b.draw, b.sends = b.drawSlot, b.sendSlot
				acting.Go(func() {
					for nth := range acts {
						b.act(t.Context(), nth)
					}
					p.Release()
				})
			}
		}
		acting.Wait()
		for _, c := range numbers {
			queuetest.Sound(t, t.Context(), calm, c)
		}
	}
	queuetest.Figure(t, "%d concurrent acts on slots answered, %d refused, %d without an answer; faults %v", h.answered, h.refused, h.unknown, h.faults)
	if h.unknown == 0 || h.answered == 0 {
		t.Fatal("the network was not bad, or nothing but bad: nothing is shown")
	}
	for _, broken := range h.broken {
		t.Errorf("somebody saw: %v", broken)
	}
	model := porcupine.Model{
		Init: func() any { return slotted{version: 1} }, // that of the record
		Step: stepSlots, Partition: byClinic, Equal: func(a, b any) bool { return a.(slotted).Equal(b.(slotted)) },
	}
	if result := porcupine.CheckOperationsTimeout(model, h.operations, 15*time.Minute); result != porcupine.Ok {
		t.Fatalf("no order of the acts explains what was seen: %s (seed %d)", result, seed)
	}
}

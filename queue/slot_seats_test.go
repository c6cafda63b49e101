package queue_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/journal"
	"junban/queue/queuetest"
)

// slots is a clinic whose first service is in slot mode, on a Redis whose clock the test
// sets. Its second is in order mode. Slots are of half an hour from 09:00 to 12:00.
type slots struct {
	*testing.T
	store  *queue.Store
	clinic clinic.Clinic
	ref    clinic.Ref
	day    clinic.Day
	set    func(time.Time)
	zone   *time.Location
}

func newSlots(t *testing.T, change func(*clinic.Service)) *slots {
	t.Helper()
	rdb, set := queuetest.Clocked(t)
	c := queuetest.FreshClinic()
	c.Zone = "Asia/Tokyo"
	frame := []hours.Frame{{Session: hours.Morning, Consult: hours.Span{From: "09:00", To: "12:00"}}}
	c.Calendar = &hours.Calendar{Weekly: map[string][]hours.Frame{}}
	for _, day := range hours.Weekdays() {
		c.Calendar.Weekly[day] = frame
	}
	c.Services[0].FillSlotDefaults()
	c.Services[0].Limits.MaxLive = 0
	if change != nil {
		change(&c.Services[0])
	}
	zone, err := c.Location()
	if err != nil {
		t.Fatal(err)
	}
	w := &slots{t, nil, c, clinic.Ref{Clinic: c.ID, Service: "1"}, "2026-12-01", set, zone}
	var now time.Time
	w.set = func(at time.Time) {
		now = at
		set(at)
	}
	w.at("08:00")
	w.store, err = queue.NewStore(rdb, queue.Options{Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	w.put()
	return w
}

func (w *slots) put() {
	w.Helper()
	if err := w.store.PutClinic(w.Context(), w.clinic, queue.Act{}); err != nil {
		w.Fatal(err)
	}
}

// at sets the clock to a time of the day.
func (w *slots) at(clock string) {
	w.Helper()
	at, ok := hours.Instant(string(w.day), hours.Clock(clock), w.zone)
	if !ok {
		w.Fatalf("no time %q", clock)
	}
	w.set(at)
}

// ask is a request for a slot of today.
func ask(channel, slot string) queue.Request {
	return queue.Request{Channel: channel, Slot: slot, Party: 1, CodeHash: "0123456789012345678901"}
}

func (w *slots) book(channel, slot string) queue.Ticket {
	w.Helper()
	return w.issue(ask(channel, slot))
}

func (w *slots) issue(q queue.Request) queue.Ticket {
	w.Helper()
	got, err := w.store.Issue(w.Context(), w.ref, q, queue.Act{})
	if err != nil {
		w.Fatal(err)
	}
	return got.Ticket
}

func (w *slots) refuses(q queue.Request, want error) {
	w.Helper()
	if _, err := w.store.Issue(w.Context(), w.ref, q, queue.Act{}); !errors.Is(err, want) {
		w.Errorf("%s %s %s: %v, want %v", q.Channel, q.Day, q.Slot, err, want)
	}
}

func (w *slots) arrive(id queue.TicketID) queue.Ticket {
	w.Helper()
	t, err := w.store.Arrival(w.Context(), id, queue.ByDesk, queue.Act{})
	if err != nil {
		w.Fatal(err)
	}
	return t
}

func (w *slots) do(id queue.TicketID, kind queue.ActKind) queue.Ticket {
	w.Helper()
	t, err := w.store.Do(w.Context(), id, kind, queue.Act{})
	if err != nil {
		w.Fatal(err)
	}
	return t
}

// line checks the log of today and the invariants, and returns the line.
func (w *slots) line() *queue.Line {
	w.Helper()
	snap, err := w.store.Snapshot(w.Context(), w.clinic.ID)
	if err != nil {
		w.Fatal(err)
	}
	w.sound(snap.Day)
	for _, broken := range snap.Check() {
		w.Error(broken)
	}
	l, _ := snap.Line("1")
	return l
}

// sound checks the log of a day.
func (w *slots) sound(day clinic.Day) {
	w.Helper()
	v, err := journal.New(w.store).Verify(w.Context(), w.clinic.ID, day)
	if err != nil {
		w.Fatal(err)
	}
	for _, d := range v.Differences {
		w.Errorf("%s: %v", day, d)
	}
	for _, broken := range v.Broken {
		w.Errorf("%s: %v", day, broken)
	}
}

// slot returns a slot of today.
func (w *slots) slot(start string) queue.SlotState {
	w.Helper()
	for _, s := range w.line().Slots {
		if s.Slot == start {
			return s
		}
	}
	w.Fatalf("no slot %s", start)
	return queue.SlotState{}
}

// TestSlot_SeatsAreCountedInTheScript sends requests at once to the last seats of a slot.
func TestSlot_SeatsAreCountedInTheScript(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) {
		s.Kinds = []clinic.Kind{{ID: "1", Name: "検診", Seats: 2}}
		s.Slot.First, s.Capacity.Web = new(1), new(7)
	})
	var all sync.WaitGroup
	var booked atomic.Int64
	for range 30 {
		all.Go(func() {
			_, err := w.store.Issue(w.Context(), w.ref, ask("web", "10:00"), queue.Act{})
			if err == nil {
				booked.Add(1)
			} else if !errors.Is(err, queue.ErrSlotFull) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if booked.Load() != 4 || w.slot("10:00").Availability != queue.None {
		t.Errorf("%d booked four seats, %+v", booked.Load(), w.slot("10:00"))
	}
	big := ask("web", "10:30")
	big.Kind, big.FirstVisit = "1", true
	if first := w.issue(big); first.Weight != 2 {
		t.Errorf("weight %d", first.Weight)
	}
	w.refuses(big, queue.ErrFirstQuota)
	big.FirstVisit = false
	w.refuses(big, queue.ErrQuota) // 4 + 2 + 2 of the session's 7
	w.book("web", "10:30")
	w.refuses(ask("web", "11:00"), queue.ErrQuota)
	insists := ask("desk", "11:00")
	w.issue(insists)
	w.issue(insists)
	w.refuses(insists, queue.ErrSlotFull)
	insists.Override = true
	if got := w.issue(insists); got.State != queue.Booked || got.Presence != queue.NotArrived {
		t.Errorf("by telephone %+v", got)
	}
	w.line()
}

package queue_test

import (
	"errors"
	"fmt"
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

func (w *slots) next(room string) queue.Ticket {
	w.Helper()
	t, err := w.store.CallNext(w.Context(), w.ref, room, queue.Act{})
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

// ids are the tickets' ids.
func ids(tickets []queue.Ticket) (all []queue.TicketID) {
	for _, t := range tickets {
		all = append(all, t.ID)
	}
	return all
}

func (w *slots) order(want ...queue.Ticket) {
	w.Helper()
	if got := ids(w.line().Waiting); fmt.Sprint(got) != fmt.Sprint(ids(want)) {
		w.Errorf("the line is %v, want %v", got, ids(want))
	}
}

// TestSlot_LineSortsBySlotThenArrival plays a morning: places are given in the order of
// arrival within each slot, and the slot being served follows the calls alone.
func TestSlot_LineSortsBySlotThenArrival(t *testing.T) {
	t.Parallel()
	w := newSlots(t, nil)
	nine, ten, early := w.book("web", "09:00"), w.book("web", "10:00"), w.book("web", "09:00")
	if nine.State != queue.Booked || nine.Number != 0 || nine.Slot != "09:00" || nine.SlotEnd != "09:30" || nine.Weight != 1 || nine.LineSlot != "09:00" {
		t.Errorf("booked as %+v", nine)
	}
	w.at("08:40")
	ten = w.arrive(ten.ID)
	early = w.arrive(early.ID)
	nine = w.arrive(nine.ID)
	if ten.Number != 1 || early.Number != 2 || nine.Number != 3 || ten.Presence != queue.Here || !ten.Arrived.Equal(w.store.Now()) {
		t.Errorf("numbers %d %d %d by arrival", ten.Number, early.Number, nine.Number)
	}
	w.order(early, nine, ten)
	if again := w.arrive(nine.ID); again != nine {
		t.Errorf("the second arrival makes %+v of %+v", again, nine)
	}
	if l := w.line(); l.Serving != "" {
		t.Errorf("serving %q before the first call", l.Serving)
	}
	if _, err := w.store.CallNext(w.Context(), w.ref, "1", queue.Act{}); err != nil {
		t.Errorf("20 minutes before the slot: %v", err)
	}
	w.next("1")
	if _, err := w.store.CallNext(w.Context(), w.ref, "1", queue.Act{}); !errors.Is(err, queue.ErrSlotLater) {
		t.Errorf("80 minutes before the slot: %v", err)
	}
	if s := w.slot("09:00"); s.Booked != 2 || s.Called != 2 || s.Web.Used != 2 || w.line().Serving != "09:00" {
		t.Errorf("serving %q, the slot %+v", w.line().Serving, s)
	}
	w.at("09:30")
	w.next("2")
	if got := w.line().Serving; got != "10:00" {
		t.Errorf("serving %q after the call of 10:00", got)
	}
	w.do(ten.ID, queue.Undo)
	if got := w.line().Serving; got != "09:00" {
		t.Errorf("serving %q after the undo", got)
	}
	w.do(nine.ID, queue.Undo)
	w.do(early.ID, queue.Undo) // its finish
	w.do(early.ID, queue.Undo) // its call
	if s := w.slot("09:00"); s.Called != 0 || w.line().Serving != "" {
		t.Errorf("serving %q, the slot %+v after all undos", w.line().Serving, s)
	}
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

// TestSlot_WalkinTakesTheFirstSlotWithADeskSeat fills the slots of a morning one by one.
func TestSlot_WalkinTakesTheFirstSlotWithADeskSeat(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) { s.Slot.Desk = new(1) })
	q := queue.Request{Channel: "desk", Party: 1, Walkin: true}
	w.at("09:45")
	first := w.issue(q)
	if first.Slot != "09:30" || first.State != queue.Waiting || first.Number != 1 || first.Presence != queue.Here || first.Arrived.IsZero() {
		t.Errorf("the walk-in is %+v", first)
	}
	for _, want := range []string{"10:00", "10:30", "11:00", "11:30"} {
		if got := w.issue(q); got.Slot != want {
			t.Errorf("the next walk-in is in %s, want %s", got.Slot, want)
		}
	}
	w.refuses(q, queue.ErrSlotFull)
	q.Override = true
	got, err := w.store.Issue(w.Context(), w.ref, q, queue.Act{})
	if err != nil || got.Slot != "11:30" || !got.Over {
		t.Errorf("with an override %+v, %v", got, err)
	}
	w.at("12:30")
	q.Override = false
	w.refuses(q, queue.ErrSlotOver)
	w.line()
}

// TestSlot_WhatTheWebMayBook goes through the refusals by time.
func TestSlot_WhatTheWebMayBook(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) {
		s.Booking = clinic.Booking{Days: 3, OpensAt: "07:00"}
		s.Slot.Early = new(1)
	})
	w.refuses(ask("web", "09:10"), queue.ErrSlotUnknown)
	w.refuses(ask("web", ""), queue.ErrSlotUnknown)
	w.at("08:30")
	w.refuses(ask("web", "09:00"), queue.ErrSlotOver)
	w.book("desk", "09:00")
	w.book("web", "09:30")
	on := func(day clinic.Day, slot string) queue.Request {
		q := ask("web", slot)
		q.Day = day
		return q
	}
	w.refuses(on("2026-12-05", "09:00"), queue.ErrNotOffered)
	w.refuses(on("2026-11-30", "09:00"), queue.ErrDayOver)
	w.issue(on("2026-12-04", "09:00"))
	w.refuses(on("2026-12-04", "09:00"), queue.ErrSlotFull) // only one before the day
	w.at("05:59")
	w.refuses(on("2026-12-03", "10:00"), queue.ErrReceptionClosed)
	w.at("06:30")
	w.refuses(on("2026-12-04", "10:00"), queue.ErrNotOpenYet)
	if got, want := queue.OpensAt(w.clinic, w.clinic.Services[0], "2026-12-04"), w.store.Now().Add(30*time.Minute); !got.Equal(want) {
		t.Errorf("opens at %s, want %s", got, want)
	}
	w.issue(on("2026-12-03", "10:00"))
	if err := w.store.SetReception(w.Context(), w.ref, queue.Paused, "", queue.Act{}); err != nil {
		t.Fatal(err)
	}
	w.refuses(ask("web", "11:00"), queue.ErrReceptionPaused)
	w.issue(on("2026-12-02", "11:00"))
	w.sound("2026-12-02")
	w.sound("2026-12-04")
	w.line()
}

// TestSlot_Persons holds that one person has one ticket a day and some over all days.
func TestSlot_Persons(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) { s.Limits.MaxLive = 2 })
	on := func(day clinic.Day) queue.Request {
		q := ask("web", "10:00")
		q.Day, q.Persons = day, []string{"aaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbb"}
		return q
	}
	first := w.issue(on(""))
	w.refuses(on("2026-12-01"), queue.ErrReceived)
	w.issue(on("2026-12-02"))
	third := on("2026-12-03")
	third.Persons = third.Persons[1:]
	w.refuses(third, queue.ErrPersonLimit)
	w.do(first.ID, queue.Cancel)
	w.issue(third)
	w.refuses(on("2026-12-04"), queue.ErrPersonLimit)
	w.day = "2026-12-03" // both bookings of days before are over
	w.at("08:00")
	w.issue(on("2026-12-05"))
	w.sound("2026-12-05")
}

// TestSlot_LateArrivals holds each rule of a late arrival.
func TestSlot_LateArrivals(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{clinic.LateServing: "10:00", clinic.LateOwn: "09:00", clinic.LateEnd: "10:30", clinic.LateDesk: "10:00"} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			w := newSlots(t, func(s *clinic.Service) { s.Slot.Late = rule })
			late, served, last, inTime := w.book("web", "09:00"), w.book("web", "10:00"), w.book("web", "10:30"), w.book("web", "09:30")
			if _, err := w.store.Arrival(w.Context(), inTime.ID, queue.ByOwner, queue.Act{}); !errors.Is(err, queue.ErrTooEarly) {
				t.Errorf("90 minutes before the slot: %v", err)
			}
			w.at("09:40")
			w.arrive(served.ID)
			w.arrive(last.ID)
			if got := w.arrive(inTime.ID); got.Late {
				t.Error("in time, and late")
			}
			w.do(inTime.ID, queue.Hold)
			w.next("1")
			w.set(w.store.Now().Add(time.Millisecond))
			_, err := w.store.Arrival(w.Context(), late.ID, queue.ByOwner, queue.Act{})
			if tooLate := errors.Is(err, queue.ErrTooLate); tooLate != (rule == clinic.LateDesk) || err != nil && !tooLate {
				t.Errorf("by the entrance code: %v", err)
			}
			got := w.arrive(late.ID)
			if !got.Late || got.LineSlot != want || got.Slot != "09:00" {
				t.Errorf("stands in %s of %+v, want %s", got.LineSlot, got, want)
			}
			back := w.do(late.ID, queue.Undo)
			if back.State != queue.Booked || back.Late || back.LineSlot != "09:00" || back.Number != 0 {
				t.Errorf("after undo %+v", back)
			}
			w.line()
		})
	}
}

// TestSlot_NoShows holds when a booked ticket ends, and that undo keeps it.
func TestSlot_NoShows(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) { s.Slot.NoShow = new(15) })
	a, b := w.book("web", "09:00"), w.book("web", "09:00")
	w.at("09:44")
	if l := w.line(); len(l.Booked) != 2 {
		t.Errorf("%d booked", len(l.Booked))
	}
	w.at("09:45")
	if l := w.line(); len(l.Booked) != 0 || len(l.Ended) != 2 || l.Ended[0].State != queue.NoShow || l.Ended[0].Reason != queue.ReasonSlotOver {
		t.Errorf("%d booked, ended %+v", len(l.Booked), l.Ended)
	}
	w.do(a.ID, queue.Undo)
	if l := w.line(); len(l.Booked) != 1 {
		t.Errorf("%d booked after undo", len(l.Booked))
	}
	w.arrive(a.ID)
	if s := w.slot("09:00"); s.Booked != 2 || s.Web.Used != 2 {
		t.Errorf("the slot is %+v", s)
	}
	_ = b
}

// TestSlot_Cancel holds the deadline of the owner, and that the seat comes back.
func TestSlot_Cancel(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) {
		s.Cancel = clinic.CancelRule{Anchor: clinic.CancelByStart, Minutes: 30}
		s.Capacity.Release = 5
	})
	code := "0123456789012345678901"
	a, b := w.book("web", "10:00"), w.book("web", "10:00")
	w.at("09:29")
	if _, err := w.store.CancelByOwner(w.Context(), a.ID, code, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	if s := w.slot("10:00"); s.Booked != 1 || s.Web.Used != 2 {
		t.Errorf("before the release %+v", s)
	}
	w.at("09:34")
	if s := w.slot("10:00"); s.Web.Used != 1 {
		t.Errorf("after the release %+v", s)
	}
	if _, err := w.store.CancelByOwner(w.Context(), b.ID, code, queue.Act{}); !errors.Is(err, queue.ErrCancelTooLate) {
		t.Errorf("after the deadline: %v", err)
	}
	if until := queue.CancelUntil(w.clinic, b); !until.Equal(b.SlotFrom.Add(-30 * time.Minute)) {
		t.Errorf("until %s", until)
	}
	w.do(b.ID, queue.Cancel)
	w.do(b.ID, queue.Undo)
	if s := w.slot("10:00"); s.Booked != 1 || s.Web.Used != 1 {
		t.Errorf("after the undo %+v", s)
	}
}

// TestSlot_Rebook moves a booking on its day, and to another.
func TestSlot_Rebook(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) { s.Slot.Web = new(1); s.Limits.MaxLive = 1 })
	q := ask("web", "10:00")
	q.Persons, q.Patient = []string{"aaaaaaaaaaaaaaaaaaaaaa"}, queue.Patient{Name: "山田"}
	a := w.issue(q)
	w.book("web", "11:00")
	rebook := func(id queue.TicketID, day clinic.Day, slot string) (queue.Ticket, error) {
		return w.store.Rebook(w.Context(), id, day, slot, false, queue.Act{})
	}
	if _, err := rebook(a.ID, "", "11:00"); !errors.Is(err, queue.ErrSlotFull) {
		t.Errorf("to a full slot: %v", err)
	}
	if s := w.slot("10:00"); s.Web.Used != 1 || s.Booked != 1 {
		t.Errorf("the old seat %+v", s)
	}
	moved, err := rebook(a.ID, w.day, "10:30")
	if err != nil || moved.ID != a.ID || moved.Slot != "10:30" {
		t.Fatalf("moved to %+v, %v", moved, err)
	}
	if s := w.slot("10:00"); s.Web.Used != 0 || s.Booked != 0 || w.slot("10:30").Web.Used != 1 {
		t.Errorf("the old seat %+v, the new %+v", s, w.slot("10:30"))
	}
	if got := w.do(a.ID, queue.Undo); got.Slot != "10:00" || w.slot("10:00").Web.Used != 1 || w.slot("10:30").Web.Used != 0 {
		t.Errorf("after undo %+v", got)
	}
	there, err := rebook(a.ID, "2026-12-03", "09:30")
	if err != nil || there.MovedFrom != a.ID || there.Slot != "09:30" || there.State != queue.Booked || !there.HasCode {
		t.Fatalf("moved to %+v, %v", there, err)
	}
	old, err := w.store.Ticket(w.Context(), a.ID)
	if err != nil || old.State != queue.Cancelled || old.Reason != queue.ReasonMoved || old.MovedTo != there.ID {
		t.Errorf("the old one is %+v, %v", old, err)
	}
	if _, err := w.store.Do(w.Context(), a.ID, queue.Undo, queue.Act{}); !errors.Is(err, queue.ErrNothingToUndo) {
		t.Errorf("undo of a move: %v", err)
	}
	if got, err := w.store.Patients(w.Context(), w.clinic.ID, "2026-12-03", []queue.TicketID{there.ID}); err != nil || got[there.ID].Name != "山田" {
		t.Errorf("its patient is %v, %v", got, err)
	}
	w.refuses(q, queue.ErrPersonLimit)
	w.sound("2026-12-03")
	back, err := rebook(there.ID, w.day, "11:30")
	if err != nil || back.ID.Day() != w.day {
		t.Fatalf("back as %+v, %v", back, err)
	}
	w.sound("2026-12-03")
	if s := w.slot("11:30"); s.Web.Used != 1 {
		t.Errorf("back in %+v", s)
	}
	w.arrive(back.ID)
	if _, err := rebook(back.ID, "2026-12-03", "09:30"); !errors.Is(err, queue.ErrState) {
		t.Errorf("after the arrival: %v", err)
	}
}

// TestSlot_Edit changes what takes seats.
func TestSlot_Edit(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) {
		s.Slot.Per, s.Slot.Web = clinic.SeatPerPerson, new(3)
		s.Kinds = []clinic.Kind{{ID: "1", Name: "検診"}}
	})
	a := w.book("web", "10:00")
	w.book("web", "10:00")
	edit := func(e queue.Edit) (queue.Ticket, error) { return w.store.Edit(w.Context(), a.ID, e, queue.Act{}) }
	if got, err := edit(queue.Edit{Party: new(2), Kind: new("1"), FirstVisit: new(true), Patient: &queue.Patient{Name: "山田"}}); err != nil || got.Weight != 2 || got.Party != 2 || got.Kind != "1" || !got.FirstVisit {
		t.Fatalf("edited to %+v, %v", got, err)
	}
	if s := w.slot("10:00"); s.Web.Used != 3 || s.BookedPeople != 3 || s.First.Used != 1 {
		t.Errorf("the slot is %+v", s)
	}
	if _, err := edit(queue.Edit{Party: new(3)}); !errors.Is(err, queue.ErrSlotFull) {
		t.Errorf("over the seats: %v", err)
	}
	if got, err := edit(queue.Edit{Party: new(3), Override: true}); err != nil || got.Weight != 3 {
		t.Errorf("with an override %+v, %v", got, err)
	}
	w.do(a.ID, queue.Undo)
	w.do(a.ID, queue.Undo)
	if s := w.slot("10:00"); s.Web.Used != 2 || s.BookedPeople != 2 || s.First.Used != 0 {
		t.Errorf("after both undos %+v", s)
	}
}

// TestSlot_CloseDate cancels what is booked for a day.
func TestSlot_CloseDate(t *testing.T) {
	t.Parallel()
	w := newSlots(t, nil)
	q := ask("web", "10:00")
	q.Day = "2026-12-02"
	w.issue(q)
	w.issue(q)
	for want := range []int{1, 0} {
		n, err := w.store.CloseDate(w.Context(), w.ref, "2026-12-02", hours.Morning, queue.Act{})
		if err != nil || n != 2*(1-want) {
			t.Errorf("%d cancelled, %v", n, err)
		}
	}
	w.sound("2026-12-02")
}

// TestSlot_MovesStayInTheirSlot plays absence, move and transfer.
func TestSlot_MovesStayInTheirSlot(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) { s.Absence.Rule = clinic.Tail })
	a, b, c := w.book("web", "09:00"), w.book("web", "09:00"), w.book("web", "09:30")
	w.at("08:50")
	a, b, c = w.arrive(a.ID), w.arrive(b.ID), w.arrive(c.ID)
	w.next("1")
	w.do(a.ID, queue.Miss)
	w.do(a.ID, queue.Return)
	w.order(b, a, c)
	moved, err := w.store.Move(w.Context(), c.ID, 0, queue.ReasonUrgent, queue.Act{})
	if err != nil || moved.LineSlot != "09:00" || moved.Slot != "09:30" {
		t.Errorf("moved to %+v, %v", moved, err)
	}
	w.order(c, b, a)
	w.do(c.ID, queue.Undo)
	w.order(b, a, c)
	away, err := w.store.Transfer(w.Context(), b.ID, "2", queue.Act{})
	if err != nil || away.LineSlot != "" || away.Line != "2" {
		t.Errorf("sent to %+v, %v", away, err)
	}
	back, err := w.store.Transfer(w.Context(), b.ID, "1", queue.Act{})
	if err != nil || back.LineSlot != "09:00" {
		t.Errorf("sent back as %+v, %v", back, err)
	}
	w.order(a, b, c)
	w.do(b.ID, queue.Undo)
	w.do(b.ID, queue.Undo)
	w.order(b, a, c)
}

// TestSlot_Days holds what the web sees of days.
func TestSlot_Days(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) {
		s.Booking = clinic.Booking{Days: 2, OpensAt: "09:00"}
		s.Slot.Web, s.Capacity.Few = new(2), 1
	})
	w.at("08:40")
	w.book("web", "10:00")
	w.book("web", "10:00")
	w.book("web", "10:30")
	days, err := w.store.Days(w.Context(), w.ref, "2026-11-30", "2026-12-04")
	if err != nil || len(days) != 5 {
		t.Fatalf("%d days, %v", len(days), err)
	}
	for i, want := range []queue.DayState{queue.DayClosed, queue.DayOpen, queue.DayOpen, queue.DayBefore, queue.DayClosed} {
		if days[i].State != want {
			t.Errorf("%s is %s, want %s", days[i].Day, days[i].State, want)
		}
	}
	for i, want := range []queue.Availability{queue.Over, queue.Many, queue.None, queue.Few, queue.Many, queue.Many} {
		if got := days[1].Sessions[0].Slots[i]; got.Availability != want {
			t.Errorf("%s is %s, want %s", got.Start, got.Availability, want)
		}
		if got := w.line().Slots[i]; got.Availability != want {
			t.Errorf("the board has %s as %s, want %s", got.Slot, got.Availability, want)
		}
	}
	near, err := w.store.Nearest(w.Context(), w.ref, w.day, "10:00", false, queue.NearestOffers)
	if err != nil || len(near) != 5 || near[0].Start != "09:30" || near[1].Start != "10:30" || near[4].Day != "2026-12-02" {
		t.Errorf("near are %+v, %v", near, err)
	}
}

// TestSlot_NumberBySlot numbers tickets by their slot.
func TestSlot_NumberBySlot(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) { s.Slot.NumberBySlot, s.Slot.Minutes, s.Slot.Web = true, 5, new(7) })
	var got []int
	for range 7 {
		got = append(got, w.arrive(w.book("web", "10:00").ID).Number)
	}
	got = append(got, w.arrive(w.book("web", "10:05").ID).Number)
	if fmt.Sprint(got) != "[1001 1002 1003 1004 1005 3001 3002 1006]" {
		t.Errorf("numbers %v", got)
	}
	w.line()
}

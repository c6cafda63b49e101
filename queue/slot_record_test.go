package queue_test

import (
	"errors"
	"slices"
	"testing"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// TestSlot_ChangedTimetableKeepsBookings changes the slots under bookings.
func TestSlot_ChangedTimetableKeepsBookings(t *testing.T) {
	t.Parallel()
	w := newSlots(t, nil)
	q := ask("web", "09:30")
	q.Day = "2026-12-02"
	today, kept, there := w.book("web", "10:30"), w.book("web", "10:00"), w.issue(q)
	before := w.clinic
	w.clinic.Services = slices.Clone(w.clinic.Services)
	w.clinic.Services[0].Slot.Minutes = 60
	reserved, err := w.store.Reserved(w.Context(), w.clinic.ID)
	if err != nil || len(reserved) != 1 {
		t.Fatalf("%d bookings of days to come, %v", len(reserved), err)
	}
	snap, err := w.store.Snapshot(w.Context(), w.clinic.ID)
	if err != nil {
		t.Fatal(err)
	}
	found, err := queue.Affected(before, w.clinic, append(snap.Live(), reserved...))
	if err != nil || len(found) != 2 || !slices.ContainsFunc(found, func(r queue.Reserved) bool { return r.ID == there.ID }) {
		t.Errorf("affected are %+v, %v", found, err)
	}
	w.put()
	affected := func(id queue.TicketID) string {
		t.Helper()
		snap, err := w.store.Snapshot(w.Context(), w.clinic.ID)
		if err != nil {
			t.Fatal(err)
		}
		of, _, _, _, ok := snap.Find(id)
		if !ok {
			t.Fatalf("%s is gone", id)
		}
		return snap.Affected(of)
	}
	cut := affected(today.ID)
	if cut == "" || affected(kept.ID) != "" {
		t.Errorf("affected by %q, the longer slot by %q", cut, affected(kept.ID))
	}
	if got := w.line().Booked; got[1].Slot != "10:30" || got[1].SlotEnd != "11:00" {
		t.Errorf("the bookings are %+v", got)
	}
	if _, err := w.store.Contacted(w.Context(), today.ID, cut, queue.Act{}); err != nil {
		t.Error(err)
	}
	if got := affected(today.ID); got != "" {
		t.Errorf("after the call, affected by %q", got)
	}
	w.do(today.ID, queue.Undo)
	w.clinic = before
	w.put()
	if got := affected(today.ID); got != "" {
		t.Errorf("with its slot again, affected by %q", got)
	}
	w.clinic.Services = slices.Clone(w.clinic.Services)
	w.clinic.Services[0].Mode = clinic.ModeOrder
	if err := w.store.PutClinic(w.Context(), w.clinic, queue.Act{}); !errors.Is(err, queue.ErrAffected) {
		t.Errorf("another mode under bookings: %v", err)
	}
	for _, id := range []queue.TicketID{today.ID, kept.ID, there.ID} {
		w.do(id, queue.Cancel)
	}
	w.put()
	if _, err := w.store.Do(w.Context(), kept.ID, queue.Undo, queue.Act{}); !errors.Is(err, queue.ErrNothingToUndo) {
		t.Errorf("undo in another mode: %v", err)
	}
	got, err := w.store.Issue(w.Context(), w.ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
	if err != nil || got.Slot != "" || got.Number != 1 {
		t.Errorf("in order mode %+v, %v", got, err)
	}
	w.line()
}

// TestSlot_LostTicketKeepsItsSlot files a booking that Redis has lost.
func TestSlot_LostTicketKeepsItsSlot(t *testing.T) {
	t.Parallel()
	w := newSlots(t, nil)
	lost := w.book("web", "10:00")
	if err := w.store.Redis().FlushDB(w.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	w.put()
	filed, err := w.store.FileLost(w.Context(), lost.ID, queue.Claim{
		Issued: lost.Issued, Position: lost.Position, Session: lost.Session, Channel: lost.Channel, Party: 1, CodeHash: lost.CodeHash,
		Slot: lost.Slot, SlotEnd: lost.SlotEnd, SlotFrom: lost.SlotFrom, SlotTo: lost.SlotTo, Weight: lost.Weight,
	})
	if err != nil || filed.State != queue.Lost || filed.Slot != "10:00" {
		t.Fatalf("filed as %+v, %v", filed, err)
	}
	if s := w.slot("10:00"); s.Booked != 1 || s.Web.Used != 1 {
		t.Errorf("the slot is %+v", s)
	}
	if got := w.do(lost.ID, queue.Readmit); got.State != queue.Booked || got.Number != 0 {
		t.Errorf("readmitted as %+v", got)
	}
	w.arrive(lost.ID)
	w.line()

	q := ask("web", "10:00")
	q.Day = w.day.Add(1)
	ahead := w.issue(q)
	if err := w.store.Redis().FlushDB(w.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	w.put()
	back, err := w.store.Restore(w.Context(), ahead.ID, queue.Claim{
		Issued: ahead.Issued, Position: ahead.Position, Session: ahead.Session, Channel: ahead.Channel, Party: 1,
		Slot: ahead.Slot, SlotEnd: ahead.SlotEnd, SlotFrom: ahead.SlotFrom, SlotTo: ahead.SlotTo, Weight: ahead.Weight,
	}, queue.Act{By: clinic.Actor{Kind: "desk", Name: "hanako"}})
	if err != nil || back.State != queue.Booked || back.Slot != "10:00" || back.Number != 0 {
		t.Errorf("restored as %+v, %v", back, err)
	}
	reserved, err := w.store.Reserved(w.Context(), w.clinic.ID)
	if err != nil || len(reserved) != 1 || reserved[0].ID != ahead.ID {
		t.Errorf("the desk has %+v, %v", reserved, err)
	}
}

// TestSlot_CloseDayForgetsPersons closes a day with bookings that were never used.
func TestSlot_CloseDayForgetsPersons(t *testing.T) {
	t.Parallel()
	w := newSlots(t, nil)
	for i, day := range []clinic.Day{"2026-12-01", "2026-12-02"} {
		q := ask("web", "10:00")
		q.Day, q.Persons = day, []string{[]string{"aaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbb"}[i]}
		w.issue(q)
	}
	over := w.day
	w.day = "2026-12-02"
	w.at("05:00")
	if err := w.store.CloseDay(w.Context(), w.clinic.ID, over); err != nil {
		t.Fatal(err)
	}
	left, err := w.store.Redis().HKeys(w.Context(), "junban:{"+string(w.clinic.ID)+"}:persons").Result()
	if err != nil || len(left) != 1 || left[0] != "1:bbbbbbbbbbbbbbbbbbbbbb" {
		t.Errorf("left are %v, %v", left, err)
	}
	w.sound(over)
	w.line()
}

// TestBooking_OrderModeRebooksAndLimits moves a booking of order mode to another day, and
// limits the tickets of a person.
func TestBooking_OrderModeRebooksAndLimits(t *testing.T) {
	t.Parallel()
	w := newSlots(t, func(s *clinic.Service) {
		*s = clinic.Service{ID: s.ID, Name: s.Name, WebCancel: true, Hide: []string{}}
		s.FillDefaults()
		s.WebCancel, s.Booking.Days, s.Capacity.OneEach, s.Limits.MaxLive = true, 5, true, 2
		s.Capacity.Web = new(1)
	})
	on := func(day clinic.Day, person string) queue.Request {
		return queue.Request{Channel: "web", Party: 1, Day: day, Persons: []string{person}, Patient: queue.Patient{Name: "山田"}}
	}
	const one, other = "aaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbb"
	a := w.issue(on("2026-12-02", one))
	w.issue(on("2026-12-03", one))
	w.refuses(on("2026-12-04", one), queue.ErrPersonLimit)
	full := w.issue(on("2026-12-05", other))
	rebook := func(day clinic.Day) (queue.Ticket, error) {
		return w.store.Rebook(w.Context(), a.ID, day, "", false, queue.Act{})
	}
	if _, err := rebook("2026-12-05"); !errors.Is(err, queue.ErrQuota) {
		t.Errorf("to a full day: %v", err)
	}
	if _, err := rebook("2026-12-03"); !errors.Is(err, queue.ErrReceived) {
		t.Errorf("to a day with a ticket of the person: %v", err)
	}
	moved, err := rebook("2026-12-04")
	if err != nil || moved.State != queue.Waiting || moved.Number != 1 || moved.MovedFrom != a.ID || moved.Session != hours.Morning {
		t.Fatalf("moved to %+v, %v", moved, err)
	}
	w.refuses(on("2026-12-06", one), queue.ErrPersonLimit)
	edited, err := w.store.Edit(w.Context(), full.ID, queue.Edit{Party: new(2), Patient: &queue.Patient{Name: "川田"}, Persons: []string{"cccccccccccccccccccccc"}}, queue.Act{})
	if err != nil || edited.Party != 2 {
		t.Errorf("edited to %+v, %v", edited, err)
	}
	w.issue(on("2026-12-02", other)) // the seat and the persons are free
	for _, day := range []clinic.Day{"2026-12-02", "2026-12-03", "2026-12-04", "2026-12-05"} {
		w.sound(day)
	}
	if n, err := w.store.CloseDate(w.Context(), w.ref, "2026-12-04", "", queue.Act{}); err != nil || n != 1 {
		t.Errorf("%d cancelled, %v", n, err)
	}
	w.sound("2026-12-04")
}

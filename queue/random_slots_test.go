package queue_test

import (
	"fmt"
	"reflect"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// slotSettings draws settings of slot mode, for two of three services.
func (w *twin) slotSettings(s *clinic.Service) {
	some := func(most int, label string) *int { // often none
		if n := rapid.IntRange(-1, most).Draw(w.t, label); n >= 0 {
			return &n
		}
		return nil
	}
	minutes := func(label string, values ...int) int { return rapid.SampledFrom(values).Draw(w.t, label) }
	s.Slot = clinic.NewSlot()
	s.Slot.Minutes, s.Slot.Web, s.Slot.Desk = minutes("slot minutes", 15, 30, 60, 120), some(4, "slot web"), some(3, "slot desk")
	s.Slot.Per, s.Slot.First, s.Slot.Early = rapid.SampledFrom(clinic.SeatUnits).Draw(w.t, "per"), some(2, "slot first"), some(3, "early")
	s.Slot.Lead, s.Slot.Grace, s.Slot.ArriveFrom = minutes("lead", 0, 30, 1440), minutes("grace", 0, 10, 120), minutes("arrive from", 0, 60, 720)
	s.Slot.Late, s.Slot.NoShow, s.Slot.Reach = rapid.SampledFrom(clinic.LateRules).Draw(w.t, "late"), some(60, "no-show"), minutes("reach", 0, 30, 240)
	s.Booking.OpensAt = rapid.SampledFrom([]hours.Clock{"", "08:00", "14:00"}).Draw(w.t, "opens at")
	s.Limits.MaxLive = rapid.IntRange(0, 3).Draw(w.t, "max live")
	s.Kinds[0].Seats = rapid.IntRange(0, 3).Draw(w.t, "seats of a kind")
	s.Cancel = clinic.CancelRule{
		Anchor: rapid.SampledFrom([]string{"", "", clinic.CancelByStart, clinic.CancelByEnd, clinic.CancelByClock}).Draw(w.t, "anchor"),
		At:     "16:00", Days: rapid.IntRange(0, 1).Draw(w.t, "cancel days"), Minutes: minutes("cancel minutes", 0, 45),
	}
	if s.Mode = rapid.SampledFrom([]string{clinic.ModeSlot, clinic.ModeSlot, clinic.ModeOrder}).Draw(w.t, "mode"); !s.BySlot() {
		s.Cancel = clinic.CancelRule{Anchor: rapid.SampledFrom([]string{"", clinic.CancelByAhead}).Draw(w.t, "anchor"), Ahead: 2}
	}
	s.Booking.Days++
	if s.Slot.NumberBySlot = rapid.Bool().Draw(w.t, "numbers by slot"); s.Slot.NumberBySlot && s.BySlot() {
		s.Numbers = clinic.Numbers{}
	}
}

// aSlot draws the start of a slot, often one of the present session.
func (w *twin) aSlot() string {
	return rapid.SampledFrom([]string{"09:00", "10:00", "11:30", "11:45", "15:00", "15:00", "15:15", "16:00", "17:00", "17:30", "12:00", "", "x"}).Draw(w.t, "slot")
}

// slotOf draws what a request of a slot has beside that of a number.
func (w *twin) slotOf(q *queue.Request) {
	q.Slot = w.aSlot()
	if q.Day == "" && rapid.Bool().Draw(w.t, "by its name") {
		q.Day = w.day(0)
	}
	if q.Channel == "desk" {
		q.Walkin = rapid.IntRange(0, 2).Draw(w.t, "walk-in") > 0
	}
}

// slotActions are the acts of slot mode by name.
func (w *twin) slotActions() map[string]func(*rapid.T) {
	ctx := w.t.Context()
	actions := map[string]func(*rapid.T){}
	arrival := w.on(func(ids [2]queue.TicketID) {
		by := rapid.SampledFrom([]string{queue.ByDesk, queue.ByOwner}).Draw(w.t, "by")
		deskA, deskB := w.actor(ids[0])
		a, errA := w.store.Arrival(ctx, ids[0], by, deskA)
		b, errB := w.model.Arrival(ctx, ids[1], by, deskB)
		w.same("arrival", a, b, errA, errB)
	})
	actions["arrival"], actions["arrival again"] = arrival, arrival
	actions["rebook"] = w.on(func(ids [2]queue.TicketID) {
		day, slot := w.day(rapid.IntRange(-1, 4).Draw(w.t, "to day")), w.aSlot()
		if rapid.IntRange(0, 2).Draw(w.t, "to no slot") == 0 {
			slot = ""
		}
		insist := rapid.Bool().Draw(w.t, "override")
		deskA, deskB := w.actor(ids[0])
		a, errA := w.store.Rebook(ctx, ids[0], day, slot, insist, deskA)
		b, errB := w.model.Rebook(ctx, ids[1], day, slot, insist, deskB)
		w.same(fmt.Sprint("rebook ", day, slot, insist), a, b, errA, errB)
		if errA == nil && a.ID != ids[0] {
			w.tickets = append(w.tickets, [2]queue.TicketID{a.ID, b.ID})
		}
	})
	actions["edit"] = w.on(func(ids [2]queue.TicketID) {
		e := queue.Edit{Override: rapid.Bool().Draw(w.t, "override")}
		if n := rapid.IntRange(-3, 6).Draw(w.t, "party"); n >= 0 {
			e.Party = &n
		}
		if kind := rapid.SampledFrom([]string{"-", "-", "", "shot", "none"}).Draw(w.t, "kind"); kind != "-" {
			e.Kind = &kind
		}
		if first := rapid.IntRange(-1, 1).Draw(w.t, "first"); first >= 0 {
			e.FirstVisit = new(first == 1)
		}
		if rapid.IntRange(0, 2).Draw(w.t, "patient") == 0 {
			e.Patient = &queue.Patient{Name: someName}
			e.Persons = rapid.SampledFrom([][]string{nil, {"a"}, {"b"}, {"a", "c"}}).Draw(w.t, "persons")
		}
		deskA, deskB := w.actor(ids[0])
		a, errA := w.store.Edit(ctx, ids[0], e, deskA)
		b, errB := w.model.Edit(ctx, ids[1], e, deskB)
		w.same("edit", a, b, errA, errB)
	})
	actions["close a date"] = func(*rapid.T) {
		ref, day := w.ref(), w.day(rapid.IntRange(-1, 2).Draw(w.t, "of day"))
		session := rapid.SampledFrom([]string{"", "morning", "afternoon"}).Draw(w.t, "session")
		if rapid.IntRange(0, 2).Draw(w.t, "really") > 0 {
			return
		}
		a, errA := w.store.CloseDate(ctx, ref, day, session, desk())
		b, errB := w.model.CloseDate(ctx, ref, day, session, desk())
		w.same("close a date", queue.Ticket{Number: a}, queue.Ticket{Number: b}, errA, errB)
	}
	if w.clinic.Calendar != nil {
		actions["mode"] = func(*rapid.T) { w.mode() }
		actions["closing"] = func(*rapid.T) { w.closing() }
	}
	actions["days"] = func(*rapid.T) { w.days() }
	return actions
}

// mode tries to put a service into the other mode.
func (w *twin) mode() {
	before := w.clinic.Services
	i := rapid.IntRange(0, 1).Draw(w.t, "of service")
	w.clinic.Services = append([]clinic.Service{}, before...)
	s := &w.clinic.Services[i]
	if s.BySlot() {
		s.Mode, s.Cancel = clinic.ModeOrder, clinic.CancelRule{}
	} else {
		s.Mode, s.Cancel = clinic.ModeSlot, clinic.CancelRule{}
		if s.Slot.NumberBySlot {
			s.Numbers = clinic.Numbers{}
		}
	}
	a, b := w.store.PutClinic(w.t.Context(), w.clinic, desk()), w.model.PutClinic(w.t.Context(), w.clinic, desk())
	if a != nil {
		w.clinic.Services = before
	}
	w.same("mode", queue.Ticket{}, queue.Ticket{}, a, b)
}

// closing closes a day or a session of a service to booking, or opens it again.
func (w *twin) closing() {
	i, day := rapid.IntRange(0, 1).Draw(w.t, "of service"), w.day(rapid.IntRange(0, 2).Draw(w.t, "of day"))
	session := rapid.SampledFrom([]string{"", "morning", "afternoon"}).Draw(w.t, "session")
	before := w.clinic.Services
	w.clinic.Services = append([]clinic.Service{}, before...)
	if s := &w.clinic.Services[i]; s.ClosedOn(day, session) == "" {
		s.Close(w.day(0), day, session)
	} else {
		s.Reopen(day, "")
	}
	a, b := w.store.PutClinic(w.t.Context(), w.clinic, desk()), w.model.PutClinic(w.t.Context(), w.clinic, desk())
	if a != nil {
		w.clinic.Services = before
	}
	w.same("closing", queue.Ticket{}, queue.Ticket{}, a, b)
}

// days compares what both lines offer.
func (w *twin) days() {
	ref, from, to := w.ref(), w.day(-1), w.day(4)
	a, errA := w.store.Days(w.t.Context(), ref, from, to)
	b, errB := w.model.Days(w.t.Context(), ref, from, to)
	w.same("days", queue.Ticket{}, queue.Ticket{}, errA, errB)
	if !reflect.DeepEqual(a, b) {
		if diff := cmp.Diff(b, a, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
			w.t.Fatalf("the store offers other days than the model (-model +store):\n%s", diff)
		}
	}
	first := rapid.Bool().Draw(w.t, "first")
	near, errA := w.store.Nearest(w.t.Context(), ref, w.day(0), "15:30", first, 5)
	nearB, errB := w.model.Nearest(w.t.Context(), ref, w.day(0), "15:30", first, 5)
	w.agree("nearest", queue.Ticket{}, queue.Ticket{}, errA, errB)
	if diff := cmp.Diff(nearB, near, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
		w.t.Fatalf("the store offers other slots than the model (-model +store):\n%s", diff)
	}
}

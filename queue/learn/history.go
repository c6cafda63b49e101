package learn

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/journal"
)

// history is a day that is replayed from its log: at each entry it has what viewers
// were shown then.
type history struct {
	clinic  clinic.Clinic
	day     clinic.Day
	learned *estimate.Learned // what the day's viewers had
	state   journal.DayState
	tickets map[queue.TicketID]queue.Ticket
	duties  map[string]queue.Duty
}

func newHistory(c clinic.Clinic, d clinic.Day, learned *estimate.Learned) *history {
	return &history{clinic: c, day: d, learned: learned, tickets: map[queue.TicketID]queue.Ticket{}, duties: map[string]queue.Duty{}}
}

// enter plays one entry, and returns its ticket before and after; of an act of
// the desk both are zero.
func (h *history) enter(e journal.Event) (was, is queue.Ticket, err error) {
	if err := h.state.Enter(e); err != nil {
		return was, is, err
	}
	id, ok := e.Ticket()
	if !ok {
		if e.Act == "duty" {
			h.duties[e.Object] = e.Duty()
		}
		return was, is, nil
	}
	was = h.tickets[id]
	if is, err = h.state.Ticket(id); err != nil {
		return was, is, fmt.Errorf("entry %s: %w", e.ID, err)
	}
	h.tickets[id] = is
	return was, is, nil
}

// at returns the snapshot of an instant. It is made from the log alone: without
// patients, messages, and the desk override.
func (h *history) at(at time.Time) *queue.Snapshot {
	s := &queue.Snapshot{Clinic: h.clinic, Day: h.day, At: at, Learned: h.learned}
	lines := map[string]*queue.Line{}
	s.Lines = make([]queue.Line, len(h.clinic.Services))
	for i, service := range h.clinic.Services {
		s.Lines[i] = queue.Line{Ref: clinic.Ref{Clinic: h.clinic.ID, Service: service.ID}, Service: service}
		lines[service.ID] = &s.Lines[i]
	}
	var ended []queue.Ticket
	for _, t := range h.tickets {
		l, ok := lines[t.Line]
		if !ok {
			continue
		}
		switch {
		case t.State == queue.Called || t.State == queue.InService:
			l.Open = append(l.Open, t)
		case t.State == queue.Waiting:
			l.Waiting = append(l.Waiting, t)
		case t.State == queue.Absent:
			l.Absent = append(l.Absent, t)
		case t.State == queue.Held:
			l.Held = append(l.Held, t)
		case t.State == queue.Lost:
			l.Lost = append(l.Lost, t)
		case t.State == queue.Booked:
			l.Booked = append(l.Booked, t)
		default:
			ended = append(ended, t)
		}
	}
	newest := func(of func(queue.Ticket) time.Time) func(a, b queue.Ticket) int {
		return func(a, b queue.Ticket) int {
			if c := of(b).Compare(of(a)); c != 0 {
				return c
			}
			return strings.Compare(string(a.ID), string(b.ID))
		}
	}
	slices.SortFunc(ended, newest(func(t queue.Ticket) time.Time { return t.Ended }))
	for _, t := range ended[:min(len(ended), queue.EndedKept)] {
		lines[t.Line].Ended = append(lines[t.Line].Ended, t)
	}
	for _, l := range lines {
		slices.SortFunc(l.Booked, bySlot)
		slices.SortFunc(l.Open, newest(func(t queue.Ticket) time.Time { return t.Called }))
		slices.SortFunc(l.Waiting, func(a, b queue.Ticket) int { return strings.Compare(a.Position, b.Position) })
	}
	for _, r := range h.clinic.Rooms {
		duty, known := h.duties[r.ID]
		if !known || !duty.Until.After(at) {
			duty = queue.Duty{State: queue.OnDuty}
		}
		s.Rooms = append(s.Rooms, queue.RoomState{Room: r, Duty: duty})
	}
	s.Index()
	h.countDesk(s)
	return s
}

package queuetest

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"junban/queue"
	"junban/queue/clinic"
)

// Ticket is [queue.Store.Ticket].
func (m *Model) Ticket(_ context.Context, id queue.TicketID) (queue.Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.clinics[id.Ref().Clinic]; ok {
		if t, ok := c.day(id.Day()).tickets[id]; ok {
			return t.Ticket, nil
		}
	}
	return queue.Ticket{}, queue.ErrNoTicket
}

// TicketsOf is [queue.Store.TicketsOf].
func (m *Model) TicketsOf(_ context.Context, c clinic.ID, day clinic.Day, ids []queue.TicketID) (map[queue.TicketID]queue.Ticket, map[queue.TicketID]queue.Patient, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	tickets, patients := map[queue.TicketID]queue.Ticket{}, map[queue.TicketID]queue.Patient{}
	if of, ok := m.clinics[c]; ok {
		for _, id := range ids {
			if t, ok := of.day(day).tickets[id]; ok {
				tickets[id], patients[id] = t.Ticket, t.patient
			}
		}
	}
	return tickets, patients, nil
}

// Snapshot is [queue.Store.Snapshot].
func (m *Model) Snapshot(_ context.Context, id clinic.ID) (*queue.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.clinics[id]
	if !ok {
		return nil, clinic.ErrNoClinic
	}
	today := m.today(c)
	d := c.day(today)
	m.openBookings(c, d)
	m.noShows(c, d)
	if d.version == 0 {
		d.version = 1
	}
	var ended []*ticket
	for _, t := range d.tickets {
		if t.State.Ended() {
			ended = append(ended, t)
		}
	}
	newest := func(a, b *ticket) int { return cmp.Compare(b.seq, a.seq) }
	slices.SortFunc(ended, newest)
	if len(ended) > queue.EndedKept {
		ended = ended[:queue.EndedKept]
	}
	snap := &queue.Snapshot{
		Clinic: c.record, Rev: c.rev, Day: today, Epoch: d.epoch, Version: d.version, At: m.now(),
		Patients: map[queue.TicketID]queue.Patient{}, Cuts: maps.Clone(d.cuts),
	}
	for _, r := range c.record.Rooms {
		state := queue.RoomState{Room: r, Duty: queue.Duty{State: queue.OnDuty}}
		if m.off(c, r.ID) {
			state.Duty = c.duties[r.ID]
		}
		snap.Rooms = append(snap.Rooms, state)
	}
	for _, s := range c.record.Services {
		ref := clinic.Ref{Clinic: id, Service: s.ID}
		k := c.desk(s.ID)
		l := queue.Line{Ref: ref, Service: s, Standing: k.standing, Counter: d.counter[s.ID], Taken: m.taken(d, s.ID)}
		l.Full = m.Bounds.Full(true, l.Counter, d.standing(ref))
		if k.manual.Until.IsZero() || k.manual.Until.After(snap.At) {
			l.Manual = k.manual
		}
		if k.temporary.Until.After(snap.At) {
			l.Temporary = k.temporary
		}
		l.Notice = d.notices[s.ID].Notice
		show := func(ts []*ticket) (out []queue.Ticket) {
			for _, t := range ts {
				out = append(out, t.Ticket)
				if t.patient != (queue.Patient{}) {
					snap.Patients[t.ID] = t.patient
				}
			}
			return out
		}
		open := d.where(ref, queue.Called, queue.InService)
		slices.SortFunc(open, newest)
		l.Open = show(open)
		l.Waiting = show(d.waiting(ref))
		l.Absent = show(d.where(ref, queue.Absent))
		l.Lost = show(d.where(ref, queue.Lost))
		l.Held = show(d.where(ref, queue.Held))
		l.Booked = show(d.where(ref, queue.Booked))
		if s.BySlot() {
			if calls := d.slotCalls[s.ID]; len(calls) > 0 {
				l.Serving = calls[len(calls)-1].slot
			}
		}
		l.Ended = show(slices.DeleteFunc(slices.Clone(ended), func(t *ticket) bool { return t.Line != ref.Service }))
		snap.Lines = append(snap.Lines, l)
	}
	snap.Index()
	for i := range snap.Lines { // Index knows no seats of slots: a store has them apart from the tickets
		if l := &snap.Lines[i]; l.Service.BySlot() {
			l.Slots = m.slotStates(c, d, l.Service, l.Full)
			l.Availability, l.FirstVisit = bestToday(l.Slots)
		}
	}
	return snap, nil
}

// Follow is [feed.Feed.Follow], of a line that never goes stale.
func (m *Model) Follow(ctx context.Context, c clinic.ID, w queue.Watcher) error {
	for {
		m.mu.Lock()
		changed := m.changed
		m.mu.Unlock()
		snap, err := m.Snapshot(ctx, c)
		if err != nil {
			return err
		}
		w.Emit(snap)
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

// ReadPatients does nothing: every snapshot of the model has its patients.
func (m *Model) ReadPatients(clinic.ID) {}

// Reached returns the newest state: every act of the model is of this node.
func (m *Model) Reached(id clinic.ID) queue.Reached {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.clinics[id]
	if !ok {
		return queue.Reached{}
	}
	today := m.today(c)
	d := c.day(today)
	return queue.Reached{Day: today, Epoch: d.epoch, Version: d.version}
}

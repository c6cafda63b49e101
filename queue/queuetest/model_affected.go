package queuetest

import (
	"context"
	"fmt"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// cut marks the tickets whose session the record next shortens or closes. It includes
// ended tickets, because undo may restore them.
func (m *Model) cut(k *clinicState, next clinic.Clinic) error {
	if k.zone == nil {
		return nil // it is new
	}
	for on, d := range k.days {
		if today := m.today(k); on < today || on > today && d.closed {
			continue
		}
		for id, t := range d.tickets {
			waits := t.Ticket
			waits.State = queue.Waiting
			lost, err := queue.Affected(k.record, next, []queue.Reserved{{Ticket: waits}})
			if err != nil {
				return err
			}
			if t.Slot != "" && m.hasSlot(next, id.Ref().Service, on, t) {
				delete(d.cuts, id)
			}
			if len(lost) == 0 {
				continue
			}
			if service, _ := k.record.Service(id.Ref().Service); t.Slot != "" {
				was, _ := slotNamed(m.slots(k, service, on), t.Slot)
				d.cuts[id] = queue.Cut{Name: k.rev, Was: hours.Window{From: was.From, To: was.To}}
				continue
			}
			cut, known := d.cuts[id]
			if !known || cut.Name == t.ContactedAbout {
				for _, s := range k.record.SessionsOn(id.Ref().Service, on, k.zone) {
					if s.ID == t.Session {
						cut.Was = s.Consult
					}
				}
			}
			cut.Name = k.rev
			d.cuts[id] = cut
		}
	}
	return nil
}

// hasSlot reports whether a record has the slot of a ticket as it is.
func (m *Model) hasSlot(c clinic.Clinic, service string, on clinic.Day, t *ticket) bool {
	s, ok := c.Service(service)
	zone, err := c.Location()
	if !ok || err != nil || !s.BySlot() {
		return false
	}
	slot, ok := slotNamed(hours.Slots(c.SessionsOn(service, on, zone), s.Slot.Minutes, zone), t.Slot)
	return ok && string(slot.End) == t.SlotEnd
}

// Contacted is [queue.Store.Contacted].
func (m *Model) Contacted(_ context.Context, id queue.TicketID, cut string, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, id.Ref(), a, fmt.Sprint("contacted", id, cut), func() (queue.Ticket, error) {
		c, d, err := m.dayOf(id, true)
		if err != nil {
			return queue.Ticket{}, err
		}
		t, err := c.object(d, id, a.Expect, func(s queue.State) bool { return s.Allows(queue.Cancel) && s != queue.Lost })
		if err != nil {
			return queue.Ticket{}, err
		}
		name := "closed"
		if known, ok := d.cuts[id]; ok {
			name = known.Name
		}
		untold := t.Ticket
		untold.ContactedAbout = ""
		if cut != name || d.cuts[id].Affected(untold, c.record.SessionsOn(id.Ref().Service, id.Day(), c.zone)) == "" {
			return queue.Ticket{}, queue.ErrTicketChanged
		}
		d.bump()
		d.change(t, queue.Contacted, nil, func() { t.ContactedAbout = cut })
		return t.Ticket, nil
	})
	return t, err
}

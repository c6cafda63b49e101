package queuetest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"junban/queue"
	"junban/queue/clinic"
)

// Edit is [queue.Store.Edit].
func (m *Model) Edit(_ context.Context, id queue.TicketID, e queue.Edit, a queue.Act) (queue.Ticket, error) {
	asked, err := json.Marshal(e)
	if err != nil {
		return queue.Ticket{}, err
	}
	t, _, err := once(m, id.Ref(), a, fmt.Sprint("edit", id, string(asked)), func() (queue.Ticket, error) {
		c := m.clinics[id.Ref().Clinic]
		t := c.day(id.Day()).tickets[id]
		s, ok := c.record.Service(id.Ref().Service)
		switch {
		case t == nil:
			return queue.Ticket{}, queue.ErrNoTicket
		case !ok:
			return queue.Ticket{}, clinic.ErrNoService
		}
		next := t.Ticket
		if e.Party != nil {
			most := max(s.MaxParty, t.Party)
			if e.Override {
				most = clinic.MaxParty
			}
			if next.Party = *e.Party; next.Party < 1 || next.Party > most {
				return queue.Ticket{}, queue.ErrPartySize
			}
		}
		if e.Kind != nil {
			if next.Kind = *e.Kind; next.Kind != "" && !slices.ContainsFunc(s.Kinds, func(k clinic.Kind) bool { return k.ID == next.Kind }) {
				return queue.Ticket{}, queue.ErrKind
			}
		}
		_, d, t, err := m.of(id, a.Expect, func(s queue.State) bool { return s == queue.Booked || s == queue.Waiting }, true)
		if err != nil {
			return queue.Ticket{}, err
		}
		if e.FirstVisit != nil {
			next.FirstVisit = *e.FirstVisit
		}
		if t.Slot != "" && (next.Party != t.Party || next.Kind != t.Kind) {
			next.Weight = s.Weight(next.Kind, next.Party)
		}
		if e.Patient != nil && !e.Override {
			if _, err := m.admit(c, d, s, m.limited(s, t), e.Persons, t); err != nil {
				return queue.Ticket{}, err
			}
		}
		err = m.seat(d, seating{
			service: s, on: id.Day(), session: t.Session, slot: t.Slot, web: t.Channel == "web",
			weight: max(next.Weight, 1), first: next.FirstVisit, was: t,
		})
		if err != nil && !e.Override {
			return queue.Ticket{}, err
		}
		d.bump()
		d.change(t, queue.Amend, nil, func() {
			t.Party, t.Kind, t.FirstVisit, t.Weight = next.Party, next.Kind, next.FirstVisit, next.Weight
		})
		if e.Patient != nil {
			m.rename(d, t, s, *e.Patient, e.Persons)
		}
		return t.Ticket, nil
	})
	return t, err
}

// limited is the session in which a person has one ticket; "" in slot mode, where it is
// the day.
func (m *Model) limited(s clinic.Service, t *ticket) string {
	if s.BySlot() {
		return ""
	}
	return t.Session
}

// rename says who a ticket is for from now on.
func (m *Model) rename(d *day, t *ticket, s clinic.Service, p queue.Patient, hashes []string) {
	t.patient, t.persons = p, known(s, hashes)
	for field, of := range d.persons {
		if of == t {
			delete(d.persons, field)
		}
	}
	for _, field := range persons(s, m.limited(s, t), hashes) {
		d.persons[field] = t
	}
}

package queuetest

import (
	"context"
	"fmt"
	"strconv"

	"junban/queue"
	"junban/queue/clinic"
)

// FileLost is [queue.Store.FileLost].
func (m *Model) FileLost(_ context.Context, id queue.TicketID, claim queue.Claim) (queue.Ticket, error) {
	return m.fileTicket(id, claim, queue.Act{Key: "lost " + string(id)}, false)
}

// Restore is [queue.Store.Restore].
func (m *Model) Restore(_ context.Context, id queue.TicketID, claim queue.Claim, a queue.Act) (queue.Ticket, error) {
	return m.fileTicket(id, claim, a, true)
}

func (m *Model) fileTicket(id queue.TicketID, claim queue.Claim, a queue.Act, restore bool) (queue.Ticket, error) {
	ref := id.Ref()
	t, _, err := once(m, ref, a, fmt.Sprint("lost", id, restore), func() (queue.Ticket, error) {
		var beforehand []bool
		if restore {
			beforehand = []bool{true}
		}
		c, d, err := m.dayOf(id, beforehand...)
		if err != nil {
			return queue.Ticket{}, err
		}
		s, ok := c.record.Service(ref.Service)
		if !ok {
			return queue.Ticket{}, clinic.ErrNoService
		}
		if t, ok := d.tickets[id]; ok {
			return t.Ticket, nil
		}
		if !restore && d.lost[s.ID] >= queue.LostKept {
			return queue.Ticket{}, queue.ErrNoTicket
		}
		d.bump()
		if !restore {
			d.lost[s.ID]++
		}
		if claim.Number > 0 {
			d.given(s, claim)
		}
		if n, err := strconv.Atoi(claim.Position); err == nil && len(claim.Position) == 9 && n%10 == 5 {
			step := 1_000_000
			if claim.Slot != "" {
				step = 100_000
			}
			d.counter[s.ID] = max(d.counter[s.ID], n/10%step)
		}
		end := len(claim.Position) - 1
		t := &ticket{Ticket: queue.Ticket{
			ID: id, Rev: "0", Number: claim.Number, State: queue.Lost, Lost: true, Party: claim.Party, FirstVisit: claim.FirstVisit, Kind: claim.Kind,
			Channel: claim.Channel, Position: claim.Position[:end] + string(claim.Position[end]-1) + "9" + PositionOf(int(d.version)),
			Issued: claim.Issued, Session: claim.Session, Line: s.ID, Mark: claim.Mark, HasCode: claim.CodeHash != "", CodeHash: claim.CodeHash,
			Slot: claim.Slot, SlotEnd: claim.SlotEnd, SlotFrom: claim.SlotFrom, SlotTo: claim.SlotTo, LineSlot: claim.Slot, Weight: claim.Weight,
		}, patient: claim.Patient, code: claim.CodeHash, persons: known(s, claim.Persons)}
		switch {
		case restore && t.Number > 0:
			t.State = queue.Waiting
		case restore:
			t.State = queue.Booked
		}
		for _, person := range persons(s, m.limited(s, t), claim.Persons) {
			live, cancelled := d.lastOf(person)
			if t.selves = max(t.selves, cancelled); !live {
				d.persons[person] = t
			}
		}
		d.tickets[id] = t
		return t.Ticket, nil
	})
	return t, err
}

// given marks a number as given, so that no other ticket gets it.
func (d *day) given(s clinic.Service, claim queue.Claim) {
	of := d.numbers[s.ID]
	if of == nil {
		of = &numbering{s.Numbers, map[string]int{}, map[string]int{}}
		d.numbers[s.ID] = of
	}
	scope, n := "", claim.Number
	if of.PerSession {
		scope = claim.Session
	}
	if of.Reserve > 0 && n%of.Reserve == 0 {
		of.kept[scope+":"+strconv.Itoa(n)] = 0
		return
	}
	band := scope
	switch {
	case of.WebFrom > 0 && n < of.WebFrom:
		band += ":desk"
	case of.WebFrom > 0:
		band += ":web"
	}
	of.last[band] = max(of.last[band], n)
}

// readmit takes a lost ticket in again.
func (m *Model) readmit(c *clinicState, d *day, t *ticket) {
	if t.Number == 0 && t.Slot != "" {
		t.State = queue.Booked
		return
	}
	if t.Number == 0 {
		s, _ := c.record.Service(t.ID.Ref().Service)
		n, take, _ := d.number(s, t.Session, queue.Request{Override: true}, t.Channel == "web")
		take(prefix(t.Position) * 1000000)
		d.counter[s.ID]-- // it has its place already
		t.Number = n
	}
	t.State = queue.Waiting
}

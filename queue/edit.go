package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/hours"
)

// Edit is what the desk changes of a ticket (内容変更). Nil changes nothing.
type Edit struct {
	Party      *int
	Kind       *string
	FirstVisit *bool
	Patient    *Patient
	Persons    []string // with Patient: who it is for now, as in [Request]
	Override   bool     // takes more seats than there are, or a larger party
}

// editRequest is what lua/edit.lua gets: the ticket as it is to be, and its seats.
type editRequest struct {
	Service string     `json:"service"`
	Session string     `json:"session,omitempty"` // of the persons' fields; "" in slot mode
	Slots   []bookSlot `json:"slots"`             // its own

	Party    int    `json:"party"`
	Kind     string `json:"kind,omitempty"`
	First    bool   `json:"first,omitempty"`
	W        int    `json:"w,omitempty"`
	Override bool   `json:"override,omitempty"`

	Patient *Patient `json:"patient,omitempty"`
	Persons []string `json:"persons,omitempty"`
	personLimit
	PatientsUntil int64 `json:"patientsUntil"`
}

// Edit changes a booked or waiting ticket. More seats than before are checked as those
// of a new ticket. Undo takes back all but the patient. Refusals: [ErrNoTicket],
// [ErrTicketChanged], [ErrState], [ErrDayOver], [ErrPartySize], [ErrKind], [ErrSlotFull],
// [ErrQuota], [ErrFirstQuota], [ErrDeskQuota], [ErrReceived], [ErrPersonLimit].
func (s *Store) Edit(ctx context.Context, id TicketID, e Edit, a Act) (Ticket, error) {
	same, err := json.Marshal(e)
	if err != nil {
		return Ticket{}, fmt.Errorf("edit %s: %w", id, err)
	}
	call := scriptCall{name: "edit", ref: id.Ref(), day: id.Day(), same: []string{string(id), string(same)}, early: true}
	call.keys = func(k record) []string { return []string{keyPersons(k.ID)} }
	t, err := s.ticketAct(ctx, call, a, func(k record, day clinic.Day) ([]any, error) {
		text, t, err := s.read(ctx, id)
		if err != nil {
			return nil, err
		}
		service, ok := k.Service(id.Ref().Service)
		if !ok {
			return nil, clinic.ErrNoService
		}
		r, err := s.editRequest(k, service, day, t, e)
		if err != nil {
			return nil, err
		}
		request, err := json.Marshal(r)
		return []any{string(id), text, string(request)}, err
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("edit %s: %w", id, err)
	}
	return t, nil
}

// editRequest works out a change of a ticket that is as t.
func (s *Store) editRequest(k record, service clinic.Service, day clinic.Day, t Ticket, e Edit) (r editRequest, err error) {
	most := service.MaxParty
	if e.Override {
		most = clinic.MaxParty
	}
	party, kind, first := t.Party, t.Kind, t.FirstVisit
	if e.Party != nil {
		party = *e.Party
	}
	if e.Kind != nil {
		kind = *e.Kind
	}
	if e.FirstVisit != nil {
		first = *e.FirstVisit
	}
	switch {
	case party < 1 || party > max(most, t.Party):
		return r, ErrPartySize
	case e.Kind != nil && !service.Takes(kind):
		return r, ErrKind
	}
	_, until := k.Bounds(day, k.loc)
	r = editRequest{
		Service: service.ID, Slots: k.ownSlot(service, t, first, max(t.Weight, 1)), Party: party, Kind: kind, First: first, Override: e.Override,
		Patient: e.Patient, Persons: personsOf(service, e.Persons),
		personLimit: personLimitOf(service, k.DayOf(s.now(), k.loc), e.Persons), PatientsUntil: until.Add(k.KeepPatients()).UnixMilli(),
	}
	if t.Slot == "" {
		r.Session = t.Session
		return r, nil
	}
	weight := t.Weight
	if party != t.Party || kind != t.Kind {
		weight = service.Weight(kind, party)
	}
	r.W, r.Slots = besideOne(weight), k.ownSlot(service, t, first, weight)
	return r, nil
}

// ownSlot is the slot of a ticket, with the seats that it takes; in order mode it has
// those of its session alone.
func (k record) ownSlot(service clinic.Service, t Ticket, first bool, weight int) []bookSlot {
	web := t.Channel == "web"
	if t.Slot == "" {
		return []bookSlot{{Seats: bookSeats(seatsOf(service, t.Session, web, first))}}
	}
	slot := hours.Slot{Start: hours.Clock(t.Slot), End: hours.Clock(t.SlotEnd), From: t.SlotFrom, To: t.SlotTo, Session: t.Session}
	return k.bookSlots(service, t.ID.Day(), []hours.Slot{slot}, web, first, false, weight)
}

// bookSeats are the seats of order mode as the scripts of slot mode take them.
func bookSeats(seats []seat) (all []bookSeat) {
	for _, s := range seats {
		all = append(all, bookSeat{s.Count, 1, s.Limit, s.Full})
	}
	return all
}

// read returns a ticket with the text that Redis has of it.
func (s *Store) read(ctx context.Context, id TicketID) (string, Ticket, error) {
	text, err := s.rdb.HGet(ctx, DayKey(id.Ref().Clinic, id.Day(), "tickets"), string(id)).Result()
	if errors.Is(err, redis.Nil) {
		return "", Ticket{}, ErrNoTicket
	}
	if err != nil {
		return "", Ticket{}, err
	}
	t, err := DecodeTicket([]byte(text))
	return text, t, err
}

package queue

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"junban/queue/clinic"
)

// rebookRequest is what lua/rebook.lua gets.
type rebookRequest struct {
	Service  string     `json:"service"`
	Slots    []bookSlot `json:"slots"` // the one; in order mode with the seats of the session alone
	W        int        `json:"w,omitempty"`
	Override bool       `json:"override,omitempty"`
	bookLimits

	// Of another day:
	Other bool     `json:"other,omitempty"`
	ID    TicketID `json:"id,omitempty"`
	Ends  int64    `json:"ends,omitempty"` // the millisecond at which it is over

	// In order mode:
	Book      string `json:"book,omitempty"` // when the number is given: see [issueRequest]
	Numbering string `json:"numbering,omitempty"`
	Base      int    `json:"base,omitempty"`
	Session   string `json:"session,omitempty"`
	Sess      string `json:"sess"`
}

// Rebook moves a booking to another slot or day (予約変更). On the same day the ticket
// changes its slot and keeps its id. On another day a new ticket replaces it: the old one
// is cancelled with [ReasonMoved], and each names the other. Both happen in one script.
// The seat of the new place is taken first, so a full one changes nothing.
//
// Only the desk rebooks. In order mode slot is the session, "" for the day's first, and
// the day is another one. Refusals are those of [Store.Issue] by the desk, which override overrides, and [ErrNoTicket],
// [ErrTicketChanged], [ErrState] of a ticket that is not booked (in order mode: one of a
// day to come), [ErrDayOver].
func (s *Store) Rebook(ctx context.Context, id TicketID, day clinic.Day, slot string, override bool, a Act) (Ticket, error) {
	ref := id.Ref()
	call := scriptCall{name: "rebook", ref: ref, day: id.Day(), same: []string{string(id), string(day), slot, strconv.FormatBool(override)}, early: true}
	call.keys = func(k record) (keys []string) {
		if other := cmp.Or(day, id.Day()); other != id.Day() {
			for _, what := range []string{"meta", "log", "tickets", "patients", "rooms", "called", "ended"} {
				keys = append(keys, DayKey(k.ID, other, what))
			}
			keys = append(keys, lineKeys(k.Clinic, other)...)
		}
		return append(keys, keyPersons(k.ID))
	}
	t, err := s.ticketAct(ctx, call, a, func(k record, _ clinic.Day) ([]any, error) {
		text, t, err := s.read(ctx, id)
		if err != nil {
			return nil, err
		}
		service, ok := k.Service(ref.Service)
		if !ok {
			return nil, clinic.ErrNoService
		}
		r, err := s.rebookRequest(k, service, t, cmp.Or(day, id.Day()), slot, override)
		if err != nil {
			return nil, err
		}
		request, err := json.Marshal(r)
		return []any{string(id), text, string(request)}, err
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("rebook %s: %w", id, err)
	}
	s.acted(ref.Clinic, id.Day()) // the script names one of the two days
	s.acted(ref.Clinic, t.ID.Day())
	return t, nil
}

// rebookRequest works out a move of a ticket that is as t.
func (s *Store) rebookRequest(k record, service clinic.Service, t Ticket, day clinic.Day, slot string, override bool) (r rebookRequest, err error) {
	ref, web, now := t.ID.Ref(), t.Channel == "web", s.now()
	today := k.DayOf(now, k.loc)
	_, until := k.Bounds(day, k.loc)
	r = rebookRequest{Service: service.ID, Override: override, Ends: until.UnixMilli()}
	if r.Other = day != t.ID.Day(); r.Other {
		r.ID = newTicketID(ref, day)
	}
	var p plan
	if service.BySlot() && t.Slot != "" {
		q := Request{Channel: "desk", Slot: slot, Override: override}
		plan, slots := k.planBook(service, today, day, q, manual{}, now)
		weight := service.Weight(t.Kind, t.Party)
		p, r.W, r.Slots = plan, besideOne(weight), k.bookSlots(service, day, slots, web, t.FirstVisit, false, weight)
	} else {
		p = k.planOther(service, t, today, day, slot, now)
		from, _ := k.Bounds(day, k.loc)
		r.Book, r.Numbering, r.Sess = cmp.Or(service.Booking.Numbers, clinic.NumbersNow), numbering(service.Numbers), p.ID
		r.Session, r.Base = p.ID, sessionBase(p.Session, from)
		r.Slots = []bookSlot{{Seats: bookSeats(seatsOf(service, p.ID, web, t.FirstVisit))}}
	}
	if service.BySlot() != (t.Slot != "") || t.Slot != "" && t.State != Booked {
		p.why = ErrState
	}
	r.bookLimits = s.limitsOf(k, service, today, day, p, web, nil) // the script finds the persons
	return r, nil
}

// planOther picks the session of another day for a ticket of order mode: the one that is
// asked for, else the ticket's own, else the first.
func (k record) planOther(service clinic.Service, t Ticket, today, day clinic.Day, session string, now time.Time) plan {
	var p plan
	for _, id := range []string{cmp.Or(session, t.Session), t.Session, ""} {
		if p = k.planAhead(service, today, day, id, false, now); p.why == nil {
			break
		}
	}
	_, until := k.Bounds(today, k.loc)
	p.until = max(p.until, until.UnixMilli()) // that of a day before is over
	switch {
	case t.ID.Day() <= today:
		p.why = ErrState
	case day == t.ID.Day():
		p.why = ErrNotOffered
	case day <= today:
		p.why = ErrDayOver
	case !k.bookable(service, today, day):
		p.why = ErrNotOffered
	}
	return p
}

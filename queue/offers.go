package queue

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

// DaysAtOnce is how many days [Store.Days] returns at most.
const DaysAtOnce = 100

// Days returns the days from one to another, both included, with what a service gives on
// them: the days of a calendar page. It returns at most [DaysAtOnce]. In order mode today
// is [DayClosed]: its figures are those of the board. In slot mode a day that only the desk
// books is [DayClosed] with its slots (L03). Refusals: [clinic.ErrNoClinic],
// [clinic.ErrNoService].
func (s *Store) Days(ctx context.Context, ref clinic.Ref, from, to clinic.Day) ([]DayOffer, error) {
	offers, err := s.days(ctx, ref, from, to)
	if err != nil {
		return nil, fmt.Errorf("days of %s: %w", ref, err)
	}
	return offers, nil
}

func (s *Store) days(ctx context.Context, ref clinic.Ref, from, to clinic.Day) ([]DayOffer, error) {
	k, err := s.reread(ctx, ref.Clinic)
	if err != nil {
		return nil, err
	}
	service, ok := k.Service(ref.Service)
	if !ok {
		return nil, clinic.ErrNoService
	}
	var days []clinic.Day
	for d := from; d <= to && len(days) < DaysAtOnce; d = addDays(d, 1) {
		days = append(days, d)
	}
	metas := make([]*redis.MapStringStringCmd, len(days))
	var desk *redis.MapStringStringCmd
	var now *redis.TimeCmd
	if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, d := range days {
			metas[i] = p.HGetAll(ctx, DayKey(ref.Clinic, d, "meta"))
		}
		desk = p.HGetAll(ctx, keyDesk(ref.Clinic))
		now = p.Time(ctx)
		return nil
	}); err != nil {
		return nil, err
	}
	snap := &Snapshot{Clinic: k.Clinic, At: now.Val(), Learned: s.lessons.Learned(ctx, ref.Clinic)}
	offers := make([]DayOffer, len(days))
	for i, d := range days {
		l := Line{Ref: ref, Service: service}
		l.count(countsOf(metas[i].Val())[service.ID], snap)
		l.Full = s.bounds.Full(true, l.Counter, l.given())
		l.readManual(desk.Val())
		offers[i] = DayOfferOf(k.Clinic, l, d, snap)
	}
	return offers, nil
}

// DayOfferOf is what a line gives on a day at the snapshot's moment. The line has the
// counts of that day, and the desk override of today.
func DayOfferOf(c clinic.Clinic, l Line, d clinic.Day, snap *Snapshot) DayOffer {
	offer := DayOffer{Day: d, State: DayClosed}
	loc, err := c.Location()
	if err != nil {
		return offer // a record's zone is validated before it is written
	}
	k, at := record{Clinic: c, loc: loc}, snap.At
	today := k.DayOf(at, loc)
	sessions := k.sessionsOf(l.Service, d)
	horizon := l.Service.Booking.Days
	if l.Service.BySlot() {
		horizon = clinic.SlotDays // that of the desk, see planBook
	}
	if d < today || len(sessions) == 0 || !l.Service.BySlot() && d == today || d > addDays(today, horizon) {
		return offer
	}
	served := k.served(l.Service, today)
	if !l.Service.BySlot() {
		if ms := at.UnixMilli(); ms < served[0] || ms >= served[1] {
			return offer
		}
		offer.State = DayOpen
		for _, o := range OfferOf(c, l, d, sessions, snap).Sessions {
			offer.Sessions = append(offer.Sessions, SessionOffer{o.Session, o.Availability, o.First, nil})
		}
		return offer
	}
	w := webDay{served: served}
	if l.Service.Booking.Days > 0 && d == addDays(today, l.Service.Booking.Days) {
		w.opens = OpensAt(c, l.Service, d)
	}
	if d == today {
		w.manual = l.Manual.at(at, true).Reception
	}
	if d > addDays(today, l.Service.Booking.Days) {
		w.manual = Closed // to the web
	}
	offer.Sessions = k.slotOffers(&l, today, d, w, at)
	switch w.reception(at) {
	case Open:
		offer.State = DayOpen
	case Before:
		offer.State, offer.OpensAt = DayBefore, w.opens
		if from := time.UnixMilli(served[0]); from.After(w.opens) {
			offer.OpensAt = from
		}
	}
	return offer
}

// FreeSlot is a slot of a day that the web may book.
type FreeSlot struct {
	Day clinic.Day
	SlotOffer
}

// NearestOffers is how many slots are offered beside [ErrSlotFull].
const NearestOffers = 5

// Nearest returns at most n free slots of the web near a slot of a day, nearest first:
// those of that day by their distance, then those of the days after it in order. They
// are the offers beside [ErrSlotFull].
func (s *Store) Nearest(ctx context.Context, ref clinic.Ref, day clinic.Day, slot string, firstVisit bool, n int) ([]FreeSlot, error) {
	k, err := s.record(ctx, ref.Clinic)
	if err != nil {
		return nil, fmt.Errorf("slots of %s: %w", ref, err)
	}
	service, _ := k.Service(ref.Service)
	days, err := s.Days(ctx, ref, day, addDays(k.DayOf(s.now(), k.loc), service.Booking.Days))
	if err != nil {
		return nil, err
	}
	return NearestOf(days, slot, firstVisit, n), nil
}

// NearestOf picks them from days, of which the first has the slot.
func NearestOf(days []DayOffer, slot string, firstVisit bool, n int) []FreeSlot {
	var found []FreeSlot
	for i, d := range days {
		var ofDay []FreeSlot
		var wanted time.Time
		for _, session := range d.Sessions {
			for _, o := range session.Slots {
				if i == 0 && string(o.Start) == slot {
					wanted = o.From
				}
				if (o.Availability == Many || o.Availability == Few) && (!firstVisit || o.First) {
					ofDay = append(ofDay, FreeSlot{d.Day, o})
				}
			}
		}
		if !wanted.IsZero() {
			slices.SortStableFunc(ofDay, func(a, b FreeSlot) int {
				return int(a.From.Sub(wanted).Abs()/time.Minute) - int(b.From.Sub(wanted).Abs()/time.Minute)
			})
		}
		if found = append(found, ofDay...); len(found) >= n {
			return found[:n]
		}
	}
	return found
}

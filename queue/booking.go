package queue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/hours"
)

// A day to come ([clinic.Booking], B12) is a line of its own from its first booking,
// with its own seats and numbers. Today's desk override does not apply to it. Its
// tickets can only be cancelled. A booking with its number at opening has a seat and a
// position at once. It is set aside as booked. The first client that reads the day or
// takes a number issues these numbers, in the order of positions.

// Offer is one day to come that a service gives numbers for (B12).
type Offer struct {
	Day      clinic.Day
	Sessions []OfferedSession
}

// OfferedSession is one session of an [Offer].
type OfferedSession struct {
	hours.Session
	Availability Availability // [Many], [Few] or [None], by the rules of [Store.Issue]
	First        bool         // first visits find a seat too
}

// Reserved is a live ticket of a day to come, with who it is for.
type Reserved struct {
	Ticket
	Patient Patient
	Cut     Cut
}

// bookable reports whether a service gives numbers today for another day: one
// within its [clinic.Booking] on which it has sessions.
func (k record) bookable(s clinic.Service, today, day clinic.Day) bool {
	return slices.Contains(k.daysAhead(s, today), day) && len(k.sessionsOf(s, day)) > 0
}

// served is from when to when the web is served today (D06).
func (k record) served(s clinic.Service, today clinic.Day) []int64 {
	calendar, _ := k.Timetable(s)
	w := millis(calendar.WebHours(string(today), k.loc))
	return w[:]
}

func (k record) sessionsOf(s clinic.Service, day clinic.Day) []hours.Session {
	calendar, _ := k.Timetable(s)
	return calendar.Sessions(string(day), k.loc)
}

func (k record) daysAhead(s clinic.Service, today clinic.Day) []clinic.Day {
	first, err := time.Parse(time.DateOnly, string(today))
	if err != nil {
		return nil // today is the calendar's own
	}
	var days []clinic.Day
	for n := range s.Booking.Days {
		days = append(days, clinic.Day(first.AddDate(0, 0, n+1).Format(time.DateOnly)))
	}
	return days
}

// Offers lists the days to come for which a service gives numbers, the next first.
// Closed days are left out; outside the web hours it lists none (D06). Refusals:
// [clinic.ErrNoClinic], [clinic.ErrNoService].
func (s *Store) Offers(ctx context.Context, ref clinic.Ref) ([]Offer, error) {
	offers, err := s.offers(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("days of %s: %w", ref, err)
	}
	return offers, nil
}

func (s *Store) offers(ctx context.Context, ref clinic.Ref) ([]Offer, error) {
	k, err := s.reread(ctx, ref.Clinic)
	if err != nil {
		return nil, err
	}
	service, ok := k.Service(ref.Service)
	if !ok {
		return nil, clinic.ErrNoService
	}
	today := k.DayOf(s.now(), k.loc)
	days := k.daysAhead(service, today)
	metas := make([]*redis.MapStringStringCmd, len(days))
	var now *redis.TimeCmd
	if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, d := range days {
			metas[i] = p.HGetAll(ctx, DayKey(ref.Clinic, d, "meta"))
		}
		now = p.Time(ctx)
		return nil
	}); err != nil {
		return nil, err
	}
	offers := []Offer{}
	if w := k.served(service, today); now.Val().UnixMilli() < w[0] || now.Val().UnixMilli() >= w[1] {
		return offers, nil
	}
	snap := &Snapshot{Clinic: k.Clinic, At: now.Val(), Learned: s.lessons.Learned(ctx, ref.Clinic)}
	for i, d := range days {
		l := Line{Ref: ref, Service: service}
		l.count(countsOf(metas[i].Val())[service.ID], snap)
		l.Full = s.bounds.Full(true, l.Counter, l.given())
		if o := OfferOf(k.Clinic, l, d, k.sessionsOf(service, d), snap); len(o.Sessions) > 0 {
			offers = append(offers, o)
		}
	}
	return offers, nil
}

// given is how many tickets of a day to come stand in its line.
func (l Line) given() (n int) {
	for _, t := range l.Taken {
		n += t.Web + t.Desk
	}
	return n
}

// OfferOf is what a line that has not begun offers on its day.
func OfferOf(c clinic.Clinic, l Line, d clinic.Day, sessions []hours.Session, snap *Snapshot) Offer {
	o := Offer{Day: d}
	for _, session := range sessions {
		taken, limits := l.Taken[session.ID], l.Service.Capacity
		web, first := Seat{taken.Web, limits.Web}, Seat{taken.First, limits.First}
		offered := OfferedSession{Session: session, Availability: Many, First: !first.full()}
		late := false
		if limits.AutoStop {
			rule := autoStopOf(c, l.Service, session, time.Time{}, time.Time{}, true, snap.Learned)
			late = session.Consult.From.After(rule.late(snap, taken.Web+taken.Desk))
		}
		switch {
		case web.full(), l.Full, late:
			offered.Availability = None
		case web.Limit != nil && *web.Limit-web.Used <= limits.Few:
			offered.Availability = Few
		}
		o.Sessions = append(o.Sessions, offered)
	}
	return o
}

// Reserved lists a clinic's live tickets of the days to come, in the order of
// their days, services and positions.
func (s *Store) Reserved(ctx context.Context, c clinic.ID) ([]Reserved, error) {
	reserved, err := s.reserved(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("bookings of clinic %s: %w", c, err)
	}
	return reserved, nil
}

func (s *Store) reserved(ctx context.Context, c clinic.ID) ([]Reserved, error) {
	k, err := s.record(ctx, c)
	if err != nil {
		return nil, err
	}
	today := k.DayOf(s.now(), k.loc)
	days, err := s.rdb.ZRange(ctx, keyDays(c), 0, -1).Result()
	if err != nil {
		return nil, err
	}
	found := []Reserved{}
	for _, d := range days {
		if clinic.Day(d) <= today {
			continue
		}
		tickets, err := s.tickets(ctx, c, clinic.Day(d))
		if err != nil {
			return nil, err
		}
		live := slices.DeleteFunc(tickets, func(j ticketJSON) bool { return j.S.Ended() })
		reserved, err := s.withPatients(ctx, []clinicDay{{c, clinic.Day(d)}}, [][]ticketJSON{live})
		if err != nil {
			return nil, err
		}
		found = append(found, reserved[0]...)
	}
	SortReserved(found)
	return found, nil
}

// SortReserved sorts tickets as [Store.Reserved] returns them.
func SortReserved(found []Reserved) {
	slices.SortFunc(found, func(a, b Reserved) int {
		if c := strings.Compare(string(a.ID.Day()), string(b.ID.Day())); c != 0 {
			return c
		}
		if c := strings.Compare(a.Line, b.Line); c != 0 {
			return c
		}
		return strings.Compare(a.Position, b.Position)
	})
}

// openBookings issues the numbers of today's bookings that get them at opening. The
// first client that reads the day or takes a number does it.
func (s *Store) openBookings(ctx context.Context, c clinic.ID) error {
	_, _, err := s.act(ctx, scriptCall{name: "open_bookings", ref: clinic.Ref{Clinic: c, Service: "1"}}, Act{By: clinic.Actor{Kind: "system"}}, func(k record, _ clinic.Day) ([]any, error) {
		var args []any
		for _, service := range k.Services {
			args = append(args, numbering(service.Numbers))
		}
		return args, nil
	})
	if err != nil {
		return fmt.Errorf("give those who booked at %s their numbers: %w", c, err)
	}
	return nil
}

// unopened reports whether bookings of the day have not got their numbers yet. Those of
// slot mode get them with the arrival.
func (s *Snapshot) unopened() bool {
	return slices.ContainsFunc(s.Lines, func(l Line) bool {
		return slices.ContainsFunc(l.Booked, func(t Ticket) bool { return t.Slot == "" })
	})
}

// numbering is how the scripts take a numbering.
func numbering(n clinic.Numbers) string {
	return fmt.Sprintf("%d %d %d %d", btoi(n.PerSession), max(n.Start, 1), n.WebFrom, n.Reserve)
}

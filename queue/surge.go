package queue

import (
	"context"
	"fmt"
	"math"
	"time"

	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/hours"
)

// The web desk of a service pauses when a half hour brings many times its usual web
// tickets. [clinic.Clinic].AutoPause sets the factor. The script that issues the
// ticket decides, so that no ticket beyond the bound is given, on whatever node.
// Patients read that the web desk is paused, with the reason [ReasonSurge]; the desk
// opens it again.
//
// One network alone is no surge, as its limits bound it. A ticket whose mark is among
// the last eight that were counted is not counted. Otherwise anybody could pause a
// clinic's web desk, and patients of one carrier would.
//
// Web bookings of days to come are counted by themselves, by the day on which they are
// taken. The day that they are for does not count: a flood could spread over all days.
// Nothing is learned of them, so their bound is that of a half hour that is not known.
// A surge pauses the web desk of today, where the desk sees it, and bookings with it.
// A pause that the desk has set itself is of today alone.
//
// Half hours are counted from the beginning of the business day, as they are
// learned: by service and weekday ([estimate.Learned].Arrivals).

const (
	// ReasonSurge is why the web desk is paused then.
	ReasonSurge = "surge"
	// SurgeQuiet is for how long the web desk does not pause by itself after the
	// desk has opened it.
	SurgeQuiet = 30 * time.Minute

	halfHour  = 30 * time.Minute
	surgeDays = 2 // a half hour is known when it was seen on that many days
	noSurge   = 0 // no bound
)

// surge is how many web tickets of the current half hour are no surge yet; noSurge: any
// number. In an unknown half hour the first of a session's web window is never a surge.
// A popular clinic gets most requests when its web desk opens.
func (b Bounds) surge(c clinic.Clinic, s clinic.Service, session hours.Session, day, now time.Time, learned *estimate.Learned) int {
	factor := c.PauseFactor()
	if factor == 0 {
		return noSurge
	}
	usual, days := learned.Arrivals(s.ID, day.Weekday(), estimate.HalfOf(day, now))
	switch {
	case days >= surgeDays:
		return max(b.Surge, int(math.Ceil(float64(factor)*usual)))
	case session.Web.Holds(now) && now.Before(session.Web.From.Add(halfHour)):
		return noSurge
	default:
		return b.NewSurge
	}
}

// bookingSurge is [Bounds].surge of web bookings. The web is served since served. In
// its first half hour most requests for the newest day come.
func (b Bounds) bookingSurge(c clinic.Clinic, served, now time.Time) int {
	if c.PauseFactor() == 0 || now.Before(served.Add(halfHour)) {
		return noSurge
	}
	return b.NewSurge
}

// surgeBound returns the bound for a web ticket of today, or nil. It narrows the plan
// to the time for which that is right.
func (k record) surgeBound(s clinic.Service, today clinic.Day, p *plan, b Bounds, now time.Time, learned *estimate.Learned, mark string) *surgeBound {
	from, _ := k.Bounds(today, k.loc)
	limit := b.surge(k.Clinic, s, p.Session, from, now, learned)
	half := from.Add(time.Duration(estimate.HalfOf(from, now)) * halfHour)
	for _, edge := range []time.Time{half, half.Add(halfHour), p.Web.From.Add(halfHour)} {
		p.edge(edge.UnixMilli(), now)
	}
	if limit == noSurge {
		return nil
	}
	return &surgeBound{Limit: limit, Ends: k.surgeUntil(s, today, now).UnixMilli(), Mark: mark}
}

// bookingSurgeBound returns the bound for a web booking.
func (k record) bookingSurgeBound(s clinic.Service, today clinic.Day, p *plan, b Bounds, now time.Time, mark string) *surgeBound {
	served := time.UnixMilli(k.served(s, today)[0])
	p.edge(served.Add(halfHour).UnixMilli(), now)
	limit := b.bookingSurge(k.Clinic, served, now)
	if limit == noSurge {
		return nil
	}
	return &surgeBound{Limit: limit, Mark: mark}
}

// surgeUntil is until when a surge pauses the web desk: the current or next session's
// end, else the day's.
func (k record) surgeUntil(s clinic.Service, today clinic.Day, now time.Time) time.Time {
	calendar, _ := k.Timetable(s)
	for _, session := range calendar.Sessions(string(today), k.loc) {
		if session.Consult.To.After(now) {
			return session.Consult.To
		}
	}
	_, until := k.Bounds(today, k.loc)
	return until
}

// pauseWeb pauses the web desk because of a surge of bookings, and returns the refusal
// of the booking.
func (s *Store) pauseWeb(ctx context.Context, ref clinic.Ref) error {
	_, _, err := s.act(ctx, scriptCall{name: "surge", ref: ref}, Act{By: clinic.Actor{Kind: "system"}}, func(k record, today clinic.Day) ([]any, error) {
		service, ok := k.Service(ref.Service)
		if !ok {
			return nil, clinic.ErrNoService
		}
		return []any{ref.Service, k.surgeUntil(service, today, s.now()).UnixMilli()}, nil
	})
	return fmt.Errorf("pause the web desk of %s: %w", ref, err)
}

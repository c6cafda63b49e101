package queuetest

import (
	"context"
	"slices"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// ahead picks the session of a booking.
func (m *Model) ahead(c *clinicState, s clinic.Service, q queue.Request) (hours.Session, error) {
	today := m.today(c)
	if q.Day <= today {
		return hours.Session{}, queue.ErrDayOver
	}
	if !slices.Contains(m.daysAhead(c, s), q.Day) {
		return hours.Session{}, queue.ErrNotOffered
	}
	sessions, _ := m.timetable(c, s, q.Day)
	if len(sessions) > 0 && q.Channel == "web" && !m.served(c, s) {
		return hours.Session{}, queue.ErrReceptionClosed
	}
	for _, session := range sessions {
		if q.Session == "" || session.ID == q.Session {
			return session, nil
		}
	}
	return hours.Session{}, queue.ErrNotOffered
}

func (m *Model) served(c *clinicState, s clinic.Service) bool {
	calendar, _ := c.record.Timetable(s)
	return calendar.WebHours(string(m.today(c)), c.zone).Holds(m.Now())
}

func (m *Model) daysAhead(c *clinicState, s clinic.Service) (days []clinic.Day) {
	for n := range s.Booking.Days {
		first, _ := time.Parse(time.DateOnly, string(m.today(c)))
		days = append(days, clinic.Day(first.AddDate(0, 0, n+1).Format(time.DateOnly)))
	}
	return days
}

// openBookings gives the booked tickets of today their numbers.
func (m *Model) openBookings(c *clinicState, d *day) {
	booked := 0
	for _, s := range c.record.Services {
		for _, t := range d.where(clinic.Ref{Service: s.ID}, queue.Booked) {
			if t.Slot != "" {
				continue // it gets one when its patient arrives
			}
			if booked++; booked == 1 {
				d.bump()
			}
			web := t.Channel == "web"
			n, take, err := d.number(s, t.Session, queue.Request{}, web)
			if err != nil {
				n, take, _ = d.number(s, t.Session, queue.Request{Override: true}, web)
			}
			take(prefix(t.Position) * 1000000)
			d.counter[s.ID]-- // it has its place already
			t.State, t.Number = queue.Waiting, n
		}
	}
}

// Offers is [queue.Store.Offers].
func (m *Model) Offers(_ context.Context, ref clinic.Ref) ([]queue.Offer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, s, _, _, err := m.at(ref)
	if err != nil {
		return nil, err
	}
	return m.offers(c, s), nil
}

// offers are the days to come of a service in order mode.
func (m *Model) offers(c *clinicState, s clinic.Service) []queue.Offer {
	ref, offers := clinic.Ref{Clinic: c.record.ID, Service: s.ID}, []queue.Offer{}
	for _, on := range m.daysAhead(c, s) {
		if !m.served(c, s) {
			break
		}
		d := c.day(on)
		sessions, _ := m.timetable(c, s, on)
		l := queue.Line{Ref: ref, Service: s, Counter: d.counter[s.ID], Taken: m.taken(d, s.ID)}
		standing := 0
		for _, t := range l.Taken {
			standing += t.Web + t.Desk
		}
		l.Full = m.Bounds.Full(true, l.Counter, standing)
		if o := queue.OfferOf(c.record, l, on, sessions, &queue.Snapshot{}); len(o.Sessions) > 0 {
			offers = append(offers, o)
		}
	}
	return offers
}

// Reserved is [queue.Store.Reserved].
func (m *Model) Reserved(_ context.Context, id clinic.ID) ([]queue.Reserved, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.clinics[id]
	if !ok {
		return nil, clinic.ErrNoClinic
	}
	found := []queue.Reserved{}
	for on, d := range c.days {
		if strings.Compare(string(on), string(m.today(c))) <= 0 {
			continue
		}
		for _, t := range d.tickets {
			if !t.State.Ended() {
				found = append(found, queue.Reserved{Ticket: t.Ticket, Patient: t.patient, Cut: d.cuts[t.ID]})
			}
		}
	}
	queue.SortReserved(found)
	return found, nil
}

package page

import (
	"net/url"
	"time"

	"junban/api/wire"
	"junban/static"
)

// weeksShown is how many weeks the calendar of a booking shows at once.
const weeksShown = 5

// days reads the days of the service through the contract's own route, from one day to
// another. Both may be "".
func (b *booking) days(from, to string) (days wire.Days, err error) {
	ask := b.r.Clone(b.r.Context())
	q := url.Values{}
	for name, day := range map[string]string{"from": from, "to": to} {
		if day != "" {
			q.Set(name, day)
		}
	}
	ask.Method, ask.URL.RawQuery = "GET", q.Encode()
	ask.Header.Del("If-None-Match")
	err = through(b.ps.Days, ask, &days)
	return days, err
}

// readDays fills in the calendar, and the slots of the chosen day. from is the first
// day of the calendar, or "".
func (b *booking) readDays(from string) error {
	p := &b.page
	days, err := b.days("", "")
	if err != nil {
		return err
	}
	p.At = b.view.At(b.view.Now).Format("15:04")
	known := make(map[string]wire.Day)
	for _, d := range days.Days {
		known[d.Day] = d
		p.Days = p.Days || markOf(d) != "off"
	}
	if len(days.Days) > 0 {
		b.readWeeks(from, days.Days[0].Day, days.Days[len(days.Days)-1].Day, known)
	}
	d, ok := known[p.Day]
	if !ok {
		p.Day, p.Slot, p.SlotEnd = "", "", ""
		return nil
	}
	if d.OpensAt != nil && p.OpensAt.IsZero() {
		p.OpensAt = d.OpensAt.Time
	}
	for _, session := range d.Sessions {
		shown := static.BookSession{Session: session.Session}
		for _, slot := range session.Slots {
			mark := slot.Availability
			if p.First && slot.FirstVisit != "" {
				mark = slot.FirstVisit
			}
			open := mark == "many" || mark == "few" || mark == "" && d.State == "open"
			shown.Slots = append(shown.Slots, static.BookSlot{Day: d.Day, Slot: slot.Slot, To: slot.To, Mark: mark, Open: open})
		}
		p.Sessions = append(p.Sessions, shown)
	}
	return nil
}

// readWeeks fills in the weeks from a day on, or those that have the chosen day.
func (b *booking) readWeeks(from, first, last string, known map[string]wire.Day) {
	p := &b.page
	start := sunday(first)
	step := 7 * weeksShown
	wanted := from
	if wanted == "" {
		wanted = p.Day
	}
	for end := start.AddDate(0, 0, step); wanted >= end.Format(time.DateOnly) && wanted <= last; end = start.AddDate(0, 0, step) {
		start = end
	}
	if before := start.AddDate(0, 0, -step); start.Format(time.DateOnly) > first {
		p.Earlier = max(before.Format(time.DateOnly), first)
	}
	for range weeksShown {
		var week []static.BookDay
		for range 7 {
			date := start.Format(time.DateOnly)
			switch d, ok := known[date]; {
			case ok:
				mark := markOf(d)
				week = append(week, static.BookDay{Date: date, Mark: mark, Link: mark != "off"})
			case date < first || date > last:
				week = append(week, static.BookDay{})
			default:
				week = append(week, static.BookDay{Date: date, Mark: "off"})
			}
			start = start.AddDate(0, 0, 1)
		}
		if week[0] != (static.BookDay{}) || week[6] != (static.BookDay{}) || first == last {
			p.Weeks = append(p.Weeks, week)
		}
	}
	if next := start.Format(time.DateOnly); next <= last {
		p.Later = next
	}
}

// sunday is the first day of a date's week.
func sunday(date string) time.Time {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{} // days of the contract are dates
	}
	return d.AddDate(0, 0, -int(d.Weekday()))
}

// markOf is the best availability of a day's sessions; "off" where nothing is given.
func markOf(d wire.Day) string {
	if d.State == "before" {
		return "before"
	}
	best := "off"
	rank := map[string]int{"off": 0, "closed": 0, "stopped": 0, "none": 1, "before": 2, "few": 3, "many": 4}
	for _, s := range d.Sessions {
		if len(s.Slots) == 0 {
			continue
		}
		if s.Availability == "" {
			return "" // the clinic hides it
		}
		if rank[s.Availability] > rank[best] {
			best = s.Availability
		}
	}
	return best
}

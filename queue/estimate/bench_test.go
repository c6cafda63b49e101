package estimate_test

import (
	"fmt"
	"testing"
	"time"

	"junban/queue/estimate"
)

// morning is a line in the middle of a session, after past days with all
// habits.
func morning(rooms, waiting int) (*estimate.Learned, estimate.Input) {
	now := nine().Add(time.Hour)
	in := estimate.Input{Now: now, Start: nine(), Services: []estimate.Service{{ID: "1", Kind: "1", Back: 3}}}
	for r := range rooms {
		id := fmt.Sprint(r + 1)
		in.Rooms = append(in.Rooms, estimate.Room{ID: id, Services: []string{"1"}, Begun: true, Running: &estimate.Running{
			Ticket: "in " + id, Service: "1", Kind: "1/first", Started: now.Add(-3 * time.Minute),
		}})
		for range 12 {
			in.Today = append(in.Today, visit(id, "1", 4*time.Minute))
		}
	}
	for n := range waiting {
		kind := "1"
		if n%3 == 0 {
			kind = estimate.FirstKind("1")
		}
		in.Waiting = append(in.Waiting, estimate.Ticket{ID: fmt.Sprint("ticket ", n), Service: "1", Kind: kind})
	}
	l := &estimate.Learned{}
	for range 20 {
		s := estimate.Session{Visits: append([]estimate.Visit{}, in.Today...), Services: []estimate.Tally{{
			Service: "1", Calls: 40, Absent: 3, Returned: 2, Urgent: 1, Open: 3 * time.Hour, Canceled: 1, Waited: 20 * time.Hour,
		}}}
		s.Visits[0].Exam = true
		l.Learn(s)
	}
	return l, in
}

// slotMorning is a clinic with six bookings in each half hour. Ten patients of four slots
// wait.
func slotMorning() (*estimate.Learned, estimate.Input) {
	l, in := morning(1, 10)
	in = slotted(in, nine())
	for i := range in.Waiting {
		in.Waiting[i].Slot = nine().Add(time.Duration(1+i/3) * 30 * time.Minute)
	}
	for n := range 6 {
		in.Booked = append(in.Booked, bookings(6-2*max(0, 2-n), nine().Add(time.Duration(n)*30*time.Minute))...)
	}
	return l, in
}

// BenchmarkForecast forecasts one change of a line: every ticket's wait, and that of a
// ticket issued now.
func BenchmarkForecast(b *testing.B) {
	b.Run("slots/waiting=10", func(b *testing.B) {
		l, in := slotMorning()
		b.ReportAllocs()
		for b.Loop() {
			l.Forecast(in)
		}
	})
	for _, size := range []struct{ rooms, waiting int }{{1, 0}, {1, 10}, {1, 40}, {1, 200}, {2, 40}, {4, 40}} {
		b.Run(fmt.Sprintf("rooms=%d/waiting=%d", size.rooms, size.waiting), func(b *testing.B) {
			l, in := morning(size.rooms, size.waiting)
			b.ReportAllocs()
			for b.Loop() {
				l.Forecast(in)
			}
		})
	}
}

package queuetest

import (
	"sync/atomic"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// Surgery is a clinic with one room, one service, and a clock that the test sets.
type Surgery struct {
	*testing.T
	*queue.Store
	C    clinic.Clinic
	Ref  clinic.Ref // of the one service
	Time time.Time

	set  func(time.Time)
	node atomic.Int64 // the clock of the store's machine, in nanoseconds
}

// NewSurgery returns a surgery at [Morning], with the record changed first.
func NewSurgery(t *testing.T, change func(*clinic.Clinic)) *Surgery {
	t.Helper()
	c := FreshClinic()
	c.Services, c.Rooms = c.Services[:1], []clinic.Room{{ID: "1", Name: "診察室", Services: []string{"1"}}}
	if change != nil {
		change(&c)
	}
	p := &Surgery{T: t, C: c, Ref: clinic.Ref{Clinic: c.ID, Service: "1"}}
	rdb, set := Memory(t)
	p.set = set
	p.SetTime(Morning(t))
	var err error
	p.Store, err = queue.NewStore(rdb, queue.Options{Clock: func() time.Time { return time.Unix(0, p.node.Load()) }})
	p.Must(err)
	p.Must(p.PutClinic(t.Context(), c, queue.Act{}))
	return p
}

// Morning is when the tests with a clock of their own begin: a Tuesday at nine.
func Morning(t testing.TB) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 11, 24, 9, 0, 0, 0, zone)
}

// Must ends the test at an error.
func (p *Surgery) Must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// SetTime sets the clocks of Redis and of the store's machine.
func (p *Surgery) SetTime(now time.Time) {
	p.Time = now
	p.set(now)
	p.node.Store(now.UnixNano())
}

// Pass lets time pass.
func (p *Surgery) Pass(d time.Duration) { p.SetTime(p.Time.Add(d)) }

// Admit issues a ticket at the desk.
func (p *Surgery) Admit() queue.TicketID {
	p.Helper()
	i, err := p.Issue(p.Context(), p.Ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
	p.Must(err)
	return i.ID
}

// Next calls the first of the line.
func (p *Surgery) Next() queue.TicketID {
	p.Helper()
	t, err := p.CallNext(p.Context(), p.Ref, "1", queue.Act{})
	p.Must(err)
	return t.ID
}

// Act does an act on a ticket.
func (p *Surgery) Act(id queue.TicketID, kind queue.ActKind) {
	p.Helper()
	_, err := p.Do(p.Context(), id, kind, queue.Act{})
	p.Must(err)
}

// Shown returns the snapshot of now.
func (p *Surgery) Shown() *queue.Snapshot {
	p.Helper()
	s, err := p.Snapshot(p.Context(), p.C.ID)
	p.Must(err)
	return s
}

// See calls n patients, and sees each of them for the same time.
func (p *Surgery) See(n int, each time.Duration) {
	p.Helper()
	for range n {
		id := p.Next()
		p.Act(id, queue.Enter)
		p.Pass(each)
		p.Act(id, queue.Finish)
	}
}

// TwoSessions lets the clinic see people from 09:30 and from 15:00.
func TwoSessions(c *clinic.Clinic) {
	days := map[string][]hours.Frame{}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		days[day] = []hours.Frame{
			{Session: hours.Morning, Consult: hours.Span{From: "09:30", To: "12:00"}, Desk: hours.Span{From: "08:30", To: "10:30"}, WebClose: -90},
			{Session: hours.Afternoon, Consult: hours.Span{From: "15:00", To: "18:00"}, Desk: hours.Span{From: "10:30", To: "17:00"}, WebOpen: -270},
		}
	}
	c.Calendar = &hours.Calendar{Weekly: days}
}

// CallEach calls the next patient N times, and lets time pass after each.
func (p *Surgery) CallEach(times int, each time.Duration) {
	p.Helper()
	for range times {
		p.Next()
		p.Pass(each)
	}
}

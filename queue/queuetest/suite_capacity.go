package queuetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

func testQuotas(b *bench) {
	b.capacity(func(c *clinic.Capacity) { c.Web, c.First, c.Desk, c.Few = new(3), new(1), new(1), 1 })
	available := func(want queue.Availability, seats queue.Seats) {
		b.Helper()
		l := b.line()
		b.equal("availability", l.Availability, want)
		b.equal("seats", l.Seats, seats)
	}
	available(queue.Many, queue.Seats{Web: queue.Seat{Limit: new(3)}, Desk: queue.Seat{Limit: new(1)}, First: queue.Seat{Limit: new(1)}})
	first := byWeb
	first.FirstVisit = true
	one := b.given(first)
	_, err := b.ask(first)
	b.refused(err, queue.ErrFirstQuota)
	two := b.given(byWeb)
	available(queue.Few, queue.Seats{Web: queue.Seat{Used: 2, Limit: new(3)}, Desk: queue.Seat{Limit: new(1)}, First: queue.Seat{Used: 1, Limit: new(1)}})
	b.given(byWeb)
	available(queue.None, queue.Seats{Web: queue.Seat{Used: 3, Limit: new(3)}, Desk: queue.Seat{Limit: new(1)}, First: queue.Seat{Used: 1, Limit: new(1)}})
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrQuota)
	b.capacity(func(c *clinic.Capacity) { c.First = new(0) })
	_, err = b.ask(first)
	b.refused(err, queue.ErrQuota)
	b.capacity(func(c *clinic.Capacity) { c.Web = nil })
	_, err = b.ask(first)
	b.refused(err, queue.ErrFirstQuota) // none at all
	b.capacity(func(c *clinic.Capacity) { c.Web, c.First = new(3), new(1) })

	b.equal("within the desk's bound", b.given(byDesk).Over, false)
	_, err = b.ask(byDesk)
	b.refused(err, queue.ErrDeskQuota)
	b.equal("the desk insists", b.given(queue.Request{Channel: "desk", Override: true}).Over, true)

	b.do(one.Ticket, queue.Cancel)
	available(queue.Few, queue.Seats{Web: queue.Seat{Used: 2, Limit: new(3)}, Desk: queue.Seat{Used: 2, Limit: new(1)}, First: queue.Seat{Limit: new(1)}})
	b.do(one.Ticket, queue.Undo)
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrQuota)
	b.do(two.Ticket, queue.Drop)
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrQuota) // a no-show keeps the seat
	b.do(two.Ticket, queue.Undo, queue.Cancel)
	b.given(byWeb)
	b.do(two.Ticket, queue.Undo) // and is one too many
	b.equal("used", b.line().Seats.Web, queue.Seat{Used: 4, Limit: new(3)})
}

func testQuotaPerSession(b *bench) {
	b.sessions(frame("morning", 9, 14, 0, -150), frame("afternoon", 15, 18, -300, 0))
	b.capacity(func(c *clinic.Capacity) { c.Web, c.Desk = new(1), new(1) })
	b.equal("the web's", b.given(byWeb).Session, "afternoon")
	_, err := b.ask(byWeb)
	b.refused(err, queue.ErrQuota)
	b.equal("the desk's", b.given(byDesk).Session, "morning")
	_, err = b.ask(byDesk)
	b.refused(err, queue.ErrDeskQuota)
	b.record(func(c *clinic.Clinic) { c.Calendar = everyDay(frame("evening", 11, 16, 0, 0)) })
	b.equal("another session has its own", b.given(byWeb).Session, "evening")
}

func testPresses(b *bench) {
	const people, quota = 60, 7
	b.capacity(func(c *clinic.Capacity) { c.Web = new(quota) })
	var mu sync.Mutex
	given := 0
	var all sync.WaitGroup
	for range people {
		all.Go(func() {
			_, err := b.ask(byWeb)
			switch {
			case err == nil:
				mu.Lock()
				given++
				mu.Unlock()
			case !errors.Is(err, queue.ErrQuota):
				b.Error(err)
			}
		})
	}
	all.Wait()
	b.equal("given", given, quota)
}

func testOneEach(b *bench) {
	b.capacity(func(c *clinic.Capacity) { c.OneEach = true })
	mine := byWeb
	mine.Persons = []string{"keyed-hash", "by-card"}
	i := b.given(mine)
	_, err := b.ask(mine)
	b.refused(err, queue.ErrReceived)
	b.given(byWeb) // the person is unknown
	other := mine
	other.Persons = []string{"another"}
	b.given(other)
	b.do(i.Ticket, queue.Cancel)
	i = b.given(mine)
	_, err = b.ask(mine)
	b.refused(err, queue.ErrReceived)
	mine.Persons = mine.Persons[1:] // either identifies the person
	_, err = b.ask(mine)
	b.refused(err, queue.ErrReceived)
	again := queue.Request{Channel: "desk", Persons: []string{"keyed-hash", "by-card"}}
	_, err = b.ask(again)
	b.refused(err, queue.ErrReceived)
	again.Override = true
	b.equal("the desk insists", b.given(again).Over, true)
	b.do(i.Ticket, queue.Drop)
	_, err = b.ask(mine)
	b.refused(err, queue.ErrReceived) // the desk's is live
	elsewhere := clinic.Ref{Clinic: b.clinic.ID, Service: "2"}
	_, err = b.Issue(b.Context(), elsewhere, queue.Request{Channel: "web", Party: 1, Persons: []string{"keyed-hash"}}, queue.Act{})
	b.ok(err) // another service is another line
}

func testAutoStop(b *bench) {
	// It is between twelve and one; the session ends at 14, so one to two hours are left.
	b.sessions(frame("morning", 9, 14, 0, 0))
	b.capacity(func(c *clinic.Capacity) { c.AutoStop, c.PerTicket = true, 30 })
	b.given(byDesk)
	b.given(byDesk)
	b.equal("two rooms see them in time", b.line().Availability, queue.Many)
	insisting := queue.Request{Channel: "desk", Override: true}
	for range 5 {
		b.given(insisting) // the eighth would be done after two hours: later than 14 o'clock
	}
	b.equal("stopped", b.line().Availability, queue.None)
	_, err := b.ask(byWeb)
	b.refused(err, queue.ErrAutoStop)
	_, err = b.ask(byDesk)
	b.refused(err, queue.ErrAutoStop)
	b.equal("the desk insists", b.given(insisting).Over, true)
	b.do(b.line().Waiting[0], queue.Cancel)
	for range 5 {
		b.do(b.line().Waiting[0], queue.Cancel)
	}
	b.equal("it opens again by itself", b.line().Availability, queue.Many)
	b.ok(b.SetDuty(b.Context(), b.clinic.ID, "1", queue.Duty{State: queue.OffDuty}, staff))
	b.ok(b.SetDuty(b.Context(), b.clinic.ID, "2", queue.Duty{State: queue.OnBreak}, staff))
	b.given(insisting)
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrAutoStop) // one room has four half hours before it
	b.ok(b.SetDuty(b.Context(), b.clinic.ID, "1", queue.Duty{State: queue.OnDuty}, staff))
	b.ok(b.SetDuty(b.Context(), b.clinic.ID, "2", queue.Duty{State: queue.OnDuty}, staff))
	b.given(byWeb)
	b.capacity(func(c *clinic.Capacity) { c.Margin = 180 })
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrAutoStop)

	// The rooms have the other service's patients to see, too.
	b.capacity(func(c *clinic.Capacity) { c.Margin, c.PerTicket = 0, 10 })
	b.record(func(c *clinic.Clinic) { c.Services[1].Capacity.PerTicket, c.Rooms = 10, c.Rooms[:2] })
	b.equal("before them", b.line().Availability, queue.Many)
	for range 25 {
		_, err := b.Issue(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "2"}, queue.Request{Channel: "desk", Party: 1}, staff)
		b.ok(err)
	}
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrAutoStop)
	b.equal("behind them", b.line().Availability, queue.None)
	b.record(func(c *clinic.Clinic) { c.Rooms[1].Services = []string{"1"} })
	b.equal("also where they share but one room", b.line().Availability, queue.None)

	// Before a session begins only its own people count, from its beginning on.
	b.capacity(func(c *clinic.Capacity) { c.Margin, c.PerTicket = 0, 59 })
	b.record(func(c *clinic.Clinic) {
		c.Calendar = everyDay(frame("morning", 9, 14, 0, -150), frame("afternoon", 15, 16, -300, 0))
	})
	b.equal("two rooms, one hour", b.given(byWeb).Session, "afternoon")
	b.given(byWeb)
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrAutoStop)
}

// testRelease has a clock of its own.
func testRelease(b *clocked) {
	b.capacity(func(c *clinic.Capacity) { c.Web, c.Release = new(2), 5 })
	one, two := b.given(byWeb), b.given(byWeb)
	b.do(one.Ticket, queue.Cancel)
	_, err := b.ask(byWeb)
	b.refused(err, queue.ErrQuota)
	b.equal("not yet", b.line().Seats.Web.Used, 2)
	b.pass(5*time.Minute - time.Millisecond)
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrQuota)
	b.pass(time.Millisecond)
	b.equal("offered", b.line().Seats.Web.Used, 1)
	three := b.given(byWeb)
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrQuota)

	b.do(two.Ticket, queue.Cancel)
	b.pass(time.Minute)
	b.do(two.Ticket, queue.Undo) // the seat was not offered yet
	b.pass(time.Hour)
	b.equal("taken again", b.line().Seats.Web.Used, 2)
	b.do(three.Ticket, queue.Cancel)
	b.pass(time.Hour)
	b.do(three.Ticket, queue.Undo) // offered, but not taken
	b.equal("taken again", b.line().Seats.Web.Used, 2)
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrQuota)
}

// TestBounds holds a line to [queue.Bounds]. Tickets in the line fill a day, and a
// number is never given twice.
func TestBounds(t *testing.T, line func(*testing.T, queue.Bounds) Line) {
	l := line(t, queue.Bounds{Line: 6, WebLine: 4, Numbers: 12, WebNumbers: 10})
	c := NewClinic(t, l)
	b := &bench{t, l, c, clinic.Ref{Clinic: c.ID, Service: "1"}}
	issue := func(channel string) (queue.Ticket, error) {
		i, err := b.Issue(b.Context(), b.ref, queue.Request{Channel: channel, Party: 1, Override: channel == "desk"}, staff)
		return i.Ticket, err
	}
	full := func(channels ...string) {
		b.Helper()
		for _, channel := range channels {
			_, err := issue(channel)
			b.refused(err, queue.ErrDayFull)
		}
		b.equal("full for the web", b.line().Full, true)
		b.equal("availability", b.line().Availability, queue.None)
	}
	ts := b.issue(4)
	full("web")
	for range 2 {
		_, err := issue("desk")
		b.ok(err)
	}
	full("web", "desk")

	// Who is in a room or gone stands in no line.
	b.do(ts[0], queue.Call)
	b.do(ts[1], queue.Cancel)
	full("web")
	b.do(ts[2], queue.Cancel)
	b.equal("availability", b.line().Availability, queue.Many)
	b.equal("number", b.issue(1)[0].Number, 7)
	b.do(b.line().Waiting[0], queue.Hold) // who is set aside does
	full("web")

	// Numbers run out by themselves: the web's before the desk's.
	for want := 8; want <= 10; want++ {
		b.do(b.line().Waiting[0], queue.Cancel)
		b.equal("number", b.issue(1)[0].Number, want)
	}
	b.do(b.line().Waiting[0], queue.Cancel)
	full("web")
	for want := 11; want <= 12; want++ {
		t, err := issue("desk")
		b.ok(err)
		b.equal("number", t.Number, want)
		b.do(t, queue.Cancel)
	}
	full("web", "desk")
	b.sound()
}

package queuetest

import (
	"fmt"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// TestSurge holds a line to [clinic.Clinic].AutoPause. The web desk pauses after too
// many web tickets in a half hour, and the desk reopens it.
func TestSurge(t *testing.T, line func(*testing.T, queue.Bounds) (Line, func(time.Time))) {
	bounds := queue.DefaultBounds
	bounds.Surge, bounds.NewSurge = 3, surgeBound
	for name, test := range map[string]func(*clocked){
		"TheWebDeskPausesAtASurge": testSurge, "AWebDeskWithoutATimetablePausesForTheDay": testSurgeUntimed,
		"OneNetworkIsNoSurge": testSurgeOfOneNetwork, "AFloodOfBookingsPausesTheWebDesk": testSurgeOfBookings,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, set := line(t, bounds)
			b := tuesday(t, l, set)
			test(b)
			b.sound()
		})
	}
}

const surgeBound = 8

// surge lets the web desk of service 1 pause by itself.
func (b *bench) surge(factor *int, frames ...func(*clinic.Clinic)) {
	b.record(func(c *clinic.Clinic) {
		c.AutoPause = factor
		for _, f := range frames {
			f(c)
		}
	})
}

// web takes n numbers on the web.
func (b *bench) web(n int) (err error) {
	b.Helper()
	for range n {
		if _, err = b.Issue(b.Context(), b.ref, queue.Request{Channel: "web", Party: 1}, queue.Act{}); err != nil {
			return err
		}
	}
	return nil
}

// paused checks that the web desk was paused by a surge.
func (b *bench) paused(until time.Time) {
	b.Helper()
	l := b.line()
	b.equal("reception", l.Reception, queue.Paused)
	b.equal("reason", l.Manual.Reason, queue.ReasonSurge)
	b.equal("until", l.Manual.Until.Equal(until), true)
	b.refused(b.web(1), queue.ErrReceptionPaused)
}

func testSurge(b *clocked) {
	const bound = surgeBound
	b.surge(nil, func(c *clinic.Clinic) {
		c.Calendar = everyDay(frame("morning", 9, 12, -120, 0), frame("afternoon", 15, 18, 0, 0))
	})
	at := func(hour, minute int) time.Time {
		y, m, d := b.now.Date()
		return time.Date(y, m, d, hour, minute, 0, 0, b.now.Location())
	}
	// At the opening all patients send requests at once.
	b.at(7, 0)
	b.ok(b.web(bound + 5))
	b.at(7, 30)
	b.ok(b.web(bound))
	b.at(7, 59)
	before := b.mustSnapshot().Version
	b.refused(b.web(1), queue.ErrReceptionPaused)
	b.equal("one act", b.mustSnapshot().Version, before+1)
	b.paused(at(12, 0))
	b.equal("the desk goes on", b.given(queue.Request{Channel: "desk", Party: 1}).Number, 2*bound+6)
	two := clinic.Ref{Clinic: b.clinic.ID, Service: "2"}
	_, err := b.Issue(b.Context(), two, queue.Request{Channel: "web", Party: 1}, queue.Act{})
	b.ok(err) // each service by itself

	// The desk opens it, and is left alone for a while.
	b.ok(b.SetReception(b.Context(), b.ref, queue.Auto, "", staff))
	b.ok(b.web(bound + 1))
	b.at(8, 28)
	b.ok(b.web(1))
	b.at(8, 30)
	b.ok(b.web(bound))
	b.refused(b.web(1), queue.ErrReceptionPaused)
	b.ok(b.SetReception(b.Context(), b.ref, queue.Open, "", staff))
	b.ok(b.web(bound + 1))

	// A pause ends with its session; each half hour counts from the beginning.
	b.at(9, 30)
	b.ok(b.web(bound))
	b.at(10, 0)
	b.ok(b.web(bound))
	b.refused(b.web(1), queue.ErrReceptionPaused)
	b.paused(at(12, 0))
	b.at(15, 0)
	b.ok(b.web(1))
	b.equal("reception", b.line().Reception, queue.Open)

	b.surge(new(0))
	b.at(16, 0)
	b.ok(b.web(bound + 1))
}

// testSurgeOfOneNetwork takes any number of tickets from one network, and from two in
// turn. Tickets from many networks are a surge.
func testSurgeOfOneNetwork(b *clocked) {
	b.surge(new(2))
	b.at(10, 10)
	from := func(origin string) error {
		_, err := b.Issue(b.Context(), b.ref, queue.Request{Channel: "web", Party: 1, Origin: origin}, queue.Act{})
		return err
	}
	for range 2 * surgeBound {
		b.ok(from("one"))
		b.ok(from("two"))
	}
	for i := range surgeBound - 2 {
		b.ok(from(fmt.Sprintf("network %d", i)))
	}
	b.refused(from("one more"), queue.ErrReceptionPaused)
}

// testSurgeOfBookings books days to come: what counts is when bookings are taken.
func testSurgeOfBookings(b *clocked) {
	b.booking(3, "")
	b.surge(nil)
	days := []clinic.Day{b.tomorrow(), b.after(b.tomorrow(), 1), b.after(b.tomorrow(), 2)}
	taken := 0
	book := func(n int, origin func(int) string) (err error) {
		b.Helper()
		for i := range n {
			q := queue.Request{Channel: "web", Party: 1, Day: days[taken%len(days)], Origin: origin(i)}
			if _, err = b.Issue(b.Context(), b.ref, q, queue.Act{}); err != nil {
				return err
			}
			taken++
		}
		return nil
	}
	unknown := func(int) string { return "" }
	many := func(i int) string { return fmt.Sprint("network ", taken, i) }
	y, m, d := b.now.Date()
	noon := time.Date(y, m, d, 12, 0, 0, 0, b.now.Location())

	b.at(6, 10) // the web desk is open since six: all patients send requests at once
	b.ok(book(surgeBound+3, many))
	b.at(9, 40)
	b.ok(book(3*surgeBound, func(int) string { return "one network, whatever the day" }))
	b.ok(book(surgeBound-1, many))
	b.at(10, 10)
	b.ok(book(surgeBound, many))
	before := b.mustSnapshot().Version
	b.refused(book(1, unknown), queue.ErrReceptionPaused)
	b.equal("one act of today", b.mustSnapshot().Version, before+1)
	b.refused(book(1, unknown), queue.ErrReceptionPaused)
	b.equal("and no other", b.mustSnapshot().Version, before+1)
	b.paused(noon)
	b.equal("the desk books on", b.given(queue.Request{Channel: "desk", Day: days[0]}).ID.Day(), days[0])
	two := clinic.Ref{Clinic: b.clinic.ID, Service: "2"}
	_, err := b.Issue(b.Context(), two, queue.Request{Channel: "web", Party: 1}, queue.Act{})
	b.ok(err) // each service by itself

	// It stays paused in the next half hour. The desk opens it, and is left alone for a while.
	b.at(10, 35)
	b.refused(book(1, many), queue.ErrReceptionPaused)
	b.ok(b.SetReception(b.Context(), b.ref, queue.Auto, "", staff))
	b.ok(book(surgeBound+1, many))
	b.at(11, 5)
	b.ok(book(surgeBound, many))
	b.refused(book(1, many), queue.ErrReceptionPaused)
	b.at(12, 1) // a pause ends with its session
	b.ok(book(surgeBound, many))

	// A pause set by the desk is for today. Each day counts its own tickets. A clinic
	// without the rule is never paused.
	b.at(15, 10)
	b.ok(b.SetReception(b.Context(), b.ref, queue.Paused, "", staff))
	b.ok(book(1, many))
	b.ok(b.SetReception(b.Context(), b.ref, queue.Auto, "", staff))
	b.at(15, 45)
	b.ok(b.web(surgeBound))
	b.ok(book(surgeBound, many))
	b.at(16, 10)
	b.surge(new(0))
	b.ok(book(2*surgeBound, many))
}

// testSurgeUntimed is a clinic without a timetable.
func testSurgeUntimed(b *clocked) {
	b.surge(new(2))
	b.at(10, 10)
	b.ok(b.web(surgeBound))
	b.refused(b.web(1), queue.ErrReceptionPaused)
	y, m, d := b.now.Date()
	b.paused(time.Date(y, m, d+1, 4, 0, 0, 0, b.now.Location()))
	b.ok(b.SetReception(b.Context(), b.ref, queue.Open, "", staff))
	b.ok(b.web(surgeBound + 1))
}

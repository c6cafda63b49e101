package queuetest

import (
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// clocked is a bench whose clock the test sets.
type clocked struct {
	*bench
	now time.Time
	set func(time.Time)
}

func (b *clocked) pass(d time.Duration) {
	b.now = b.now.Add(d)
	b.set(b.now)
}

// TestTime is the part of the conformance suite that moves the time. line
// returns a line and what sets its clock; it is called once for each part.
func TestTime(t *testing.T, line func(t *testing.T) (Line, func(time.Time))) {
	for _, part := range []struct {
		name string
		test func(*clocked)
	}{
		{"ACancelledSeatIsOfferedAfterADelay", testRelease},
		{"AMissedTicketIsOfferedAgainAfterTheCooldown", testCooldownEnds},
		{"ABreakEndsAtItsTimeAndWithTheDay", testDutyEnds},
		{"ANoticeIsShownForAWhile", testNoticeGoes},
		{"TheDayOpensAndClosesByItself", testTimetable},
		{"TheHandHoldsUntilTheSessionIsOver", testHandHolds},
		{"NobodyStaysInTheLineOfADayThatIsOver", testRollover},
		{"ADayOfManyIsClosedInParts", testRolloverInParts},
		{"ANightClinicIsOneDay", testNight},
		{"AClockThatLeapsAndReturnsOpensTheDayAgain", testLeap},
		{"ABookingThatALeapEndedGetsNoNumber", testLeapOverBooking},
		{"WhoBookedGetsANumberWhenTheDayBegins", testBookingOpens},
		{"ABookingWhosePatientWasToldWaitsAfterAnUndo", testContactedOpens},
		{"WhoBookedWithANumberWaitsWhenTheDayBegins", testBookingNow},
		{"AutoStopOfABookingLeavesOutReleasedSeats", testReleasedBooking},
		{"LaterSessionsDoNotCountYet", testCountedSessions},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			l, set := line(t)
			part.test(tuesday(t, l, set))
		})
	}
}

// tuesday is a fresh clinic on a Tuesday morning at eight.
func tuesday(t *testing.T, l Line, set func(time.Time)) *clocked {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 24, 8, 0, 0, 0, zone)
	set(at)
	c := NewClinic(t, l)
	return &clocked{&bench{t, l, c, clinic.Ref{Clinic: c.ID, Service: "1"}}, at, set}
}

func (b *clocked) at(hour, minute int) {
	y, m, d := b.now.Date()
	b.pass(time.Date(y, m, d, hour, minute, 0, 0, b.now.Location()).Sub(b.now))
}

func testTimetable(b *clocked) {
	b.record(func(c *clinic.Clinic) {
		c.Calendar = everyDay(frame("morning", 9, 12, -30, -30), frame("afternoon", 15, 18, -60, 0))
	})
	for _, at := range []struct {
		hour, minute int
		reception    queue.Reception
		session      string
		next         time.Duration // until the web opens or closes
	}{
		{8, 0, queue.Before, "morning", 30 * time.Minute},
		{8, 29, queue.Before, "morning", time.Minute},
		{8, 30, queue.Open, "morning", 3 * time.Hour},
		{11, 29, queue.Open, "morning", time.Minute},
		{11, 30, queue.Before, "morning", 150 * time.Minute},
		{12, 0, queue.Before, "afternoon", 2 * time.Hour},
		{14, 0, queue.Open, "afternoon", 4 * time.Hour},
		{18, 0, queue.Closed, "afternoon", 14*time.Hour + 30*time.Minute},
	} {
		b.at(at.hour, at.minute)
		l := b.line()
		b.equal("reception", l.Reception, at.reception)
		b.equal("session", l.Session, at.session)
		edge := l.OpensAt
		if at.reception == queue.Open {
			edge = l.ClosesAt
		}
		b.equal("next", edge.Sub(b.now), at.next)
		_, err := b.ask(byWeb)
		switch at.reception {
		case queue.Open:
			b.ok(err)
		case queue.Before:
			b.refused(err, queue.ErrReceptionBefore)
		default:
			b.refused(err, queue.ErrReceptionClosed)
		}
		b.equal("the desk's session", b.given(byDesk).Session, at.session)
	}
}

func testHandHolds(b *clocked) {
	b.record(func(c *clinic.Clinic) {
		c.Calendar = everyDay(frame("morning", 9, 12, 0, 0), frame("afternoon", 15, 18, -240, 0))
	})
	b.at(10, 0)
	b.ok(b.SetReception(b.Context(), b.ref, queue.Closed, "crowded", staff))
	b.at(11, 59)
	_, err := b.ask(byWeb)
	b.refused(err, queue.ErrReceptionClosed)
	b.equal("it opens when the hand lets go", b.line().OpensAt.Sub(b.now), time.Minute)
	b.at(12, 0)
	b.equal("the afternoon's web is open already", b.given(byWeb).Session, "afternoon")
	b.equal("the reason ends with the stop", b.line().Manual.Reason, "")
	b.at(19, 0)
	b.ok(b.SetReception(b.Context(), b.ref, queue.Open, "", staff))
	b.equal("after the last session, for that one", b.given(byWeb).Session, "afternoon")
	b.pass(9 * time.Hour) // 04:00
	_, err = b.ask(byWeb)
	b.refused(err, queue.ErrReceptionBefore)
}

func testRollover(b *clocked) {
	ts := b.issue(6)
	b.next("1")
	b.do(ts[0], queue.Enter)
	b.do(ts[1], queue.Call, queue.Finish)
	b.next("2")
	b.do(ts[2], queue.Miss)
	b.do(ts[3], queue.Hold)
	b.do(ts[4], queue.Cancel)
	b.next("1")
	day := ts[0].ID.Day()
	b.refused(b.CloseDay(b.Context(), b.clinic.ID, day), queue.ErrDayOpen)
	b.pass(24 * time.Hour)
	b.waits()
	for range 3 {
		b.ok(b.CloseDay(b.Context(), b.clinic.ID, day))
	}
	b.ok(b.CloseDay(b.Context(), b.clinic.ID, "2026-01-01"))
	for i, want := range []queue.State{queue.Done, queue.Done, queue.NoShow, queue.NoShow, queue.Cancelled, queue.Done} {
		got, err := b.Ticket(b.Context(), ts[i].ID)
		b.ok(err)
		b.equal("state", got.State, want)
		b.equal("by the day's end", got.Reason == queue.ReasonDayEnd, i == 2 || i == 3 || i == 5)
	}
	f, err := b.Figures(b.Context(), b.clinic.ID, day)
	b.ok(err)
	b.equal("figures", f.Services["1"].Ended, map[queue.State]int{queue.Done: 3, queue.NoShow: 2, queue.Cancelled: 1})
	b.equal("figures", f.Services["1"].Issued, map[string]int{"web": 6})
	_, err = b.Do(b.Context(), ts[3].ID, queue.Undo, staff)
	b.refused(err, queue.ErrDayOver)
	b.equal("numbers restart", b.given(byWeb).Number, 1)
	b.waits(1)
}

func testRolloverInParts(b *clocked) {
	const many = 1200
	for range many {
		b.given(byDesk)
	}
	snap := b.mustSnapshot()
	b.pass(24 * time.Hour)
	b.ok(b.CloseDay(b.Context(), b.clinic.ID, snap.Day))
	f, err := b.Figures(b.Context(), b.clinic.ID, snap.Day)
	b.ok(err)
	b.equal("all of them", f.Services["1"].Ended, map[queue.State]int{queue.NoShow: many})
}

func testNight(b *clocked) {
	b.record(func(c *clinic.Clinic) {
		c.Calendar = everyDay(frame("evening", 22, 26, 0, 0))
		c.Calendar.Open = map[string]hours.Span{"tue": {From: "06:00", To: "28:00"}}
	})
	b.at(23, 0)
	first := b.given(byWeb)
	b.pass(150 * time.Minute) // half past one
	second := b.given(byWeb)
	b.equal("one day", first.ID.Day(), second.ID.Day())
	b.equal("one numbering", second.Number, first.Number+1)
	b.pass(30 * time.Minute)
	_, err := b.ask(byWeb)
	b.refused(err, queue.ErrReceptionClosed)
	b.equal("over midnight", b.given(byDesk).Session, "evening")
}

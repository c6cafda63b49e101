package queuetest

import (
	"fmt"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// frame is a session from one hour to another, with the web's offsets in minutes.
func frame(id string, from, to, open, end int) hours.Frame {
	clock := func(h int) hours.Clock { return hours.Clock(fmt.Sprintf("%02d:00", h)) }
	return hours.Frame{Session: id, Consult: hours.Span{From: clock(from), To: clock(to)}, WebOpen: open, WebClose: end}
}

func everyDay(frames ...hours.Frame) *hours.Calendar {
	c := &hours.Calendar{Weekly: map[string][]hours.Frame{}}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		c.Weekly[d] = frames
	}
	return c
}

// record changes the clinic's record.
func (b *bench) record(change func(*clinic.Clinic)) {
	b.Helper()
	c, err := b.Clinic(b.Context(), b.clinic.ID)
	b.ok(err)
	c.Services = append([]clinic.Service{}, c.Services...)
	change(&c)
	b.ok(b.PutClinic(b.Context(), c, staff))
	b.clinic = c
}

// sessions gives the clinic a timetable and sets its clocks to noon.
func (b *bench) sessions(frames ...hours.Frame) {
	b.Helper()
	b.record(func(c *clinic.Clinic) { c.Zone, c.Calendar = Noon(), everyDay(frames...) })
}

func (b *bench) capacity(change func(*clinic.Capacity)) {
	b.Helper()
	b.record(func(c *clinic.Clinic) { change(&c.Services[0].Capacity) })
}

func (b *bench) ask(q queue.Request) (queue.Issued, error) {
	if q.Party == 0 {
		q.Party = 1
	}
	return b.Issue(b.Context(), b.ref, q, queue.Act{By: clinic.Actor{Kind: q.Channel}})
}

func (b *bench) given(q queue.Request) queue.Issued {
	b.Helper()
	i, err := b.ask(q)
	b.ok(err)
	return i
}

var (
	byWeb  = queue.Request{Channel: "web", CodeHash: "good"}
	byDesk = queue.Request{Channel: "desk"}
)

func testWindows(b *bench) {
	for _, c := range []struct {
		what      string
		frames    []hours.Frame
		refusal   error
		session   string // that the desk gives for
		reception queue.Reception
		available queue.Availability
		opens     bool
	}{
		{"inside the window", []hours.Frame{frame("morning", 10, 14, -60, -30)}, nil, "morning", queue.Open, queue.Many, false},
		{"before it", []hours.Frame{frame("morning", 15, 17, -60, 0)}, queue.ErrReceptionBefore, "morning", queue.Before, queue.NotYet, true},
		{"after it", []hours.Frame{frame("morning", 9, 11, 0, 0)}, queue.ErrReceptionClosed, "morning", queue.Closed, queue.Over, true},
		{"it closes before the consultation ends", []hours.Frame{frame("morning", 9, 14, 30, -150)}, queue.ErrReceptionClosed, "morning", queue.Closed, queue.Over, true},
		{"between two", []hours.Frame{frame("morning", 9, 11, 0, 0), frame("afternoon", 15, 18, 0, 0)}, queue.ErrReceptionBefore, "afternoon", queue.Before, queue.NotYet, true},
		{"the afternoon's web begins early", []hours.Frame{frame("morning", 9, 14, 0, -150), frame("afternoon", 15, 18, -300, 0)}, nil, "morning", queue.Open, queue.Many, false},
	} {
		b.sessions(c.frames...)
		i, err := b.ask(byWeb)
		if c.refusal != nil {
			b.refused(err, c.refusal)
		} else {
			b.ok(err)
			b.equal(c.what+": the web's session", i.Session, c.frames[len(c.frames)-1].Session)
		}
		b.equal(c.what+": the desk's session", b.given(byDesk).Session, c.session)
		l := b.line()
		b.equal(c.what+": reception", l.Reception, c.reception)
		b.equal(c.what+": availability", l.Availability, c.available)
		b.equal(c.what+": a countdown", !l.OpensAt.IsZero(), c.opens)
		b.equal(c.what+": an end", !l.ClosesAt.IsZero(), c.reception == queue.Open)
	}
	b.record(func(c *clinic.Clinic) {
		today := hours.Exception{Date: string(b.mustSnapshot().Day), Closed: true, Reason: "臨時休診"}
		c.Calendar = &hours.Calendar{Weekly: everyDay(frame("morning", 9, 11, 0, 0)).Weekly, Exceptions: []hours.Exception{today}}
	})
	l := b.line()
	b.equal("why it is closed", len(l.DayNotes) == 1 && l.DayNotes[0].Closed && l.DayNotes[0].Reason == "臨時休診", true)
	b.equal("until tomorrow", l.OpensAt.IsZero(), false)
	b.record(func(c *clinic.Clinic) { c.Calendar = &hours.Calendar{} })
	_, err := b.ask(byWeb)
	b.refused(err, queue.ErrReceptionClosed)
	b.equal("the desk of a closed day", b.given(byDesk).Session, "")
	b.equal("no countdown", b.line().OpensAt.IsZero(), true)
	b.record(func(c *clinic.Clinic) { c.Services[0].Calendar = everyDay(frame("evening", 11, 15, 0, 0)) })
	b.equal("a service of its own hours", b.given(byWeb).Session, "evening")
}

func testOrderOfSessions(b *bench) {
	b.sessions(frame("morning", 9, 14, 0, -150), frame("afternoon", 15, 18, -300, 0))
	afternoon := b.given(byWeb)
	b.equal("session", afternoon.Session, "afternoon")
	b.equal("nobody ahead", afternoon.Ahead, 0)
	late := b.given(byDesk)
	b.equal("a morning's walk-in goes before the afternoon", late.Ahead, 0)
	b.waits(late.Number, afternoon.Number)
	b.equal("and behind the morning", b.given(byDesk).Ahead, 1)
	b.equal("the afternoon's next is last", b.given(byWeb).Ahead, 3)
	morning, named := byWeb, byWeb
	morning.Session, named.Session = "morning", "afternoon"
	_, err := b.ask(morning)
	b.refused(err, queue.ErrNotOffered)
	b.equal("a session that is asked for by name", b.given(named).Session, "afternoon")
}

func testHand(b *bench) {
	b.equal("without a timetable it is open", b.line().Reception, queue.Open)
	b.ok(b.SetReception(b.Context(), b.ref, queue.Paused, "", staff))
	b.equal("and stays as it is left", b.line().Manual, queue.Manual{Reception: queue.Paused})
	b.sessions(frame("morning", 9, 11, 0, 0), frame("afternoon", 15, 18, 0, 0))
	b.equal("which does not outlive the first timetable", b.line().Reception, queue.Before)
	b.ok(b.SetReception(b.Context(), b.ref, queue.Open, "", staff))
	l := b.line()
	b.equal("opened by hand", l.Reception, queue.Open)
	b.equal("until the end of what comes next", l.ClosesAt.In(time.UTC).Minute() == 0 && l.ClosesAt.Equal(l.Manual.Until), true)
	b.equal("for the next session", b.given(byWeb).Session, "afternoon")
	for _, stop := range []struct {
		reception queue.Reception
		refusal   error
	}{{queue.Closed, queue.ErrReceptionClosed}, {queue.Paused, queue.ErrReceptionPaused}} {
		b.ok(b.SetReception(b.Context(), b.ref, stop.reception, "医師の急用のため", staff))
		b.equal("why", b.line().Manual.Reason, "医師の急用のため")
		_, err := b.ask(byWeb)
		b.refused(err, stop.refusal)
	}
	b.equal("stopped", b.line().Availability, queue.Availability("stopped"))
	b.given(byDesk)
	b.ok(b.SetReception(b.Context(), b.ref, queue.Paused, "", staff))
	b.equal("a stop that says no reason has not the former one's", b.line().Manual.Reason, "")
	b.ok(b.SetReception(b.Context(), b.ref, queue.Paused, "crowded", staff))
	b.ok(b.SetReception(b.Context(), b.ref, queue.Auto, "", staff))
	b.equal("the reason ends with the stop", b.line().Manual.Reason, "")
	b.equal("as the timetable has it", b.line().Reception, queue.Before)
}

func testNumbersPerSession(b *bench) {
	numbers := func(n clinic.Numbers) { b.record(func(c *clinic.Clinic) { c.Services[0].Numbers = n }) }
	numbers(clinic.Numbers{PerSession: true, Start: 101})
	b.sessions(frame("morning", 9, 14, 0, -150), frame("afternoon", 15, 18, -300, 0))
	first := b.given(byWeb)
	b.equal("afternoon", first.Number, 101)
	b.do(first.Ticket, queue.Cancel)
	mine := b.given(byDesk)
	b.equal("morning", mine.Number, 101)
	b.equal("afternoon", b.given(byWeb).Number, 102)
	b.equal("a number that somebody holds is passed over", b.given(byDesk).Number, 103)
	_, err := b.Do(b.Context(), first.ID, queue.Undo, staff)
	b.refused(err, queue.ErrNumberGiven)
	b.do(mine.Ticket, queue.Cancel)
	b.equal("undone", b.do(first.Ticket, queue.Undo).State, queue.Waiting)
	numbers(clinic.Numbers{})
	b.equal("a change waits for the next day", b.given(byDesk).Number, 104)
}

func testBands(b *bench) {
	b.record(func(c *clinic.Clinic) { c.Services[0].Numbers = clinic.Numbers{Start: 1, WebFrom: 4} })
	b.equal("web", b.given(byWeb).Number, 4)
	for n := 1; n < 4; n++ {
		b.equal("desk", b.given(byDesk).Number, n)
	}
	_, err := b.ask(byDesk)
	b.refused(err, queue.ErrBandFull)
	b.equal("the desk insists", b.given(queue.Request{Channel: "desk", Override: true}).Number, 5)
	b.equal("web goes on", b.given(byWeb).Number, 6)
	b.waits(4, 1, 2, 3, 5, 6)
}

func testKeptNumbers(b *bench) {
	b.record(func(c *clinic.Clinic) { c.Services[0].Numbers = clinic.Numbers{Reserve: 3} })
	var got []int
	for range 4 {
		got = append(got, b.given(byWeb).Number)
	}
	b.equal("every third is kept", got, []int{1, 2, 4, 5})
	b.equal("also from the desk", b.given(byDesk).Number, 7)
	kept := func(n int) (queue.Issued, error) { return b.ask(queue.Request{Channel: "desk", Number: n}) }
	for _, n := range []int{1, 4, 8, -3, queue.MostNumber + 3} { // a multiple of three, as 99999 is
		_, err := kept(n)
		b.refused(err, queue.ErrNumber)
	}
	three, err := kept(3)
	b.ok(err)
	b.equal("it stands where it was passed over", three.Ahead, 2)
	_, err = kept(3)
	b.refused(err, queue.ErrNumber)
	nine, err := kept(9)
	b.ok(err)
	b.equal("one that was not reached stands at the end", nine.Ahead, 6)
	b.do(three.Ticket, queue.Cancel)
	_, err = kept(3)
	b.refused(err, queue.ErrNumber)
	b.equal("eight", b.given(byWeb).Number, 8)
	b.equal("nine is given", b.given(byWeb).Number, 10)
	b.waits(1, 2, 4, 5, 7, 9, 8, 10)
}

func testUrgent(b *bench) {
	b.issue(3)
	two := 2
	ask := queue.Request{Channel: "desk", Ahead: &two, Reason: queue.ReasonUrgent}
	i := b.given(ask)
	b.equal("ahead", i.Ahead, 2)
	b.equal("reason", i.Reason, queue.ReasonUrgent)
	b.waits(1, 2, 4, 3)
	b.equal("the public is told", b.line().Notice.Reason, queue.ReasonUrgent)
	ask.Reason = "because"
	_, err := b.ask(ask)
	b.refused(err, queue.ErrReason)
	ask.Channel = "web"
	b.equal("the web cannot", b.given(ask).Ahead, 4)
	far := 99
	b.equal("the end", b.given(queue.Request{Channel: "desk", Ahead: &far, Reason: queue.ReasonDesk}).Ahead, 5)
	b.equal("the next comes after", b.given(byWeb).Ahead, 6)
}

func testSettings(b *bench) {
	first, err := b.Clinic(b.Context(), b.clinic.ID)
	b.ok(err)
	one, two := first, first
	one.Services = append([]clinic.Service{}, first.Services...)
	one.Services[1].ComeAt = 9
	b.ok(b.PutClinic(b.Context(), one, staff))
	two.Name = "べつの医院"
	b.refused(b.PutClinic(b.Context(), two, staff), queue.ErrSettings)
	two.Rev = ""
	b.ok(b.PutClinic(b.Context(), two, queue.Act{By: clinic.Actor{Kind: "operator"}}))
	changes, err := b.Changes(b.Context(), b.clinic.ID, 2)
	b.ok(err)
	var told []string
	for _, c := range changes {
		for field, value := range c.After {
			told = append(told, fmt.Sprintf("%s %s: %s -> %s", c.By.Kind, field, c.Before[field], value))
		}
	}
	b.equal("what was changed", len(told), 3)
	all := strings.Join(told, "\n")
	for _, want := range []string{
		`operator name: "ためし医院" -> "べつの医院"`, `operator services.2.comeAt: 9 -> 3`, `staff services.2.comeAt: 3 -> 9`,
	} {
		if !strings.Contains(all, want) {
			b.Fatalf("%s is not among\n%s", want, all)
		}
	}
	wrong := first
	wrong.Services = append([]clinic.Service{}, first.Services...)
	wrong.Services[0].Numbers.Reserve = 1
	if err := b.PutClinic(b.Context(), wrong, staff); err == nil {
		b.Fatal("a service that keeps every number was taken")
	}
}

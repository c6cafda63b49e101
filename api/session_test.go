package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/queuetest"
)

// sessions gives the clinic a timetable of one session on every day, from one hour to
// another. The web's offsets are in minutes.
func (w *world) sessions(from, to, open, end int) {
	w.t.Helper()
	clock := func(h int) hours.Clock { return hours.Clock(fmt.Sprintf("%02d:00", h)) }
	f := hours.Frame{Session: hours.Afternoon, Consult: hours.Span{From: clock(from), To: clock(to)}, WebOpen: open, WebClose: end}
	week := map[string][]hours.Frame{}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		week[d] = []hours.Frame{f}
	}
	w.record(func(c *clinic.Clinic) { c.Zone, c.Calendar = queuetest.Noon(), &hours.Calendar{Weekly: week} })
}

// reception sets the web desk by hand.
func (w *world) reception(cookie, r string) {
	w.t.Helper()
	got := get[wire.ReceptionRequest](w, 200, ask{method: "PUT", path: "/v1/services/" + w.ref("1") + "/reception", cookie: cookie, body: wire.ReceptionRequest{Reception: r}})
	if got.Reception != r {
		w.t.Errorf("reception %q, want %q", got.Reception, r)
	}
}

func TestOpening_IsSaidBeforeAndWhenRefused(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.sessions(15, 18, -60, -30)
		b := w.board("1")
		if b.Reception != "before" || b.Availability != "before" || b.Session != "afternoon" || b.ClosesAt != nil || b.OpensAt == nil || b.OpensAt.Format("15:04:05") != "14:00:00" {
			t.Fatalf("board %+v", b)
		}
		res := w.refused(409, "reception_before", w.web("1", wire.IssueRequest{}))
		after, err := strconv.Atoi(res.header.Get("Retry-After"))
		if opens := b.OpensAt.Format(time.RFC3339); err != nil || after < 1 || after > 2*60*60 || !strings.Contains(string(res.body), opens) {
			t.Errorf("retry after %q: %s", res.header.Get("Retry-After"), res.body)
		}
		desk := get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{})).Ticket
		if desk.Session != "afternoon" || desk.Presence != "here" {
			t.Errorf("of the desk %+v", desk)
		}

		w.reception(cookie, "open")
		if b := w.board("1"); b.Reception != "open" || b.OpensAt != nil || b.ClosesAt == nil || b.ClosesAt.Format("15:04") != "18:00" {
			t.Errorf("opened by hand: %+v", b)
		}
		if s := w.staff(cookie).Services[0]; s.Manual != "open" || s.ManualTil == nil || s.ManualTil.Format("15:04") != "18:00" {
			t.Errorf("the desk sees %q until %v", s.Manual, s.ManualTil)
		}
		w.issue("1", wire.IssueRequest{})
		w.reception(cookie, "auto")
		if s := w.staff(cookie).Services[0]; s.Manual != "" || s.ManualTil != nil || s.Board.Reception != "before" {
			t.Errorf("by the timetable again: %+v", s)
		}
	})
}

// TestAdvice_FollowsTheTimetable is the way of the advice to the ticket's JSON.
func TestAdvice_FollowsTheTimetable(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.sessions(15, 18, -240, -30) // it is noon
		mine := w.issue("1", wire.IssueRequest{})
		read := func() wire.Ticket {
			return get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + mine.Ticket.ID, token: mine.Token}).Ticket
		}
		for what, got := range map[string]wire.Ticket{"issued": mine.Ticket, "read": read()} {
			if got.Advice != "start" || got.Todo != wire.TodoWait || got.StartsAt == nil || got.StartsAt.Format("15:04") != "15:00" {
				t.Errorf("%s before its session: %+v", what, got)
			}
		}
		wait := read().WaitMinutes
		if wait == nil || wait.At == nil || wait.At.Minute()%10 != 0 || wait.At.Format("15:04") < "15:00" {
			t.Errorf("the wait is %+v, want a time of the clock", wait)
		}
		if b := w.board("1").WaitMinutes; b == nil || b.At == nil {
			t.Errorf("the board's wait is %+v, want a time of the clock", b)
		}
		w.sessions(9, 18, 0, -30)
		if got := read(); got.Advice != "come" || got.Todo != wire.TodoCome || got.WaitMinutes == nil || got.WaitMinutes.At != nil {
			t.Errorf("its session has begun: %+v", got)
		}
		w.record(func(c *clinic.Clinic) {
			c.Calendar.Exceptions = []hours.Exception{{Date: mine.Ticket.Day, Closed: true, Reason: "臨時休診"}}
		})
		if got := read(); got.Advice != "closed" || got.Todo != wire.TodoDesk || got.StartsAt != nil {
			t.Errorf("on a closed date: %+v", got)
		}
	})
}

func TestOpening_OpenUntilTheTimetableCloses(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.sessions(9, 18, 0, -30)
		if b := w.board("1"); b.Reception != "open" || b.OpensAt != nil || b.ClosesAt == nil || b.ClosesAt.Format("15:04") != "17:30" || b.Availability != "many" {
			t.Errorf("board %+v", b)
		}
		if got := w.issue("1", wire.IssueRequest{}).Ticket; got.Session != "afternoon" || got.Presence != "" {
			t.Errorf("issued %+v", got)
		}
		w.record(func(c *clinic.Clinic) {
			c.Calendar.Exceptions = []hours.Exception{{Date: w.board("1").Day, Closed: true, Reason: "臨時休診"}}
		})
		b := w.board("1")
		if b.Reception != "closed" || b.Availability != "closed" || b.OpensAt == nil || b.OpensAt.Format("15:04") != "09:00" {
			t.Errorf("on a closed date: %+v", b)
		}
		w.refused(409, "reception_closed", w.web("1", wire.IssueRequest{}))
	})
}

func TestQuota_MarksAndReasons(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.record(func(c *clinic.Clinic) {
			c.Services[0].Capacity = clinic.Capacity{Web: new(2), First: new(1), Few: 1, Desk: new(1)}
		})
		marks := []string{w.board("1").Availability}
		w.issue("1", wire.IssueRequest{FirstVisit: true})
		marks = append(marks, w.board("1").Availability)
		w.refused(409, "first_quota_full", w.web("1", wire.IssueRequest{FirstVisit: true}))
		second := w.issue("1", wire.IssueRequest{})
		marks = append(marks, w.board("1").Availability)
		if want := []string{"many", "few", "none"}; !slices.Equal(marks, want) {
			t.Errorf("marks %v, want %v", marks, want)
		}
		w.refused(409, "quota_full", w.web("1", wire.IssueRequest{}))
		w.refused(409, "quota_full", w.web("1", wire.IssueRequest{Override: true})) // the desk's alone

		if got := get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{})); got.Over {
			t.Errorf("within the bound: %+v", got)
		}
		w.refused(409, "desk_quota_full", w.walkIn(cookie, "1", wire.IssueRequest{}))
		if got := get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{Override: true})); !got.Over {
			t.Errorf("over the bound: %+v", got)
		}
		want := wire.Seats{Web: wire.Seat{Used: 2, Limit: new(2)}, Desk: wire.Seat{Used: 2, Limit: new(1)}, First: wire.Seat{Used: 1, Limit: new(1)}}
		if diff := cmp.Diff(want, w.staff(cookie).Services[0].Seats); diff != "" {
			t.Errorf("seats (-want +got):\n%s", diff)
		}
		w.act(cookie, second.Ticket.ID, "cancel")
		if got := w.board("1").Availability; got != "few" {
			t.Errorf("after a cancel %q", got)
		}
	})
}

func TestQuota_StopsWhatCouldNotBeServed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.sessions(9, 16, 0, 0)
		w.record(func(c *clinic.Clinic) {
			c.Services[0].Capacity = clinic.Capacity{AutoStop: true, Margin: 240, PerTicket: 10}
		})
		if b := w.board("1"); b.Availability != "none" || b.Reception != "open" {
			t.Errorf("board %+v", b)
		}
		w.refused(409, "auto_stop", w.web("1", wire.IssueRequest{}))
	})
}

func TestOneEach_KnowsAPersonHoweverWritten(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.record(func(c *clinic.Clinic) { c.Services[0].Capacity.OneEach = true })
		who := func(p wire.Patient) wire.IssueRequest { return wire.IssueRequest{Patient: p} }
		first := w.issue("1", who(wire.Patient{Name: "山田 太郎", Phone: "090-1234-5678"}))
		same := []wire.Patient{{Name: "山田太郎", Phone: "０９０１２３４５６７８"}, {Name: "山田　太郎", Phone: "+81 90 1234 5678"}}
		for _, p := range same {
			w.refused(409, "already_received", w.web("1", who(p)))
		}
		w.issue("1", who(wire.Patient{Name: "山田花子", Phone: "090-1234-5678"})) // of the same family
		w.issue("1", who(wire.Patient{CardNumber: "A-12"}))
		w.refused(409, "already_received", w.web("1", who(wire.Patient{CardNumber: "ａ－１２", Name: "だれか"})))
		w.refused(422, "person_required", w.web("1", who(wire.Patient{Name: "山田太郎"}))) // a name alone is not a person
		w.refused(422, "person_required", w.web("1", wire.IssueRequest{}))
		cookie := w.login()
		get[wire.Issued](w, 201, ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/walkins", cookie: cookie, body: wire.IssueRequest{}})
		w.issue("2", who(same[0])) // another service is another line
		w.act(cookie, first.Ticket.ID, "cancel")
		w.issue("1", who(same[0]))
		profile := get[wire.Clinic](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number()})
		if !profile.Services[0].Identify || profile.Services[1].Identify {
			t.Errorf("the profile says %+v", profile.Services)
		}
		if log := w.log.String(); strings.Contains(log, "山田") || strings.Contains(log, "5678") {
			t.Error("patient data in the log")
		}
	})
}

func TestWalkIn_TakesAKeptNumber(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.record(func(c *clinic.Clinic) { c.Services[0].Numbers = clinic.Numbers{Reserve: 2} })
		for _, want := range []int{1, 3, 5} {
			if got := w.issue("1", wire.IssueRequest{Number: 2}).Ticket.Number; got != want { // the desk's alone
				t.Errorf("number %d, want %d", got, want)
			}
		}
		if got := get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{Number: 2})).Ticket; got.Number != 2 {
			t.Errorf("kept number %d", got.Number)
		}
		w.refused(409, "number_unavailable", w.walkIn(cookie, "1", wire.IssueRequest{Number: 2}))
		if wire.MostNumber != queue.MostNumber {
			t.Errorf("the pages take numbers up to %d, the line up to %d", wire.MostNumber, queue.MostNumber)
		}
		w.refused(409, "number_unavailable", w.walkIn(cookie, "1", wire.IssueRequest{Number: wire.MostNumber + 1}))
		if got := w.board("1").Line; !slices.Equal(got, []int{1, 2, 3, 5}) {
			t.Errorf("line %v", got)
		}
	})
}

func TestWalkIn_RetryGivesTheSameNumberOverTheBound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(func(c *clinic.Clinic) { c.Services[0].Capacity.Desk = new(1) })
	cookie := w.login()
	get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{}))
	a := w.walkIn(cookie, "1", wire.IssueRequest{Override: true})
	first, again := w.do(a), w.do(a)
	if first.status != http.StatusCreated || string(first.body) != string(again.body) {
		t.Errorf("first %d %s, again %d %s", first.status, first.body, again.status, again.body)
	}
}

// TestBoard_NextAreThoseThatItCounts issues only tickets of a later session: the board
// never shows nobody waiting beside a next number.
func TestBoard_NextAreThoseThatItCounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		frames := []hours.Frame{
			{Session: hours.Morning, Consult: hours.Span{From: "09:00", To: "14:00"}, WebClose: -150},
			{Session: hours.Afternoon, Consult: hours.Span{From: "15:00", To: "18:00"}, WebOpen: -300},
		}
		week := map[string][]hours.Frame{}
		for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
			week[d] = frames
		}
		w.record(func(c *clinic.Clinic) { c.Zone, c.Calendar = queuetest.Noon(), &hours.Calendar{Weekly: week} })
		shows := func(waiting int, next ...int) {
			t.Helper()
			if b := w.board("1"); b.Waiting == nil || b.Waiting.Tickets != waiting || !slices.Equal(b.Line, next) {
				t.Errorf("the board has %+v waiting beside the next numbers %v, want %d beside %v", b.Waiting, b.Line, waiting, next)
			}
		}
		for range 2 {
			if got := w.issue("1", wire.IssueRequest{}).Ticket.Session; got != hours.Afternoon {
				t.Fatalf("the web gives numbers of the session %q", got)
			}
		}
		shows(0)
		get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{}))
		shows(1, 3)
	})
}

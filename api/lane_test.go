package api

import (
	"slices"
	"testing"
	"time"

	"junban/api/wire"
	"junban/queue/clinic"
)

func TestUrgent_GoesFirstAndThePublicIsToldWhy(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		first := w.issue("1", wire.IssueRequest{})
		w.issue("1", wire.IssueRequest{})
		mine := w.socket([]string{"ticket:" + first.Ticket.ID}, first.Token)
		if f := mine.next(func(f wire.Frame) bool { return f.Ticket != nil }); f.Ticket.Notice != nil {
			t.Errorf("before: %+v", f.Ticket)
		}
		behind := 1
		urgent := get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{Ahead: &behind, Reason: "urgent"}))
		if urgent.Ticket.Reason != "urgent" {
			t.Errorf("urgent %+v", urgent.Ticket)
		}
		b := w.board("1")
		if !slices.Equal(b.Line, []int{1, 3, 2}) || b.Notice == nil || b.Notice.Reason != "urgent" || b.Notice.At.IsZero() {
			t.Errorf("board %+v, notice %+v", b, b.Notice)
		}
		if other := w.board("2").Notice; other != nil {
			t.Errorf("the other line is told %+v", other)
		}
		// Its own place is as it was, and yet its owner learns of it.
		f := mine.next(func(f wire.Frame) bool { return f.Ticket != nil && f.Ticket.Notice != nil })
		if f.Ticket.Notice.Reason != "urgent" || *f.Ticket.Ahead != 0 {
			t.Errorf("the first is told %+v", f.Ticket)
		}
		w.act(cookie, urgent.Ticket.ID, "cancel")
		if got := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + urgent.Ticket.ID, token: urgent.Token}).Ticket; got.Notice != nil {
			t.Errorf("whose visit is over is told %+v", got.Notice)
		}
	})
}

func TestMove_PutsATicketWhereTheDeskSays(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		for range 3 {
			w.issue("1", wire.IssueRequest{})
		}
		last := w.issue("1", wire.IssueRequest{})
		if got := w.actWith(cookie, last.Ticket.ID, "move", wire.MoveRequest{Ahead: 1, Reason: "exam"}); got.State != "waiting" || got.Reason != "exam" {
			t.Errorf("moved %+v", got)
		}
		if b := w.board("1"); !slices.Equal(b.Line, []int{1, 4, 2, 3}) || b.Notice == nil || b.Notice.Reason != "exam" {
			t.Errorf("board %+v", b)
		}
		w.act(cookie, last.Ticket.ID, "undo")
		if b := w.board("1"); !slices.Equal(b.Line, []int{1, 2, 3, 4}) || b.Notice != nil {
			t.Errorf("taken back: %+v", b)
		}
	})
}

func TestTransfer_ShowsTheTicketInTheOtherLine(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.issue("2", wire.IssueRequest{PartySize: 2})
		mine := w.issue("1", wire.IssueRequest{})
		got := w.actWith(cookie, mine.Ticket.ID, "transfer", wire.TransferRequest{Service: w.ref("2")})
		if got.Service != w.ref("1") || got.Line != w.ref("2") || got.LineName != "小児科" || got.Number != 1 || got.State != "waiting" {
			t.Errorf("transferred %+v", got)
		}
		seen := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + mine.Ticket.ID, token: mine.Token}).Ticket
		if seen.Ahead == nil || *seen.Ahead != 2 || seen.Unit != "人" {
			t.Errorf("its owner sees %+v", seen)
		}
		w.refused(409, "state_forbids", ask{method: "POST", path: "/v1/tickets/" + mine.Ticket.ID + "/transfer", cookie: cookie, body: wire.TransferRequest{Service: w.ref("2")}})
		if one, two := w.board("1"), w.board("2"); len(one.Line) != 0 || !slices.Equal(two.Line, []int{1}) ||
			!slices.Equal(two.Guests, []wire.Guest{{Number: 1, Of: w.ref("1"), State: "waiting"}}) {
			t.Errorf("lines %v and %v, guests %v", one.Line, two.Line, two.Guests)
		}
		call := func(service string) ask {
			return ask{method: "POST", path: "/v1/services/" + w.ref(service) + "/call", key: freshKey(), cookie: cookie, body: wire.CallRequest{Room: "3", Ticket: mine.Ticket.ID}}
		}
		w.refused(404, "ticket_unknown", ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/call", key: freshKey(), cookie: cookie,
			body: wire.CallRequest{Room: "3", Ticket: w.issue("2", wire.IssueRequest{}).Ticket.ID}})
		get[wire.TicketAnswer](w, 200, call("2"))
		calling := w.board("2").Calling
		if len(calling) != 1 || calling[0].Number != 1 || calling[0].Of != w.ref("1") || calling[0].Room != "3" {
			t.Errorf("calling %+v", calling)
		}
		desk := w.staff(cookie).Services
		if len(desk[0].Tickets) != 0 || len(desk[1].Tickets) != 3 || desk[1].Tickets[0].Line != w.ref("2") || desk[1].Tickets[0].Leg != 1 {
			t.Errorf("the desk sees %+v", desk)
		}
	})
}

func TestTransfer_IsFoundByItsOwnNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	patient := wire.Patient{Phone: "090-1234-5678"}
	mine, theirs := w.issue("1", wire.IssueRequest{Patient: patient}), w.issue("2", wire.IssueRequest{PartySize: 4, Patient: patient})
	w.actWith(w.login(), mine.Ticket.ID, "transfer", wire.TransferRequest{Service: w.ref("2")})
	look := func(service string) []wire.LookupTicket {
		t.Helper()
		return get[wire.LookupAnswer](w, 200, ask{method: "POST", path: "/v1/lookup", body: wire.LookupRequest{Service: w.ref(service), Number: 1, PhoneEnd: "5678"}}).Tickets
	}
	if theirs.Ticket.Number != mine.Ticket.Number {
		t.Fatalf("numbers %d and %d do not clash", theirs.Ticket.Number, mine.Ticket.Number)
	}
	if got := look("1"); len(got) != 1 || got[0].Ahead == nil || *got[0].Ahead != 4 {
		t.Errorf("of the first service %+v", got)
	}
	if got := look("2"); len(got) != 1 || got[0].Ahead == nil || *got[0].Ahead != 0 {
		t.Errorf("of the second %+v", got)
	}
	w.record(func(c *clinic.Clinic) { c.Services[1].Hide = []string{"line"} })
	if got := look("1"); len(got) != 1 { // the patient proved the ticket
		t.Errorf("of a hidden line its owner is told %+v", got)
	}
}

func TestTransfer_NotWhereThereIsOneLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(func(c *clinic.Clinic) {
		c.Services, c.Rooms = c.Services[:1], []clinic.Room{{ID: "1", Name: "診察室", Services: []string{"1"}}}
	})
	w.issue("1", wire.IssueRequest{})
	if got := w.staff(w.login()).Services[0].Tickets[0].Acts; slices.Contains(got, "transfer") || !slices.Contains(got, "move") {
		t.Errorf("acts %v", got)
	}
}

func TestExam_WaitsInTheClinicAndComesBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.record(func(c *clinic.Clinic) { c.Services[0].ExamBack = 1 })
		mine := w.issue("1", wire.IssueRequest{})
		for range 3 {
			w.issue("1", wire.IssueRequest{})
		}
		w.callNext(cookie, "1", "1")
		got := w.act(cookie, mine.Ticket.ID, "exam")
		if got.State != "held" || got.Reason != "exam" || got.Todo != wire.TodoExam || got.Presence != "here" || got.Room != "" {
			t.Errorf("at the exam %+v", got)
		}
		if back := w.act(cookie, mine.Ticket.ID, "return"); back.State != "waiting" || back.Todo == wire.TodoExam {
			t.Errorf("back %+v", back)
		}
		if line := w.board("1").Line; !slices.Equal(line, []int{2, 1, 3, 4}) {
			t.Errorf("line %v", line)
		}
		if held := w.issue("1", wire.IssueRequest{}); w.act(cookie, held.Ticket.ID, "hold").Todo != wire.TodoDesk {
			t.Error("who is held without an exam is not sent to the desk")
		}
	})
}

func TestDuty_IsOnTheBoardWhileItLasts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.sessions(9, 18, 0, 0) // it is noon there, so that the day does not end in the next hour
		w.issue("1", wire.IssueRequest{})
		until := time.Now().Add(time.Hour).Truncate(time.Second)
		put := func(room string, d wire.DutyRequest) wire.DutyRequest {
			return get[wire.DutyRequest](w, 200, ask{method: "PUT", path: "/v1/clinics/" + w.number() + "/rooms/" + room + "/duty", cookie: cookie, body: d})
		}
		if got := put("1", wire.DutyRequest{Duty: "break", Until: &until}); got.Duty != "break" || got.Until == nil || !got.Until.Equal(until) {
			t.Errorf("answer %+v", got)
		}
		put("3", wire.DutyRequest{Duty: "off"})
		one, two := w.board("1").Resting, w.board("2").Resting
		if len(one) != 1 || one[0].Room != "1" || one[0].RoomName != "第1診察室" || one[0].Duty != "break" || one[0].Until == nil || !one[0].Until.Equal(until) {
			t.Errorf("resting %+v", one)
		}
		if len(two) != 2 || two[1].Room != "3" || two[1].Duty != "off" || two[1].Until != nil {
			t.Errorf("resting at the other %+v", two)
		}
		rooms := w.staff(cookie).Rooms
		if rooms[0].Duty != "break" || rooms[0].Until == nil || rooms[1].Duty != "on" || rooms[1].Until != nil || rooms[2].Duty != "off" || rooms[2].Until != nil {
			t.Errorf("rooms %+v", rooms)
		}
		call := ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/call", key: freshKey(), cookie: cookie, body: wire.CallRequest{Room: "1"}}
		w.refused(409, "room_off_duty", call)
		if got := put("1", wire.DutyRequest{Duty: "on", Until: &until}); got.Until != nil {
			t.Errorf("on duty until %v", got.Until)
		}
		if got := w.board("1").Resting; got != nil {
			t.Errorf("still resting %+v", got)
		}
		w.callNext(cookie, "1", "1")
	})
}

func TestWaiting_CountsTheAbsentWhereTheClinicDoes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.record(func(c *clinic.Clinic) {
			c.Services[0].CountAbsent, c.Services[0].Note = true, "検査のない方の目安です"
		})
		away := w.issue("1", wire.IssueRequest{PartySize: 2})
		w.issue("1", wire.IssueRequest{})
		w.callNext(cookie, "1", "1")
		w.act(cookie, away.Ticket.ID, "absent")
		b := w.board("1")
		if b.Waiting.Tickets != 2 || b.Waiting.People != 3 || !slices.Equal(b.Line, []int{2}) || !slices.Equal(b.Absent, []int{1}) || b.WaitNote == "" {
			t.Errorf("board %+v, waiting %+v", b, b.Waiting)
		}
	})
}

package main

import (
	"fmt"
	"time"

	"junban/api/wire"
)

// The sample tickets: that of the patient who views the page, and others.
const (
	ownID    = "1234-1-261121-27"
	ownToken = "AAAAAAAAAAAAAAAAAAAAAA"
	ownLink  = "#" + ownID + "." + ownToken
	ownCode  = "4821"
)

func ahead(n int) *int { return &n }

// ticket returns the patient's own ticket, some way from its turn.
func ticket(change ...func(*wire.Ticket)) wire.Ticket {
	t := wire.Ticket{
		ID: ownID, Service: medicine, ServiceName: "内科", Day: day, Number: 27, Session: "morning", StartsAt: until(9, 0), State: "waiting", PartySize: 1,
		Ahead: ahead(9), Unit: "組", WaitMinutes: &wire.WaitRange{Low: 25, High: 40}, Todo: wire.TodoWait,
		Absence: &wire.Absence{Rule: "back_n", Back: 3, MaxCalls: 3, Tolerance: 2}, Cancellable: true, IssuedAt: at(9, 41),
	}
	for _, c := range change {
		c(&t)
	}
	if t.Advice == "" {
		t.Advice = adviceOf(t)
	}
	return t
}

// adviceOf returns the advice for a sample ticket.
func adviceOf(t wire.Ticket) string {
	here := t.Presence == "here"
	switch {
	case t.State == "absent" && here:
		return "absentHere"
	case t.State == "absent":
		return "absent"
	case t.State == "waiting" && here && t.Todo != wire.TodoLater:
		return "here"
	case t.Todo == wire.TodoNone && t.State != "done":
		return "cancelled"
	}
	return t.Todo
}

// device returns the storage of a device with tickets, newest first, each with
// its last state.
func device(tickets ...wire.Ticket) map[string]any {
	list := []map[string]any{}
	for _, t := range tickets {
		list = append(list, map[string]any{
			"id": t.ID, "token": ownToken, "cancelCode": ownCode, "clinic": clinicName, "last": t, "at": now.Add(-time.Minute).UnixMilli(), "from": 14,
		})
	}
	return map[string]any{"junban.tickets": list}
}

// child returns a further ticket of a family.
func child(number int, change ...func(*wire.Ticket)) wire.Ticket {
	t := ticket(change...)
	t.ID, t.Service, t.ServiceName = fmt.Sprintf("%s-261121-%d", children, number), children, "小児科"
	if t.Number > 0 {
		t.Number = number
	}
	return t
}

func ticketFrame(t wire.Ticket) wire.Frame {
	return wire.Frame{Type: wire.TypeTicket, Topic: "ticket:" + t.ID, Epoch: "k3f9a1", Version: 512, At: wire.Time{Time: now}, Ticket: &t}
}

func near(t *wire.Ticket) {
	t.Ahead, t.WaitMinutes, t.Todo = ahead(3), &wire.WaitRange{Low: 5, High: 15}, wire.TodoCome
}
func comeAt(t *wire.Ticket) { t.ComeAt = 4 }
func next(t *wire.Ticket) {
	t.Ahead, t.WaitMinutes, t.Todo, t.Presence = ahead(0), &wire.WaitRange{High: 10}, wire.TodoCome, "here"
}
func out(t *wire.Ticket) { t.Presence = "out" }
func called(t *wire.Ticket) {
	t.State, t.Todo, t.Room, t.RoomName, t.Attempt, t.Presence = "called", wire.TodoEnter, "1", "第1診察室", 1, "here"
	t.CalledAt, t.Ahead, t.WaitMinutes = until(10, 23), nil, nil
}
func again(t *wire.Ticket) { called(t); t.Attempt = 2 }
func inService(t *wire.Ticket) {
	called(t)
	t.State, t.Todo, t.Absence, t.Cancellable = "in_service", wire.TodoStay, nil, false
}
func absent(t *wire.Ticket) {
	t.State, t.Todo, t.Attempt, t.Presence, t.Ahead, t.WaitMinutes = "absent", wire.TodoDesk, 1, "out", nil, nil
}
func under(rule wire.Absence) func(*wire.Ticket) {
	return func(t *wire.Ticket) { t.Absence = &rule }
}
func back(t *wire.Ticket) { t.Returned, t.Presence, t.Attempt = true, "here", 1 }
func held(t *wire.Ticket) {
	t.State, t.Todo, t.Reason, t.Presence, t.Ahead, t.WaitMinutes, t.Absence = "held", wire.TodoDesk, "desk", "here", nil, nil, nil
}
func exam(t *wire.Ticket) { held(t); t.Todo, t.Reason = wire.TodoExam, "exam" }
func moved(t *wire.Ticket) {
	t.Notice, t.Overrunning = &wire.Notice{Reason: "exam", At: at(10, 15)}, true
}
func laterOn(t *wire.Ticket) {
	t.Day, t.Session, t.State, t.Todo, t.Ahead, t.WaitMinutes, t.Absence = "2026-11-24", "morning", "booked", wire.TodoLater, nil, nil, nil
}
func beforeStart(t *wire.Ticket) {
	t.Ahead, t.ComeAt, t.Advice = ahead(2), 4, "start"
	t.Session, t.StartsAt, t.WaitMinutes = "afternoon", until(15, 0), &wire.WaitRange{Low: 275, High: 300, At: until(15, 0)}
}
func dayClosed(t *wire.Ticket) {
	laterOn(t)
	t.StartsAt, t.Todo, t.Advice = nil, wire.TodoDesk, "closed"
}
func dayShort(t *wire.Ticket)  { t.Session, t.Todo, t.Advice = "morning", wire.TodoDesk, "short" }
func neverCame(t *wire.Ticket) { absent(t); t.Presence, t.Advice = "", "missed" }
func recordLost(t *wire.Ticket) {
	t.State, t.Todo, t.Advice, t.Ahead, t.WaitMinutes, t.Absence = "lost", wire.TodoDesk, "lost", nil, nil, nil
}

// dayOver makes the ticket one of yesterday, which the end of that day has not
// closed yet.
func dayOver(t *wire.Ticket) {
	t.Day, t.StartsAt, t.Todo, t.Advice, t.Cancellable = "2026-11-20", nil, wire.TodoNone, "cancelled", false
	t.Ahead, t.WaitMinutes, t.Absence = nil, nil, nil
}
func unnumbered(t *wire.Ticket)  { laterOn(t); t.Number = 0 }
func transferred(t *wire.Ticket) { t.Line, t.LineName = "1234-3", "皮膚科" }
func family(t *wire.Ticket)      { t.PartySize = 3 }
func ended(state, reason string) func(*wire.Ticket) {
	return func(t *wire.Ticket) {
		t.State, t.Reason, t.Todo, t.Advice, t.EndedAt = state, reason, wire.TodoNone, "", until(10, 20)
		t.Ahead, t.WaitMinutes, t.Absence, t.Cancellable = nil, nil, nil, false
	}
}

// staffTicket returns a ticket as the desk sees it.
func staffTicket(number int, name, state string, change ...func(*wire.StaffTicket)) wire.StaffTicket {
	id := fmt.Sprintf("%s-261121-%d", medicine, number)
	t := wire.StaffTicket{
		Ticket: wire.Ticket{
			ID: id, Service: medicine, ServiceName: "内科", Day: day, Number: number, State: state, PartySize: 1, IssuedAt: at(9, 5+number),
		},
		Name: name, Channel: "web", Leg: 0, Acts: actsOf[state],
	}
	for _, c := range change {
		c(&t)
	}
	return t
}

// actsOf has the acts of the desk on a ticket, by state.
var actsOf = map[string][]string{
	"waiting":    {"call", "transfer", "move", "hold", "cancel", "no_show", "edit"},
	"called":     {"recall", "enter", "finish", "absent", "exam", "transfer", "hold", "undo"},
	"in_service": {"finish", "exam", "transfer", "undo"},
	"lost":       {"readmit", "cancel"},
	"absent":     {"return", "transfer", "move", "cancel", "no_show", "undo"},
	"held":       {"return", "transfer", "move", "resume", "cancel", "no_show", "undo"},
	"done":       {"undo"},
	"no_show":    {},
}

package view

import (
	"cmp"
	"math"
	"time"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// todos are the coarse forms of the advices that have another one.
var todos = map[queue.Advice]string{
	queue.AdviseStart: wire.TodoWait, queue.AdviseClosed: wire.TodoDesk, queue.AdviseShort: wire.TodoDesk,
	queue.AdviseMissed: wire.TodoDesk, queue.AdviseAbsent: wire.TodoDesk, queue.AdviseAbsentHere: wire.TodoDesk,
	queue.AdviseCancelled: wire.TodoNone, queue.AdviseLost: wire.TodoDesk,
}

// advised is the advice to the owner of a ticket, and when its session begins.
type advised struct {
	advice, todo string
	starts       time.Time // zero: no session
}

// write writes the advice into a ticket.
func (a advised) write(v View, w *wire.Ticket) {
	w.Advice, w.Todo, w.StartsAt = a.advice, a.todo, v.AtIfAny(a.starts)
}

// advise returns the advice to the owner of a ticket. low is the lower estimate until its
// call; negative means no estimate. today are the sessions of its service today; nil:
// they are read from the timetable. Later means that its day has not come. Short means
// that the session was shortened, and the desk has not informed the patient yet. Sent means
// that the newest notice has asked the patient to come.
func (v *View) advise(t *queue.Ticket, before int, now time.Time, low time.Duration, today []hours.Session, later, short, sent bool) advised {
	consult, closed := v.session(t, today)
	if t.Slot != "" {
		consult = hours.Window{From: t.SlotFrom, To: consult.To} // the patient comes for the slot's start (A02)
	}
	service, _ := v.Clinic.Service(t.Line)
	is := queue.Situation{
		State: t.State, Presence: t.Presence, Exam: t.Reason == queue.ReasonExam, Later: later, Closed: closed,
		Short: short && !closed, Sent: sent,
		Few: before != Unknown && before <= service.ComeAt, Start: consult.From, End: consult.To, Now: now, Wait: low,
	}
	advice := is.Advice()
	a := advised{string(advice), cmp.Or(todos[advice], string(advice)), consult.From}
	if advice == queue.AdviseHere { // todo keeps its older meaning: what to do if the patient was not here
		is.Presence, is.Closed, is.Short = queue.NotArrived, false, false
		a.todo = cmp.Or(todos[is.Advice()], string(is.Advice()))
	}
	return a
}

// session returns the consultation of a ticket's session. Closed means that the
// timetable no longer has that session.
func (v *View) session(t *queue.Ticket, today []hours.Session) (consult hours.Window, closed bool) {
	if t.Session == "" {
		return consult, false
	}
	sessions := today
	if sessions == nil {
		svc, ok := v.Clinic.Service(t.ID.Ref().Service)
		calendar, timed := v.Clinic.Timetable(svc)
		if !ok || !timed {
			return consult, false
		}
		sessions = calendar.Sessions(string(t.ID.Day()), v.Zone)
	}
	for _, s := range sessions {
		if s.ID == t.Session {
			return s.Consult, false
		}
	}
	return consult, true
}

// Unknown stands for a number of those ahead that was not read.
const Unknown = -1

// ahead is あと何人 in the unit that the clinic speaks of.
func ahead(s clinic.Service, tickets, people int) int {
	if s.Unit == "組" {
		return tickets
	}
	return people
}

// Ticket encodes a ticket outside of a snapshot, at this moment.
func (v View) Ticket(t queue.Ticket, before int, to Audience) wire.Ticket {
	now := v.Now
	if now.IsZero() {
		now = time.Now()
	}
	w := v.visit(t, before, to, v.whyNotCancel(&t, before, now))
	v.advise(&t, before, now, -1, nil, t.ID.Day() > v.Clinic.DayOf(now, v.Zone), false, false).write(v, &w)
	return w
}

// visit encodes a ticket without the advice; before is how many are ahead of it,
// or [Unknown], and whyNot the code of why its owner cannot cancel it, or "". The line in
// which it stands decides how they are counted, and what becomes of the absent.
func (v View) visit(t queue.Ticket, before int, to Audience, whyNot string) wire.Ticket {
	ref := t.ID.Ref()
	s, _ := v.Clinic.Service(ref.Service) // a service that was taken out of the record leaves its tickets without a name
	service, _ := v.Clinic.Service(t.Line)
	waits := t.State == queue.Waiting && before != Unknown
	w := wire.Ticket{
		ID: string(t.ID), Service: ref.String(), ServiceName: s.Name, Day: string(t.ID.Day()),
		Number: t.Number, Session: t.Session, State: string(t.State), Presence: string(t.Presence), Reason: t.Reason, PartySize: t.Party,
		Attempt: t.Attempt, Returned: t.Returned,
		IssuedAt: v.At(t.Issued), CalledAt: v.AtIfAny(t.Called), EndedAt: v.AtIfAny(t.Ended),
		MovedTo: string(t.MovedTo), MovedFrom: string(t.MovedFrom),
	}
	if t.Slot != "" {
		w.Slot, w.SlotEnd, w.SlotFrom, w.SlotTo = t.Slot, t.SlotEnd, v.AtIfAny(t.SlotFrom), v.AtIfAny(t.SlotTo)
		w.Late, w.ArrivedAt = t.Late, v.AtIfAny(t.Arrived)
	}
	if t.LineSlot != t.Slot {
		w.LineSlot = t.LineSlot
	}
	if w.WhyNot = whyNot; whyNot == "" {
		w.Cancellable, w.CancelUntil = true, v.AtIfAny(queue.CancelUntil(v.Clinic, t))
	}
	if t.State.Ended() {
		w.WhyNot = "" // the state says it
	}
	if t.Line != ref.Service {
		w.Line, w.LineName = clinic.Ref{Clinic: ref.Clinic, Service: t.Line}.String(), service.Name
	}
	if t.State == queue.Called || t.State == queue.InService {
		w.Room, w.RoomName = t.Room, v.roomName(t.Room)
	}
	if t.State == queue.Waiting || t.State == queue.Called || t.State == queue.Absent {
		rule := wire.Absence(service.Absence)
		w.Absence = &rule
	}
	if waits && (to == ToDesk || !service.Hides("ahead")) {
		w.Ahead, w.Unit, w.ComeAt = &before, service.Unit, service.ComeAt
	}
	return w
}

// Standing is what a ticket's JSON is made of, beside the record and the sessions of the
// day. Two that are equal make the same JSON.
type Standing struct {
	Ticket      queue.Ticket
	before      int
	notice      queue.Notice
	wait        Wait
	overrunning bool
	affected    string
	whyNot      string // why its owner cannot cancel it
	advised
}

// StandingOf finds a ticket in the snapshot. It is cheaper than to encode it.
func (v *View) StandingOf(snap *queue.Snapshot, id queue.TicketID) (Standing, bool) {
	t, l, tickets, people, ok := snap.Find(id)
	if !ok {
		return Standing{}, false
	}
	at := place{Unknown, Unknown}
	if t.State == queue.Waiting {
		at = place{ahead(l.Service, tickets, people), tickets}
	}
	return v.standing(snap, l, &t, at), true
}

// standing is [View.StandingOf] of a ticket whose line and position are known.
func (v *View) standing(snap *queue.Snapshot, l *queue.Line, t *queue.Ticket, at place) Standing {
	s := Standing{Ticket: *t, before: at.before, affected: snap.Affected(*t), whyNot: v.whyNotCancel(t, at.tickets, snap.At)}
	if !t.State.Ended() {
		s.notice = l.Notice
	}
	s.wait, s.overrunning = v.waitOf(t, l)
	wait := s.wait
	if s.affected != "" && wait.none() { // the advice depends on the wait, even where it is hidden
		wait = v.waits().tickets[t.ID].Wait
	}
	low := wait.Low
	if wait.none() {
		low = -1
	}
	var today []hours.Session
	if t.ID.Ref() == l.Ref {
		today = l.Sessions
	}
	s.advised = v.advise(t, at.before, snap.At, low, today, false, s.affected != "", snap.Told[t.ID].Comes(*t))
	return s
}

// Encode encodes the ticket.
func (s *Standing) Encode(v View, to Audience) wire.Ticket {
	w := v.visit(s.Ticket, s.before, to, s.whyNot)
	w.Notice = v.notice(s.notice)
	w.WaitMinutes, w.Overrunning = v.minutes(s.wait), s.overrunning
	s.write(v, &w)
	return w
}

// whyNotCancel returns the code of why the owner of a ticket cannot cancel it now, or "".
// Before is how many tickets are ahead; [Unknown] stands for any number.
func (v *View) whyNotCancel(t *queue.Ticket, before int, now time.Time) string {
	if before == Unknown {
		before = math.MaxInt
	}
	if why := queue.WhyNotCancel(v.Clinic, *t, before, now); why != nil {
		return why.Code()
	}
	return ""
}

// FindTicket finds a ticket in the snapshot and encodes it.
func (v View) FindTicket(snap *queue.Snapshot, id queue.TicketID, to Audience) (wire.Ticket, bool) {
	s, ok := v.StandingOf(snap, id)
	if !ok {
		return wire.Ticket{}, false
	}
	return s.Encode(v, to), true
}

// over encodes a ticket of a past day. It no longer waits, and has no action left.
func over(w wire.Ticket) wire.Ticket {
	w.Todo, w.Cancellable, w.CancelUntil, w.WhyNot = wire.TodoNone, false, nil, ""
	w.Absence, w.Ahead, w.Unit, w.ComeAt = nil, nil, "", 0
	if w.Advice != string(queue.AdviseNone) {
		w.Advice = string(queue.AdviseCancelled)
	}
	return w
}

// Past encodes a ticket that the snapshot of its clinic does not show.
func (v View) Past(today clinic.Day, t queue.Ticket) wire.Ticket {
	w := v.Ticket(t, Unknown, ToPublic)
	if t.ID.Day() < today {
		return over(w)
	}
	return w
}

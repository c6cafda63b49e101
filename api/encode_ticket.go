package api

import (
	"junban/api/wire"
	"junban/queue"
)

// todo is what a patient should do now. near says that few enough are ahead: a
// clinic that hides how many still wants its patients to come in time; later that
// the ticket's day has not come.
func todo(t queue.Ticket, near, later bool) string {
	if later && !t.State.Ended() {
		return wire.TodoLater
	}
	switch t.State {
	case queue.Waiting:
		if near {
			return wire.TodoCome
		}
		return wire.TodoWait
	case queue.Called:
		return wire.TodoEnter
	case queue.InService:
		return wire.TodoStay
	case queue.Held:
		if t.Reason == queue.ReasonExam {
			return wire.TodoExam
		}
		return wire.TodoDesk
	case queue.Absent, queue.Lost:
		return wire.TodoDesk
	default:
		return wire.TodoNone
	}
}

// unknown stands for a number of those ahead that was not read.
const unknown = -1

// ahead is あと何人 in the unit that the clinic speaks of.
func ahead(s queue.Service, tickets, people int) int {
	if s.Unit == "組" {
		return tickets
	}
	return people
}

// ticket says a ticket; before is how many are ahead of it, or [unknown]. The
// line in which it stands says how they are counted, and what becomes of the absent.
func (v view) ticket(t queue.Ticket, before int, to audience) wire.Ticket {
	ref := t.ID.Ref()
	s, _ := v.clinic.Service(ref.Service) // a service that was taken out of the record leaves its tickets without a name
	lane, _ := v.clinic.Service(t.Lane)
	waits := t.State == queue.Waiting && before != unknown
	w := wire.Ticket{
		ID: string(t.ID), Service: ref.String(), ServiceName: s.Name, Day: string(t.ID.Day()),
		Number: t.Number, Session: t.Session, State: string(t.State), Presence: string(t.Presence), Reason: t.Reason, PartySize: t.Party,
		Attempt: t.Attempt, Returned: t.Returned,
		Todo:        todo(t, waits && before <= lane.ComeAt, t.ID.Day() > v.today()),
		Cancellable: t.HasCode && s.WebCancel && t.State.Allows(queue.Cancel),
		IssuedAt:    v.at(t.Issued), CalledAt: v.atIfAny(t.Called), EndedAt: v.atIfAny(t.Ended),
	}
	if t.Lane != ref.Service {
		w.Lane, w.LaneName = queue.Ref{Clinic: ref.Clinic, Service: t.Lane}.String(), lane.Name
	}
	if t.State == queue.Called || t.State == queue.InService {
		w.Room, w.RoomName = t.Room, v.roomName(t.Room)
	}
	if t.State == queue.Waiting || t.State == queue.Called || t.State == queue.Absent {
		rule := wire.Absence(lane.Absence)
		w.Absence = &rule
	}
	if waits && (to == toDesk || !lane.Hides("ahead")) {
		w.Ahead, w.Unit, w.ComeAt = &before, lane.Unit, lane.ComeAt
	}
	return w
}

// standing says a ticket that a snapshot shows in a line.
func (v view) standing(t queue.Ticket, l *queue.Line, tickets, people int, to audience) wire.Ticket {
	w := v.ticket(t, ahead(l.Service, tickets, people), to)
	if !t.State.Ended() {
		w.Notice = v.notice(l.Notice)
	}
	if to == toDesk || !l.Service.Hides("waitMinutes") {
		wait, overrunning := v.waitOf(t)
		w.WaitMinutes, w.Overrunning = minutes(wait), overrunning
	}
	return w
}

// place finds a ticket in the snapshot and says it.
func (v view) place(snap *queue.Snapshot, id queue.TicketID, to audience) (wire.Ticket, bool) {
	t, l, tickets, people, ok := snap.Find(id)
	if !ok {
		return wire.Ticket{}, false
	}
	return v.standing(t, l, tickets, people, to), true
}

// over says a ticket of a day that is past: nobody waits any more, and there
// is nothing left to do or to cancel.
func over(w wire.Ticket) wire.Ticket {
	w.Todo, w.Cancellable, w.Absence, w.Ahead, w.Unit, w.ComeAt = wire.TodoNone, false, nil, nil, "", 0
	return w
}

// past says a ticket that the snapshot of its clinic does not show.
func (v view) past(today queue.Day, t queue.Ticket) wire.Ticket {
	w := v.ticket(t, unknown, toPublic)
	if t.ID.Day() < today {
		return over(w)
	}
	return w
}

package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"junban/api/wire"
	"junban/hub"
	"junban/queue"
)

// audience is who an object is said to.
type audience bool

const (
	toPublic audience = true  // hidden figures are left out
	toDesk   audience = false // everything
)

const (
	lineShown = 50  // of the next numbers, on a board
	deskShown = 500 // of the waiting tickets, at the desk
)

// view says a clinic's state in the contract's words, in the clinic's zone.
type view struct {
	clinic queue.Clinic
	zone   *time.Location
}

func (v view) at(t time.Time) wire.Time { return wire.Time{Time: t.In(v.zone)} }

func (v view) atIfAny(t time.Time) *wire.Time {
	if t.IsZero() {
		return nil
	}
	at := v.at(t)
	return &at
}

// roomName falls back to the id of a room that is no longer in the record.
func (v view) roomName(id string) string {
	if r, ok := v.clinic.Room(id); ok {
		return r.Name
	}
	return id
}

// availability is 空き状況 of the web desk, which has no quota yet.
func availability(r queue.Reception) string {
	switch r {
	case queue.Open:
		return "many"
	case queue.Paused:
		return "stopped"
	default:
		return "closed"
	}
}

func (v view) message(m queue.Message) *wire.Message {
	if m.Text == "" {
		return nil
	}
	return &wire.Message{Text: m.Text, Until: v.atIfAny(m.Until)}
}

func numbers(tickets []queue.Ticket) []int {
	ns := make([]int, len(tickets))
	for i, t := range tickets {
		ns[i] = t.Number
	}
	return ns
}

func (v view) board(day queue.Day, l *queue.Line, to audience) wire.Board {
	b := wire.Board{
		Service: l.Ref.String(), Name: l.Service.Name, Mode: l.Service.Mode, Day: string(day),
		Reception: string(l.Reception),
	}
	shows := func(figure string) bool { return to == toDesk || !l.Service.Hides(figure) }
	if shows("availability") {
		b.Availability = availability(l.Reception)
	}
	if shows("calling") {
		b.Calling = []wire.Calling{}
		for _, t := range l.Calling() {
			b.Calling = append(b.Calling, wire.Calling{Number: t.Number, Room: t.Room, RoomName: v.roomName(t.Room), At: v.at(t.Called)})
		}
	}
	if shows("waiting") {
		b.Waiting = &wire.Waiting{Tickets: len(l.Waiting), People: l.People(), Unit: l.Service.Unit}
	}
	if shows("absent") {
		b.Absent = numbers(l.Absent)
		slices.Sort(b.Absent)
	}
	if shows("line") {
		b.Line = numbers(l.Waiting[:min(len(l.Waiting), lineShown)])
	}
	if shows("message") {
		b.Message = v.message(l.Shown())
	}
	return b
}

// profile is what the record says of the clinic.
func (v view) profile() wire.Clinic {
	c := v.clinic
	return wire.Clinic{Clinic: string(c.ID), Name: c.Name, Address: c.Address, Phone: c.Phone, Hours: c.Hours}
}

func services(c queue.Clinic) []wire.Service {
	all := make([]wire.Service, len(c.Services))
	for i, s := range c.Services {
		all[i] = wire.Service{Service: queue.Ref{Clinic: c.ID, Service: s.ID}.String(), Name: s.Name, Mode: s.Mode, MaxParty: s.MaxParty}
	}
	return all
}

func (v view) boards(snap *queue.Snapshot) wire.Clinic {
	c := v.profile()
	c.Boards = make([]wire.Board, len(snap.Lines))
	for i := range snap.Lines {
		c.Boards[i] = v.board(snap.Day, &snap.Lines[i], toPublic)
	}
	return c
}

// todo is what a patient should do now. near says that few enough are ahead: a
// clinic that hides how many still wants its patients to come in time.
func todo(s queue.State, near bool) string {
	switch s {
	case queue.Waiting:
		if near {
			return wire.TodoCome
		}
		return wire.TodoWait
	case queue.Called:
		return wire.TodoEnter
	case queue.InService:
		return wire.TodoStay
	case queue.Absent, queue.Held:
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

// ticket says a ticket; before is how many are ahead of it, or [unknown].
func (v view) ticket(t queue.Ticket, before int, to audience) wire.Ticket {
	ref := t.ID.Ref()
	s, _ := v.clinic.Service(ref.Service) // a service that was taken out of the record leaves its tickets without a name
	waits := t.State == queue.Waiting && before != unknown
	w := wire.Ticket{
		ID: string(t.ID), Service: ref.String(), ServiceName: s.Name, Day: string(t.ID.Day()),
		Number: t.Number, State: string(t.State), PartySize: t.Party,
		Attempt: t.Attempt, Returned: t.Returned,
		Todo:        todo(t.State, waits && before <= s.ComeAt),
		Cancellable: t.HasCode && s.WebCancel && t.State.Allows(queue.Cancel),
		IssuedAt:    v.at(t.Issued), CalledAt: v.atIfAny(t.Called), EndedAt: v.atIfAny(t.Ended),
	}
	if t.State == queue.Called || t.State == queue.InService {
		w.Room, w.RoomName = t.Room, v.roomName(t.Room)
	}
	if waits && (to == toDesk || !s.Hides("ahead")) {
		w.Ahead, w.Unit = &before, s.Unit
	}
	return w
}

// over says a ticket of a day that is past: nobody waits any more, and there
// is nothing left to do or to cancel.
func over(w wire.Ticket) wire.Ticket {
	w.Todo, w.Cancellable, w.Ahead, w.Unit = wire.TodoNone, false, nil, ""
	return w
}

// place finds a ticket in the snapshot and says it.
func (v view) place(snap *queue.Snapshot, id queue.TicketID, to audience) (queue.Ticket, wire.Ticket, bool) {
	t, l, tickets, people, ok := snap.Find(id)
	if !ok {
		return queue.Ticket{}, wire.Ticket{}, false
	}
	return t, v.ticket(t, ahead(l.Service, tickets, people), to), true
}

// past says a ticket that the snapshot of its clinic does not show.
func (v view) past(today queue.Day, t queue.Ticket) wire.Ticket {
	w := v.ticket(t, unknown, toPublic)
	if t.ID.Day() != today {
		return over(w)
	}
	return w
}

func (v view) staff(snap *queue.Snapshot) wire.Staff {
	c := v.clinic
	w := wire.Staff{Clinic: string(c.ID), Name: c.Name, Rooms: []wire.Room{}, Services: []wire.StaffService{}}
	for _, r := range c.Rooms {
		room := wire.Room{ID: r.ID, Name: r.Name, Services: []string{}}
		for _, id := range r.Services {
			room.Services = append(room.Services, queue.Ref{Clinic: c.ID, Service: id}.String())
		}
		w.Rooms = append(w.Rooms, room)
	}
	for i := range snap.Lines {
		w.Services = append(w.Services, v.desk(snap, &snap.Lines[i]))
	}
	return w
}

func (v view) desk(snap *queue.Snapshot, l *queue.Line) wire.StaffService {
	w := wire.StaffService{
		Board: v.board(snap.Day, l, toDesk), Hidden: append([]string{}, l.Service.Hide...),
		Standing: l.Standing, Temporary: v.message(l.Temporary), Tickets: []wire.StaffTicket{},
	}
	waiting := l.Waiting[:min(len(l.Waiting), deskShown)]
	for _, group := range [][]queue.Ticket{l.Open, waiting, l.Absent, l.Held, l.Ended} {
		for _, t := range group {
			_, said, _ := v.place(snap, t.ID, toDesk)
			p := snap.Patients[t.ID]
			st := wire.StaffTicket{
				Ticket: said, Name: p.Name, Phone: p.Phone, CardNumber: p.CardNumber, FirstVisit: t.FirstVisit,
				Channel: t.Channel, Acts: []string{}, LastAct: string(t.LastAct),
			}
			for _, verb := range t.Acts() {
				st.Acts = append(st.Acts, string(verb))
			}
			w.Tickets = append(w.Tickets, st)
		}
	}
	return w
}

// frame encodes the state of a topic, once for everybody. Its type is also the
// key under which the state stands.
func (v view) frame(snap *queue.Snapshot, t topic, state any) (hub.Frame, error) {
	content, err := json.Marshal(state)
	if err != nil {
		return hub.Frame{}, fmt.Errorf("encode %s: %w", t.kind, err)
	}
	kind := frameTypes[t.kind]
	body, err := json.Marshal(wire.Frame{Type: kind, Topic: string(t.name), Epoch: snap.Epoch, Version: snap.Version, At: v.at(snap.At)})
	if err != nil {
		return hub.Frame{}, fmt.Errorf("encode %s: %w", t.kind, err)
	}
	body = fmt.Appendf(body[:len(body)-1], `,%q:`, kind)
	from := len(body)
	body = append(append(body, content...), '}')
	return hub.Frame{Epoch: snap.Epoch, Version: snap.Version, At: snap.At, Body: body, Content: body[from : len(body)-1]}, nil
}

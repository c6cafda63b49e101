package view

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"junban/api/wire"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
)

// Audience is the reader of an object.
type Audience bool

const (
	ToPublic Audience = true  // hidden figures are left out
	ToDesk   Audience = false // everything but hidden minutes, which are not computed
)

// lineShown is how many of the next numbers a board shows.
const lineShown = 50

// View encodes a clinic's state in the contract's words and the clinic's zone.
type View struct {
	Clinic clinic.Clinic
	Zone   *time.Location
	Now    time.Time     // Redis time
	Waits  func() *Waits // makes the forecast when a figure needs it; nil: no waits are shown
}

func (v View) At(t time.Time) wire.Time { return wire.Time{Time: t.In(v.Zone)} }

func (v View) AtIfAny(t time.Time) *wire.Time {
	if t.IsZero() {
		return nil
	}
	at := v.At(t)
	return &at
}

// roomName falls back to the id of a room that is no longer in the record.
func (v View) roomName(id string) string {
	if r, ok := v.Clinic.Room(id); ok {
		return r.Name
	}
	return id
}

func (v View) message(m queue.Message) *wire.Message {
	if m.Text == "" {
		return nil
	}
	return &wire.Message{Text: m.Text, Until: v.AtIfAny(m.Until)}
}

// numbers are those that the line's own service gave, and beside them the guests.
func numbers(l *queue.Line, tickets []queue.Ticket) (own []int, guests []wire.Guest) {
	own = []int{}
	for _, t := range tickets {
		if of := t.ID.Ref(); of != l.Ref {
			guests = append(guests, wire.Guest{Number: t.Number, Of: of.String(), State: string(t.State)})
			continue
		}
		own = append(own, t.Number)
	}
	return own, guests
}

func (v View) Board(snap *queue.Snapshot, l *queue.Line, to Audience) wire.Board {
	b := wire.Board{
		Service: l.Ref.String(), Name: l.Service.Name, Mode: l.Service.Mode, Day: string(snap.Day), Session: l.Session,
		Reception: string(l.Reception), OpensAt: v.AtIfAny(l.OpensAt), ClosesAt: v.AtIfAny(l.ClosesAt),
		DayNotes: DayNotes(l), Notice: v.notice(l.Notice), Resting: v.resting(snap, l),
	}
	shows := func(figure string) bool { return to == ToDesk || !l.Service.Hides(figure) }
	if l.Reception == queue.Paused || l.Reception == queue.Closed {
		b.StopReason = l.Manual.Reason
	}
	if shows("availability") {
		b.Availability = string(l.Availability)
		if l.FirstVisit != l.Availability {
			b.FirstVisit = string(l.FirstVisit)
		}
	}
	if shows("calling") {
		b.Calling = []wire.Calling{}
		for _, t := range l.Calling() {
			call := wire.Calling{Number: t.Number, Room: t.Room, RoomName: v.roomName(t.Room), At: v.At(t.Called)}
			if of := t.ID.Ref(); of != l.Ref {
				call.Of = of.String()
			}
			b.Calling = append(b.Calling, call)
		}
	}
	if shows("waiting") {
		b.Waiting = &wire.Waiting{Tickets: l.Tickets(), People: l.People(), Unit: l.Service.Unit}
	}
	if !l.Service.Hides("waitMinutes") {
		b.WaitMinutes, b.WaitNote = v.nextWait(l), l.Service.Note
		b.Overrunning = v.waits().overrunning[l.Service.ID]
	}
	if shows("absent") {
		b.Absent, b.Guests = numbers(l, l.Absent)
	}
	if shows("line") {
		var guests []wire.Guest
		next := l.Next()
		b.Line, guests = numbers(l, next[:min(len(next), lineShown)])
		b.Guests = append(guests, b.Guests...)
	}
	if shows("message") {
		b.Message = v.message(l.Shown())
	}
	if l.Service.BySlot() && shows("slots") {
		b.Slots = slots(l, shows("availability"))
	}
	return b
}

// DayNotes are why today, and the dates until reception opens next, differ.
func DayNotes(l *queue.Line) (notes []wire.DayNote) {
	for _, n := range l.DayNotes {
		notes = append(notes, wire.DayNote(n))
	}
	return notes
}

// notice is why the order of a line was changed lately, or nil.
func (v View) notice(n queue.Notice) *wire.Notice {
	if n.Reason == "" {
		return nil
	}
	return &wire.Notice{Reason: n.Reason, At: v.At(n.At)}
}

// resting are the rooms of a line that take no patients for now.
func (v View) resting(snap *queue.Snapshot, l *queue.Line) (rooms []wire.Resting) {
	for _, r := range snap.Rooms {
		if r.Duty.State != queue.OnDuty && slices.Contains(r.Services, l.Service.ID) {
			rooms = append(rooms, wire.Resting{Room: r.ID, RoomName: r.Name, Duty: string(r.Duty.State), Until: v.backAt(snap, r.Duty)})
		}
	}
	return rooms
}

// backAt is when a room takes patients again, if the desk has set that. The end of the
// day does not count.
func (v View) backAt(snap *queue.Snapshot, d queue.Duty) *wire.Time {
	if _, end := v.Clinic.Bounds(snap.Day, v.Zone); !d.Until.Before(end) {
		return nil
	}
	return v.AtIfAny(d.Until)
}

// Profile is the public part of the clinic's record.
func (v View) Profile() wire.Clinic {
	c := v.Clinic
	return wire.Clinic{Clinic: string(c.ID), Name: c.Name, Area: c.Area, Departments: c.Departments, Address: c.Address, Phone: c.Phone, Hours: c.Hours}
}

func Services(c clinic.Clinic) []wire.Service {
	all := make([]wire.Service, len(c.Services))
	for i, s := range c.Services {
		all[i] = wire.Service{
			Service: clinic.Ref{Clinic: c.ID, Service: s.ID}.String(), Name: s.Name, Mode: s.Mode, MaxParty: s.MaxParty, Kinds: Kinds(s),
			Absence: wire.Absence(s.Absence), Identify: Identifies(s), BookingDays: s.Booking.Days,
			FirstVisit: cmp.Or(s.First, clinic.FirstByWeb),
		}
		if c.Card.Most > 0 {
			all[i].Card = &wire.Card{Least: c.Card.Least, Most: c.Card.Most}
		}
	}
	return all
}

func (v View) Boards(snap *queue.Snapshot) wire.Clinic {
	c := v.Profile()
	c.Boards = make([]wire.Board, len(snap.Lines))
	for i := range snap.Lines {
		c.Boards[i] = v.Board(snap, &snap.Lines[i], ToPublic)
	}
	return c
}

// Frame encodes the state of a topic, once for all watchers. Its type is also the key
// under which the state stands.
func (v View) Frame(snap *queue.Snapshot, t Topic, state any) (hub.Frame, error) {
	content, ok := state.(Text)
	if !ok {
		encoded, err := json.Marshal(state)
		if err != nil {
			return hub.Frame{}, fmt.Errorf("encode %s: %w", t.Kind, err)
		}
		content = Text{encoded}
	}
	kind := frameTypes[t.Kind]
	size := frameHead + len(t.Name) + len(snap.Epoch)
	for _, piece := range content {
		size += len(piece)
	}
	// What follows is a wire.Frame.
	o := object(make([]byte, 0, size))
	o.begin()
	o.text("type", kind)
	o.textIfAny("topic", string(t.Name))
	o.textIfAny("epoch", snap.Epoch)
	o.numberIfAny("version", int(snap.Version))
	if !snap.At.IsZero() {
		o.time("at", v.At(snap.At))
	}
	o.key(kind)
	from := len(o)
	for _, piece := range content {
		o = append(o, piece...)
	}
	to := len(o)
	o.end()
	return hub.Frame{Epoch: snap.Epoch, Version: snap.Version, At: snap.At, Body: o, Content: o[from:to]}, nil
}

// frameHead is more than a frame has beside its state, topic and epoch, in bytes.
const frameHead = 160

// Today is the business date of the view's clinic.
func (v View) Today() clinic.Day { return v.Clinic.DayOf(v.Now, v.Zone) }

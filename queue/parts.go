package queue

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
)

// parts are what Redis holds of a day, decoded. A snapshot is made of them for a moment.
// Snapshots that follow each other share them, so they never change once shared.
type parts struct {
	bounds Bounds
	desk   map[string]string            // the hash of the desk
	counts map[string]map[string]string // by service, as the day's meta has them
	called []Ticket                     // of all lines, the newest call first
	ended  []Ticket                     // of all lines, the newest first, at most endedRead
	more   bool                         // Redis may have older ones
	groups map[string]group             // by service
}

// group are the tickets of one line that are neither called nor ended.
type group struct{ waiting, absent, held, lost, booked []Ticket }

// of returns the tickets in a state.
func (g *group) of(s State) *[]Ticket {
	switch s {
	case Waiting:
		return &g.waiting
	case Absent:
		return &g.absent
	case Held:
		return &g.held
	case Lost:
		return &g.lost
	default:
		return &g.booked
	}
}

// Set is one of the sorted sets that hold the tickets of a day.
type Set string

// The sets. Every ticket is in one of them.
const (
	SetWaiting Set = "waiting" // of its line, by position
	SetAside   Set = "aside"   // of its line, by position
	SetCalled  Set = "called"  // of the day, by call
	SetEnded   Set = "ended"   // of the day, by end
)

// Set returns the set that holds the tickets of a state.
func (s State) Set() Set {
	switch {
	case s == Waiting:
		return SetWaiting
	case s == Called || s == InService:
		return SetCalled
	case s.Ended():
		return SetEnded
	default:
		return SetAside
	}
}

// byPosition is the order of a line, as its sorted set has it.
func byPosition(a, b Ticket) int {
	return cmp.Or(strings.Compare(a.Position, b.Position), strings.Compare(string(a.ID), string(b.ID)))
}

// byNumber is the order of the tickets that stand aside. A number may be there twice.
func byNumber(a, b Ticket) int { return cmp.Or(a.Number-b.Number, byPosition(a, b)) }

// newestFirst is the order of the called and of the ended.
func newestFirst(a, b Ticket) int {
	return cmp.Or(cmp.Compare(b.seq, a.seq), strings.Compare(string(b.ID), string(a.ID)))
}

// add appends a ticket to the part that its state belongs to; sort must follow.
func (p *parts) add(t Ticket) {
	switch t.State.Set() {
	case SetCalled:
		p.called = append(p.called, t)
	case SetEnded:
		p.ended = append(p.ended, t)
	default:
		g := p.groups[t.Line]
		into := g.of(t.State)
		*into = append(*into, t)
		p.groups[t.Line] = g
	}
}

// sort puts every part in its order.
func (p *parts) sort() {
	slices.SortFunc(p.called, newestFirst)
	slices.SortFunc(p.ended, newestFirst)
	for _, g := range p.groups {
		slices.SortFunc(g.waiting, byPosition)
		slices.SortFunc(g.booked, byPosition)
		for _, aside := range [][]Ticket{g.absent, g.held, g.lost} {
			slices.SortFunc(aside, byNumber)
		}
	}
}

// remove takes a ticket out, in copies of what held it. It was in that state and line.
func (p *parts) remove(id TicketID, state State, line string) {
	without := func(list []Ticket) []Ticket {
		i := slices.IndexFunc(list, func(t Ticket) bool { return t.ID == id })
		if i < 0 {
			return list
		}
		return slices.Concat(list[:i], list[i+1:])
	}
	switch state.Set() {
	case SetCalled:
		p.called = without(p.called)
	case SetEnded:
		p.ended = without(p.ended)
	default:
		g := p.groups[line]
		of := g.of(state)
		*of = without(*of)
		p.groups[line] = g
	}
}

// insert puts a ticket in its place, in a copy of what holds it.
func (p *parts) insert(t Ticket) {
	with := func(list []Ticket, order func(a, b Ticket) int) []Ticket {
		i, _ := slices.BinarySearchFunc(list, t, order)
		longer := make([]Ticket, 0, len(list)+1)
		return append(append(append(longer, list[:i]...), t), list[i:]...)
	}
	switch t.State.Set() {
	case SetCalled:
		p.called = with(p.called, newestFirst)
	case SetEnded:
		p.ended = with(p.ended, newestFirst)
	default:
		g := p.groups[t.Line]
		of, order := g.of(t.State), byNumber
		if t.State == Waiting || t.State == Booked {
			order = byPosition
		}
		*of = with(*of, order)
		p.groups[t.Line] = g
	}
}

// ofLine are those of a list that stand in one line, nil for none. They are the list
// itself where all do.
func ofLine(list []Ticket, line string) []Ticket {
	n := 0
	for i := range list {
		if list[i].Line == line {
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case len(list):
		return slices.Clip(list)
	}
	of := make([]Ticket, 0, n)
	for i := range list {
		if list[i].Line == line {
			of = append(of, list[i])
		}
	}
	return of
}

// build makes the snapshot's lines and rooms of the parts, for the moment s.At.
func (s *Snapshot) build(p *parts) {
	s.parts, s.expiry, s.Rooms = p, time.Time{}, nil
	s.rooms(p.desk)
	s.Lines = make([]Line, len(s.Clinic.Services))
	for i, service := range s.Clinic.Services {
		g, counts := p.groups[service.ID], p.counts[service.ID]
		l := &s.Lines[i]
		*l = Line{
			Ref: clinic.Ref{Clinic: s.Clinic.ID, Service: service.ID}, Service: service,
			Waiting: g.waiting, Absent: g.absent, Held: g.held, Lost: g.lost, Booked: g.booked,
			Open: ofLine(p.called, service.ID), Ended: ofLine(p.ended[:min(len(p.ended), EndedKept)], service.ID),
			Notice: notice(counts), Standing: p.desk[service.ID+":standing"],
		}
		l.readManual(p.desk)
		l.count(counts, s)
		if ms, err := strconv.ParseInt(p.desk[service.ID+":until"], 10, 64); err == nil {
			until := time.UnixMilli(ms)
			s.wake(until)
			if until.After(s.At) {
				l.Temporary = Message{p.desk[service.ID+":temporary"], until}
			}
		}
		l.Full = p.bounds.Full(true, l.Counter, len(l.Waiting)+len(l.Absent)+len(l.Held)+len(l.Lost)+len(l.Booked))
	}
	s.derive()
	s.index()
}

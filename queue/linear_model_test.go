package queue_test

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"

	"junban/internal/refusal"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// press is one attempt at one act, as its client saw it.
type press struct {
	clinic  clinic.ID
	act     string // "issue", "next", "look", or a kind of act
	key     string
	again   bool   // other attempts have the same key
	room    string // of next and call
	service string // of next and transfer
	n       int    // of an act on one ticket: its number
	ahead   int    // of move; of an act on a slot, days from today
	slot    string // of an act on slots
	ticket  string // of an act on a ticket of a slot: its name
	sees    int    // of next and call: the number that the client sees in the room; 0: none, -1: not sent
	refused *refusal.Refusal
	unknown bool   // no answer came: it may happen at any later time, or never
	saw     string // the answer: a number, or of a look the whole clinic
}

// small is a minimal clinic. Service 1 issues the numbers and service 2 gets the
// transferred tickets. Rooms 1 and 2 serve both. An absent ticket moves smallBack
// positions back. It is not changed once it is made.
type small struct {
	version uint64
	tickets []stand // by number, from 1
	seen    string  // what acts with a key that is used again have answered
}

const smallBack = 1

// stand is where a ticket stands: waiting, absent, held, done, cancelled, or
// called into a room.
type stand struct {
	state       queue.State
	lane, place string
	room        string
	past        *past // nil: only issued
}

// past is what undo goes back to: what the ticket was before an act.
type past struct {
	version uint64 // that of the act, which no other act on the ticket has
	was     stand
	with    int // the ticket finished by the same call; 0: none
}

// Equal is for the search, which puts aside states that it has been in.
func (s small) Equal(o small) bool { return reflect.DeepEqual(s, o) }

// act is the line after the next act, with ticket n as the act leaves it.
func (s small) act(n int, is stand, with int) small {
	s.tickets = slices.Clone(s.tickets)
	is.past = &past{s.version, s.tickets[n-1], with}
	s.tickets[n-1] = is
	return s
}

// inside is the number in a room, 0 if the room is free.
func (s small) inside(room string) int {
	return 1 + slices.IndexFunc(s.tickets, func(t stand) bool { return t.state == queue.Called && t.room == room })
}

// line lists the waiting of a service in order.
func (s small) line(lane string) []int {
	var line []int
	for n, t := range s.tickets {
		if t.state == queue.Waiting && t.lane == lane {
			line = append(line, n+1)
		}
	}
	slices.SortFunc(line, func(a, b int) int { return cmp.Compare(s.tickets[a-1].place, s.tickets[b-1].place) })
	return line
}

// behind returns the positions between which ticket n stands behind the next tickets of
// a line. Tickets with an earlier promise go first; ahead -1 is the end.
func (s small) behind(n int, lane string, ahead int) (below, above string) {
	issued := 0
	if lane == "1" {
		issued = len(s.tickets)
	}
	above = queuetest.PositionOf(issued + 1)
	if line := slices.DeleteFunc(s.line(lane), func(o int) bool { return o == n }); ahead >= 0 && ahead < len(line) {
		above = s.tickets[line[ahead]-1].place
	}
	for i, t := range s.tickets {
		if i+1 != n && t.lane == lane && !t.state.Ended() && t.place < above {
			below = max(below, t.place)
		}
	}
	return below, above
}

// call brings ticket n into a room, and finishes the visit in it.
func (s small) call(n int, room string) small {
	in := s.inside(room)
	if in > 0 {
		t := s.tickets[in-1]
		t.state = queue.Done
		s = s.act(in, t, 0)
	}
	t := s.tickets[n-1]
	t.state, t.room = queue.Called, room
	return s.act(n, t, in)
}

// undo takes back the last act on ticket n. It also restores the ticket finished by the
// same call, unless a later act changed that one.
func (s small) undo(n int) (small, *refusal.Refusal) {
	p := s.tickets[n-1].past
	if p == nil {
		return s, queue.ErrNothingToUndo
	}
	if in := s.inside(p.was.room); p.was.state == queue.Called && in != 0 && in != n {
		return s, queue.ErrRoomBusy
	}
	s.version++
	s.tickets = slices.Clone(s.tickets)
	s.tickets[n-1] = p.was
	if p.with > 0 {
		if other := s.tickets[p.with-1].past; other != nil && other.version == p.version {
			s.tickets[p.with-1] = other.was
		}
	}
	return s, nil
}

// do is the sequential specification: the line after an act, and its answer.
func (s small) do(p press) (after small, saw string, refused *refusal.Refusal) {
	switch p.act {
	case "look":
		return s, s.String(), nil
	case "issue":
		s.version++
		n := len(s.tickets) + 1
		s.tickets = append(slices.Clip(s.tickets), stand{state: queue.Waiting, lane: "1", place: queuetest.PositionOf(n)})
		return s, fmt.Sprint(n), nil
	case "next":
		if p.sees >= 0 && s.inside(p.room) != p.sees {
			return s, "", queue.ErrRoomChanged
		}
		line := s.line(p.service)
		if len(line) == 0 {
			return s, "", queue.ErrEmpty
		}
		s.version++
		return s.call(line[0], p.room), fmt.Sprint(line[0]), nil
	}
	if p.n > len(s.tickets) {
		return s, "", queue.ErrNoTicket
	}
	if p.act == "undo" {
		after, refused = s.undo(p.n)
	} else {
		after, refused = s.ticketAct(p)
	}
	if refused != nil {
		return s, "", refused
	}
	return after, fmt.Sprint(p.n), nil
}

// ticketAct does an act on one ticket.
func (s small) ticketAct(p press) (small, *refusal.Refusal) {
	before := s.tickets[p.n-1]
	t := before
	if p.act == "call" && p.sees >= 0 && s.inside(p.room) != p.sees {
		return s, queue.ErrRoomChanged
	}
	if !before.state.Allows(queue.ActKind(p.act)) || p.act == "transfer" && before.lane == p.service {
		return s, queue.ErrState
	}
	s.version++
	switch p.act {
	case "call":
		return s.call(p.n, p.room), nil
	case "finish":
		t.state = queue.Done
	case "hold":
		t.state = queue.Held
	case "resume", "return":
		t.state = queue.Waiting
	case "cancel":
		t.state = queue.Cancelled
	case "absent":
		t.state = queue.Absent
		if below, above := s.behind(p.n, t.lane, smallBack); below > t.place {
			t.place = queuetest.PositionBetween(below, above, s.version)
		}
	case "move":
		below, above := s.behind(p.n, t.lane, p.ahead)
		t.state, t.place = queue.Waiting, queuetest.PositionBetween(below, above, s.version)
	case "transfer":
		below, above := s.behind(p.n, p.service, -1)
		t.state, t.lane, t.place = queue.Waiting, p.service, queuetest.PositionBetween(below, above, s.version)
	}
	return s.act(p.n, t, 0), nil
}

// String is the clinic as a look at it sees it: version, tickets, lines.
func (s small) String() string {
	var b strings.Builder
	fmt.Fprint(&b, s.version)
	for n, t := range s.tickets {
		fmt.Fprintf(&b, " %d:%s/%s", n+1, t.state, t.lane)
		if t.state == queue.Called {
			fmt.Fprint(&b, "/", t.room)
		}
	}
	fmt.Fprint(&b, s.line("1"), s.line("2"))
	return b.String()
}

// sight is a snapshot in the form of [small], with ticket ids by number and the number
// in each room.
func sight(snap *queue.Snapshot) (saw string, ids map[int]queue.TicketID, rooms map[string]int) {
	ids, rooms = map[int]queue.TicketID{}, map[string]int{}
	s := small{version: snap.Version}
	for _, l := range snap.Lines {
		for _, t := range slices.Concat(l.Open, l.Waiting, l.Absent, l.Held, l.Ended) {
			ids[t.Number] = t.ID
			if t.State == queue.Called {
				rooms[t.Room] = t.Number
			}
			s.tickets = append(s.tickets, make([]stand, max(0, t.Number-len(s.tickets)))...)
			s.tickets[t.Number-1] = stand{state: t.State, lane: t.Line, place: t.Position, room: t.Room}
		}
	}
	return s.String(), ids, rooms
}

// step is [small.do] with the memory of keys, for the search. An attempt without an
// answer may have any effect. One that never ran counts as one that runs after all
// others.
func step(state, input, _ any) (bool, any) {
	s, p := state.(small), input.(press)
	if p.again {
		if _, rest, ok := strings.Cut(s.seen, ";"+p.key+"="); ok {
			saw, _, _ := strings.Cut(rest, ";")
			return p.unknown || p.refused == nil && p.saw == saw, s
		}
	}
	after, saw, refused := s.do(p)
	if p.again && refused == nil {
		after.seen += ";" + p.key + "=" + saw + ";"
	}
	return p.unknown || p.refused == refused && p.saw == saw, after
}

// byClinic parts a history: clinics do not meet.
func byClinic(history []porcupine.Operation) [][]porcupine.Operation {
	parts := map[clinic.ID][]porcupine.Operation{}
	for _, o := range history {
		c := o.Input.(press).clinic
		parts[c] = append(parts[c], o)
	}
	var out [][]porcupine.Operation
	for _, part := range parts {
		out = append(out, part)
	}
	return out
}

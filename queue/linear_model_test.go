package queue_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"
	"junban/queue"
)

// press is one attempt at one act, as its client saw it.
type press struct {
	clinic  queue.ClinicID
	act     string // "issue", "next", "look", or a verb
	key     string
	again   bool   // other attempts have the same key
	room    string // of next and call
	n       int    // of an act on one ticket: its number
	refused queue.Refusal
	unknown bool   // no answer came: it may happen at any later time, or never
	saw     string // the answer: a number, or of a look the whole line
}

// small is a line as small as can be: what each ticket is, by number ("w"
// waiting, "h" held, "d" done, "x" cancelled, or the digit of the room it is
// in), and what acts with a key that is used again have answered.
type small struct{ tickets, seen string }

func (s small) put(n int, state string) small {
	s.tickets = s.tickets[:n-1] + state + s.tickets[n:]
	return s
}

// call brings ticket n into a room, and finishes whoever is in it.
func (s small) call(n int, room string) small {
	if in := strings.Index(s.tickets, room); in >= 0 {
		s = s.put(in+1, "d")
	}
	return s.put(n, room)
}

// do is the sequential specification: the line after an act, and its answer.
func (s small) do(p press) (after small, saw string, refused queue.Refusal) {
	one := func(states, to string) (small, string, queue.Refusal) {
		if p.n > len(s.tickets) || !strings.Contains(states, s.tickets[p.n-1:p.n]) {
			return s, "", queue.ErrState
		}
		if p.act == "call" {
			return s.call(p.n, p.room), fmt.Sprint(p.n), ""
		}
		return s.put(p.n, to), fmt.Sprint(p.n), ""
	}
	switch p.act {
	case "look":
		return s, s.tickets, ""
	case "issue":
		s.tickets += "w"
		return s, fmt.Sprint(len(s.tickets)), ""
	case "next":
		n := strings.Index(s.tickets, "w") + 1
		if n == 0 {
			return s, "", queue.ErrEmpty
		}
		return s.call(n, p.room), fmt.Sprint(n), ""
	case "call":
		return one("w", p.room)
	case "finish":
		return one("12", "d")
	case "hold":
		return one("w12", "h")
	case "resume":
		return one("h", "w")
	default:
		return one("wh", "x") // cancel
	}
}

// step is [small.do] with the memory of keys, for the search. A press without
// an answer is true whatever it does; one that never happened is the same as
// one that happens after all others.
func step(state, input, _ any) (bool, any) {
	s, p := state.(small), input.(press)
	if p.again {
		if _, rest, ok := strings.Cut(s.seen, p.key+"="); ok {
			saw, _, _ := strings.Cut(rest, ";")
			return p.unknown || p.refused == "" && p.saw == saw, s
		}
	}
	after, saw, refused := s.do(p)
	if p.again && refused == "" {
		after.seen += p.key + "=" + saw + ";"
	}
	return p.unknown || p.refused == refused && p.saw == saw, after
}

// byClinic parts a history: clinics do not meet.
func byClinic(history []porcupine.Operation) [][]porcupine.Operation {
	parts := map[queue.ClinicID][]porcupine.Operation{}
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

// sight is a snapshot as [small] has it.
func sight(snap *queue.Snapshot) (tickets string, ids map[int]queue.TicketID) {
	ids = map[int]queue.TicketID{}
	l := snap.Lines[0]
	states := map[int]string{}
	for _, t := range slices.Concat(l.Open, l.Waiting, l.Held, l.Ended) {
		ids[t.Number] = t.ID
		switch t.State {
		case queue.Waiting:
			states[t.Number] = "w"
		case queue.Held:
			states[t.Number] = "h"
		case queue.Done:
			states[t.Number] = "d"
		case queue.Cancelled:
			states[t.Number] = "x"
		default:
			states[t.Number] = t.Room
		}
	}
	for n := 1; n <= len(states); n++ {
		tickets += states[n]
	}
	return tickets, ids
}

package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"junban/queue"
	"junban/queue/clinic"
)

// Text is a state that is encoded already, in pieces.
type Text [][]byte

// Texts are the tickets of a desk as they were last encoded. Most changes of a line leave
// most tickets as they were: such a ticket is not encoded again. The zero value is ready
// to use. It is not safe for concurrent use.
type Texts struct {
	rev   string // of the record that they were encoded with
	day   clinic.Day
	round int // of encoding
	of    map[queue.TicketID]*text
}

type text struct {
	of    deskTicket
	json  []byte // after a comma
	round int    // when it was last used
}

// noTickets is the JSON that [View.StaffText] puts the tickets into. No string in the
// JSON can contain it: there the quotation marks are escaped.
var noTickets = []byte(`"tickets":[]`)

// StaffText encodes what [View.Staff] returns, with the texts of the last time. The text
// is good until the next call with the same texts.
func (v View) StaffText(snap *queue.Snapshot, last *Texts) (Text, error) {
	if last.of == nil || last.rev != snap.Rev || last.day != snap.Day {
		*last = Texts{rev: snap.Rev, day: snap.Day, of: map[queue.TicketID]*text{}}
	}
	last.round++
	frame, err := json.Marshal(v.staff(snap))
	if err != nil {
		return nil, err
	}
	shown := 0
	whole := make(Text, 0, len(last.of)+2*len(snap.Lines)+2) // most often no ticket or one is new
	for i := range snap.Lines {
		from := bytes.Index(frame, noTickets)
		if from < 0 {
			return nil, fmt.Errorf("service %d has no tickets", i)
		}
		from += len(noTickets) - 1
		whole, frame = append(whole, frame[:from]), frame[from:]
		first := len(whole)
		for t, at := range deskTickets(&snap.Lines[i]) {
			whole = append(whole, last.encode(v, snap, &snap.Lines[i], t, at))
		}
		if shown += len(whole) - first; len(whole) > first {
			whole[first] = whole[first][1:] // without the comma
		}
	}
	if len(last.of) > shown {
		maps.DeleteFunc(last.of, func(_ queue.TicketID, t *text) bool { return t.round != last.round })
	}
	return append(whole, frame), nil
}

// encode returns a comma and the JSON of one ticket.
func (all *Texts) encode(v View, snap *queue.Snapshot, l *queue.Line, t *queue.Ticket, at place) []byte {
	now := v.deskTicket(snap, t, v.standing(snap, l, t, at))
	one := all.of[t.ID]
	if one == nil {
		one = &text{}
		all.of[t.ID] = one
	}
	one.round = all.round
	if one.json == nil || one.of != now {
		w := v.staffTicket(snap, &now)
		one.of, one.json = now, appendTicket(append(one.json[:0], ','), &w)
	}
	return one.json
}

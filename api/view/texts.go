package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"junban/queue"
	"junban/queue/clinic"
)

// Text is a state that is encoded already.
type Text []byte

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
	json  []byte
	round int // when it was last used
}

// noTickets is the JSON that [View.StaffText] puts the tickets into. No string in the
// JSON can contain it: there the quotation marks are escaped.
var noTickets = []byte(`"tickets":[]`)

// StaffText encodes what [View.Staff] returns, with the texts of the last time.
func (v View) StaffText(snap *queue.Snapshot, last *Texts) (Text, error) {
	if last.of == nil || last.rev != snap.Rev || last.day != snap.Day {
		*last = Texts{rev: snap.Rev, day: snap.Day, of: map[queue.TicketID]*text{}}
	}
	last.round++
	frame, err := json.Marshal(v.staff(snap))
	if err != nil {
		return nil, err
	}
	size, shown := len(frame), 0
	texts := make([][]*text, len(snap.Lines))
	for i := range snap.Lines {
		for t := range deskTickets(&snap.Lines[i]) {
			one, err := last.encode(v, snap, t)
			if err != nil {
				return nil, err
			}
			texts[i] = append(texts[i], one)
			size += len(one.json) + 1
		}
		shown += len(texts[i])
	}
	if len(last.of) > shown {
		maps.DeleteFunc(last.of, func(_ queue.TicketID, t *text) bool { return t.round != last.round })
	}
	whole := make([]byte, 0, size)
	for i := range texts {
		before, after, ok := bytes.Cut(frame, noTickets)
		if !ok {
			return nil, fmt.Errorf("service %d has no tickets", i)
		}
		whole = append(append(whole, before...), noTickets[:len(noTickets)-1]...)
		for n, t := range texts[i] {
			if n > 0 {
				whole = append(whole, ',')
			}
			whole = append(whole, t.json...)
		}
		whole, frame = append(whole, ']'), after
	}
	return append(whole, frame...), nil
}

// encode returns the text of one ticket.
func (all *Texts) encode(v View, snap *queue.Snapshot, t *queue.Ticket) (*text, error) {
	now := v.deskTicket(snap, t)
	one := all.of[t.ID]
	if one == nil {
		one = &text{}
		all.of[t.ID] = one
	}
	one.round = all.round
	if one.json != nil && one.of == now {
		return one, nil
	}
	encoded, err := json.Marshal(v.staffTicket(snap, &now))
	if err != nil {
		return nil, err
	}
	one.of, one.json = now, encoded
	return one, nil
}

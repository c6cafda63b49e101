package journal

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"strconv"

	"junban/queue"
)

// DayKeys is what Redis holds of one clinic's day, without the patients and the log. It
// has each key by its name after the day ("tickets", "1:waiting"). Each is a map from
// field or member to canonical text. Keys with nothing in them are left out. Two of
// them are equal when all their texts are.
type DayKeys map[string]map[string]string

func (k DayKeys) set(key, field, value string) {
	if k[key] == nil {
		k[key] = map[string]string{}
	}
	k[key][field] = value
}

// DayState is a day as its log has it: the fold of the events so far. The zero
// value is a day before its first event.
type DayState struct {
	meta    map[string]string
	counts  map[string]map[string]string
	tickets map[queue.TicketID]map[string]any
	last    string // id of the newest event
	version uint64
}

// add rebuilds a day from its events, in plain Go and from nothing else. It
// returns the first error of the events, or of one that contradicts those before.
func (b *DayState) add(events iter.Seq2[Event, error]) error {
	for e, err := range events {
		if err == nil {
			err = b.Enter(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Enter adds one event.
func (b *DayState) Enter(e Event) error {
	if b.meta == nil {
		b.meta, b.counts, b.tickets = map[string]string{"epoch": e.Mark}, map[string]map[string]string{}, map[queue.TicketID]map[string]any{}
	}
	if e.Version != b.version && e.Version != b.version+1 {
		return fmt.Errorf("entry %s: version %d after %d", e.ID, e.Version, b.version)
	}
	if e.Version == b.version && e.Mark != b.meta["mark"] {
		return fmt.Errorf("entry %s: version %d has another mark than before", e.ID, e.Version)
	}
	if e.Version > b.version {
		delete(b.meta, "closed") // an act on a closed day opens it again
	}
	b.last, b.version = e.ID, e.Version
	b.meta["version"], b.meta["mark"] = strconv.FormatUint(e.Version, 10), e.Mark
	for service, fields := range e.Counts {
		if b.counts[service] == nil {
			b.counts[service] = map[string]string{}
		}
		maps.Copy(b.counts[service], fields)
	}
	if id, ok := e.Ticket(); ok {
		return b.change(id, e)
	}
	switch e.Act {
	case "epoch":
		b.meta["epoch"] = e.Is
	case "close_day":
		b.meta["closed"] = "1"
	}
	return nil
}

// change applies an event's changes to a ticket, after a comparison with its former
// state.
func (b *DayState) change(id queue.TicketID, e Event) error {
	was, err := plain(e.Was)
	if err != nil {
		return fmt.Errorf("entry %s: was: %w", e.ID, err)
	}
	is, err := plain(e.Is)
	if err != nil {
		return fmt.Errorf("entry %s: is: %w", e.ID, err)
	}
	t := b.tickets[id]
	if t == nil {
		t = map[string]any{}
		b.tickets[id] = t
	}
	for field, value := range was {
		if had := t[field]; had != value {
			return fmt.Errorf("entry %s: %s of %s was %v, the entry says %v", e.ID, field, id, had, value)
		}
	}
	for field, value := range is {
		if had, ok := t[field]; ok {
			if _, ok := was[field]; !ok {
				return fmt.Errorf("entry %s: %s of %s was %v, the entry says that it was not there", e.ID, field, id, had)
			}
		}
		switch {
		case value == false:
			delete(t, field)
		case field == "last" && value == true:
			t[field] = e.ID
		default:
			t[field] = value
		}
	}
	return nil
}

// plain reads the fields of a ticket, each of which is a text, a number or a bool.
func plain(text string) (map[string]any, error) {
	var fields map[string]any
	if err := decode(text, &fields); err != nil {
		return nil, err
	}
	for field, value := range fields {
		switch value.(type) {
		case map[string]any, []any:
			return nil, fmt.Errorf("%s is no plain value", field)
		}
	}
	return fields, nil
}

// Ticket returns a ticket as the events have it.
func (b *DayState) Ticket(id queue.TicketID) (queue.Ticket, error) {
	text, err := json.Marshal(b.tickets[id])
	if err != nil {
		return queue.Ticket{}, fmt.Errorf("ticket %s: %w", id, err)
	}
	t, err := queue.DecodeTicket(text)
	if err != nil {
		return queue.Ticket{}, fmt.Errorf("ticket %s: %w", id, err)
	}
	return t, nil
}

// Keys returns the keys of the day as they must stand in Redis.
func (b *DayState) Keys() (DayKeys, error) {
	keys := DayKeys{}
	for field, value := range b.meta {
		keys.set("meta", field, value)
	}
	for service, fields := range b.counts {
		for field, value := range fields {
			keys.set("meta", service+":"+field, value)
		}
	}
	for id, fields := range b.tickets {
		text, err := json.Marshal(fields) // sorts the fields
		if err != nil {
			return nil, fmt.Errorf("ticket %s: %w", id, err)
		}
		keys.set("tickets", string(id), string(text))
		t, err := queue.DecodeTicket(text)
		if err != nil {
			return nil, fmt.Errorf("ticket %s: %w", id, err)
		}
		seq := fmt.Sprint(fields["seq"])
		set := t.State.Set()
		switch set {
		case queue.SetWaiting, queue.SetAside:
			keys.set(t.Line+":"+string(set), t.Position+"/"+string(id), "0")
		default:
			keys.set(string(set), string(id), seq)
		}
		if set == queue.SetCalled {
			keys.set("rooms", t.Room, string(id))
		}
	}
	return keys, nil
}

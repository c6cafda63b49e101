package journal

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/typed"
)

// ActMoment is the act of an entry that a moment caused, without an actor.
// [Reader.Page] leaves it out.
const ActMoment = "moment"

// actsSought is how many log entries are searched for acts: a busy day of a large
// clinic.
const actsSought = 20 * logPage

// Query is which entries of a day's log are asked for.
type Query struct {
	Before string         // those older than this entry; "": from the newest
	Ticket queue.TicketID // those about this ticket; "": all
	Beside bool           // those about no ticket: of the reception, a message, a room, the record
	Most   int            // at most this many
}

// Page is a part of a day's log, the newest entry first.
type Page struct {
	Events  []Event
	Numbers map[queue.TicketID]int // of the tickets in Events that have one by now
	Before  string                 // asks for what is older; "": there is nothing
}

// Page returns the newest entries that were asked for. It searches 10,000 entries at
// most, so a part may be short although older acts exist. A day that was never opened
// has none.
func (r *Reader) Page(ctx context.Context, c clinic.ID, d clinic.Day, q Query) (Page, error) {
	page := int64(logPage)
	if q.Ticket == "" && !q.Beside {
		page = int64(q.Most) + 1
	}
	j, sought := Page{Events: []Event{}}, 0
	for e, err := range r.Back(ctx, c, d, q.Before, page) {
		if err != nil {
			return Page{}, err
		}
		if q.asks(e) {
			if len(j.Events) == q.Most {
				j.Before = j.Events[q.Most-1].ID
				break
			}
			e.Is = typed.Unmarked(e.Is) // it may be a message
			j.Events = append(j.Events, e)
			if q.Ticket != "" && e.Act == "issue" { // with it a ticket begins
				break
			}
		}
		if sought++; sought == actsSought {
			j.Before = e.ID
			break
		}
	}
	var err error
	if j.Numbers, err = r.numbers(ctx, c, d, j.Events); err != nil {
		return Page{}, fmt.Errorf("numbers of clinic %s on %s: %w", c, d, err)
	}
	return j, nil
}

func (q Query) asks(e Event) bool {
	_, ticket := e.Ticket()
	return e.Act != ActMoment && (q.Ticket == "" || e.Object == string(q.Ticket)) && !(q.Beside && ticket)
}

// Duty returns what an entry about a room's duty made it.
func (e Event) Duty() queue.Duty { return queue.DecodeDuty(e.Is) }

// numbers are those of the tickets that the entries are about.
func (r *Reader) numbers(ctx context.Context, c clinic.ID, d clinic.Day, events []Event) (map[queue.TicketID]int, error) {
	numbers, ids := map[queue.TicketID]int{}, []string{}
	for _, e := range events {
		if id, ok := e.Ticket(); ok {
			if _, known := numbers[id]; !known {
				numbers[id], ids = 0, append(ids, string(id))
			}
		}
	}
	if len(ids) == 0 {
		return numbers, nil
	}
	texts, err := r.rdb.HMGet(ctx, queue.DayKey(c, d, "tickets"), ids...).Result()
	if err != nil {
		return nil, err
	}
	for i, text := range texts {
		text, ok := text.(string)
		if !ok {
			continue
		}
		t, err := queue.DecodeTicket([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("ticket %s: %w", ids[i], err)
		}
		numbers[queue.TicketID(ids[i])] = t.Number
	}
	return numbers, nil
}

// ValidEntry reports whether an entry of a log could have that ID.
func ValidEntry(id string) bool {
	if len(id) > len("18446744073709551615-18446744073709551615") {
		return false
	}
	ms, seq, _ := strings.Cut(id, "-")
	at, err := strconv.ParseUint(ms, 10, 64)
	if err != nil || at == 0 {
		return false
	}
	_, err = strconv.ParseUint(seq, 10, 64)
	return err == nil
}

// Detail is what an entry changed of a ticket, beyond the meaning of its act. Unchanged
// fields are left out: a call without a room is to the room of the call before.
type Detail struct {
	State      queue.State
	Room       string
	Line       string // the service in whose line the ticket stands since
	Reason     string // why it is held, moved or over; of a return, why it was
	Presence   queue.Presence
	Arrival    bool // Presence changed
	Inaccurate bool
	Undone     queue.ActKind // the act that an undo took back; "" too where the act before it was of the same kind
}

// Detail reads what an entry about a ticket changed.
func (e Event) Detail() (Detail, error) {
	was, err := plain(e.Was)
	if err != nil {
		return Detail{}, fmt.Errorf("entry %s: was: %w", e.ID, err)
	}
	is, err := plain(e.Is)
	if err != nil {
		return Detail{}, fmt.Errorf("entry %s: is: %w", e.ID, err)
	}
	text := func(of map[string]any, field string) string {
		s, _ := of[field].(string)
		return s
	}
	d := Detail{
		State: queue.State(text(is, "s")), Room: text(is, "room"), Line: text(is, "lane"), Reason: text(is, "why"), Presence: queue.Presence(text(is, "pres")),
		Inaccurate: is["inacc"] == true,
	}
	_, d.Arrival = is["pres"]
	if is["lane"] == false { // in its own line again
		d.Line = queue.TicketID(e.Object).Ref().Service
	}
	switch queue.ActKind(e.Act) {
	case queue.Undo:
		d.Undone = queue.ActKind(text(was, "act"))
	case queue.Resume, queue.Return:
		d.Reason = text(was, "why")
	}
	return d, nil
}

package queue_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
)

// ledger is a day computed from its log, entry by entry while the log grows. After
// every act the snapshot is compared with it. It computes the figures of domain §5.3 a
// second time, from the events alone.
type ledger struct {
	clinic  clinic.Clinic
	zone    *time.Location // of the clinic: to read it again after each act takes longer than to compare
	day     clinic.Day
	last    journal.Event // the newest entry
	epoch   string
	entries int
	books   journal.DayState
	tickets map[queue.TicketID]*entered
	numbers map[numbered]queue.TicketID // of all tickets of the day, ended ones too
	calls   []slotCall                  // of lines in slot mode, without those taken back
}

type entered struct {
	queue.Ticket
	seq uint64 // version of the act that put it where it is among those called, or among those that ended
}

// numbered is what a number is unique in: service and day, or also session.
type numbered struct {
	service, session string
	n                int
}

func newLedger(c clinic.Clinic, d clinic.Day) *ledger {
	zone, err := c.Location()
	if err != nil {
		panic(err) // PutClinic validated it
	}
	return &ledger{clinic: c, zone: zone, day: d, tickets: map[queue.TicketID]*entered{}, numbers: map[numbered]queue.TicketID{}}
}

// read enters the log entries since the last read.
func (l *ledger) read(ctx context.Context, s *queue.Store) error {
	for e, err := range journal.New(s).Log(ctx, l.clinic.ID, l.day, l.last.ID) {
		if err == nil {
			err = l.enter(e)
		}
		if err != nil {
			return err
		}
	}
	for _, broken := range l.books.Check() { // the seats
		return broken
	}
	return nil
}

func (l *ledger) enter(e journal.Event) error {
	if err := l.books.Enter(e); err != nil {
		return err
	}
	if l.epoch == "" {
		l.epoch = e.Mark
	}
	if e.Act == "epoch" {
		l.epoch = e.Is
	}
	l.last = e
	l.entries++
	id, ok := e.Ticket()
	if !ok {
		return nil
	}
	t, err := l.books.Ticket(id)
	if err != nil {
		return err
	}
	var is struct{ Seq any }
	if err := json.Unmarshal([]byte(e.Is), &is); err != nil {
		return fmt.Errorf("entry %s: %w", e.ID, err)
	}
	former := l.tickets[id]
	if err := l.keeps(e, former, t); err != nil {
		return err
	}
	l.call(e, t)
	l.tickets[id] = &entered{Ticket: t}
	switch seq := is.Seq.(type) {
	case float64:
		l.tickets[id].seq = uint64(seq)
	case nil: // as it was; false: it has none any more
		if former != nil {
			l.tickets[id].seq = former.seq
		}
	}
	if t.Number == 0 && slices.Contains([]queue.State{queue.Booked, queue.Lost, queue.Cancelled, queue.NoShow}, t.State) {
		return nil // of a day to come: the number is given when it begins, if nothing has ended it before
	}
	if former == nil || former.Number == 0 {
		return l.number(t)
	}
	if former.Number != t.Number {
		return fmt.Errorf("entry %s: %s was issued as %+v and is %+v", e.ID, id, former.Ticket, t)
	}
	return nil
}

// number checks that no other ticket of the service and day, or session, has ever had a
// new ticket's number.
func (l *ledger) number(t queue.Ticket) error {
	ref := t.ID.Ref()
	n := numbered{ref.Service, "", t.Number}
	if s, ok := l.clinic.Service(ref.Service); ok && s.Numbers.PerSession {
		n.session = t.Session
	}
	if other, ok := l.numbers[n]; ok && !t.Lost && !l.tickets[other].Lost { // a lost one keeps its number
		return fmt.Errorf("%s and %s have the number %d", other, t.ID, t.Number)
	}
	l.numbers[n] = t.ID
	return nil
}

// stands lists a line's tickets of the given states, in an order.
func (l *ledger) stands(lane string, order func(a, b *entered) int, states ...queue.State) []*entered {
	var found []*entered
	for _, t := range l.tickets {
		if (lane == "" || t.Line == lane) && slices.Contains(states, t.State) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, order)
	return found
}

// shows compares a snapshot with the ledger: its version, every field of each list's
// tickets, and the public figures.
func (l *ledger) shows(snap *queue.Snapshot) error {
	if l.last.Version != snap.Version || l.last.Mark != snap.Mark || l.epoch != snap.Epoch {
		return fmt.Errorf("the snapshot is of version %d, epoch %s; the log ends elsewhere", snap.Version, snap.Epoch)
	}
	byPlace := func(a, b *entered) int { return strings.Compare(a.Position, b.Position) }
	byNumber := func(a, b *entered) int { return cmp.Or(a.Number-b.Number, strings.Compare(string(a.ID), string(b.ID))) }
	newest := func(a, b *entered) int {
		return cmp.Or(cmp.Compare(b.seq, a.seq), strings.Compare(string(b.ID), string(a.ID)))
	}
	ended := l.stands("", newest, queue.Done, queue.Cancelled, queue.NoShow)
	ended = ended[:min(len(ended), queue.EndedKept)]
	shown := 0
	for i := range snap.Lines {
		line := &snap.Lines[i]
		lane := line.Ref.Service
		open := l.stands(lane, newest, queue.Called, queue.InService)
		waiting := l.stands(lane, byPlace, queue.Waiting)
		absent := l.stands(lane, byNumber, queue.Absent)
		lately := slices.DeleteFunc(slices.Clone(ended), func(t *entered) bool { return t.Line != lane })
		for _, list := range []struct {
			name string
			told []*entered
			live []queue.Ticket
		}{
			{"open", open, line.Open}, {"waiting", waiting, line.Waiting}, {"absent", absent, inOrder(line.Absent)},
			{"held", l.stands(lane, byNumber, queue.Held), inOrder(line.Held)},
			{"lost", l.stands(lane, byNumber, queue.Lost), inOrder(line.Lost)}, {"booked", l.stands(lane, byPlace, queue.Booked), line.Booked}, {"ended", lately, line.Ended},
		} {
			if len(list.told) != len(list.live) {
				return fmt.Errorf("%d are %s in %s, by the events %d", len(list.live), list.name, line.Ref, len(list.told))
			}
			for i, t := range list.told {
				if list.live[i] != t.Ticket {
					return fmt.Errorf("of the %s in %s, the one at %d is %+v, by the events %+v", list.name, line.Ref, i, list.live[i], t.Ticket)
				}
			}
			shown += len(list.live)
		}
		if err := l.figures(snap, line, open, waiting, absent); err != nil {
			return err
		}
		if err := l.slots(line); err != nil {
			return err
		}
	}
	if live := len(l.tickets) - len(l.stands("", newest, queue.Done, queue.Cancelled, queue.NoShow)); shown != live+len(ended) {
		return fmt.Errorf("%d tickets are shown, by the events %d live and %d that ended lately", shown, live, len(ended))
	}
	return nil
}

// inOrder sorts a list by number, and by id within a number. A transferred ticket may
// share its number with another.
func inOrder(ts []queue.Ticket) []queue.Ticket {
	return slices.SortedFunc(slices.Values(ts), func(a, b queue.Ticket) int {
		return cmp.Or(a.Number-b.Number, strings.Compare(string(a.ID), string(b.ID)))
	})
}

// figures compares the public figures of a line with the events. They are 呼出し番号, 待ち人数
// in tickets and people, 呼出時不在者, and あと何人 of each waiting ticket.
func (l *ledger) figures(snap *queue.Snapshot, line *queue.Line, open, waiting, absent []*entered) error {
	calls := line.Calling()
	for i, room := 0, map[string]bool{}; i < len(open); i++ {
		if room[open[i].Room] {
			return fmt.Errorf("two are in room %s of %s", open[i].Room, line.Ref)
		}
		room[open[i].Room] = true
		if len(calls) != len(open) || calls[i].ID != open[i].ID {
			return fmt.Errorf("%s calls %v, by the events %s is call %d", line.Ref, calls, open[i].ID, i)
		}
	}
	counts := l.countedNow(snap, line)
	people, tickets, inAll := 0, 0, 0
	for n, t := range waiting {
		if n > 0 && waiting[n-1].Position >= t.Position {
			return fmt.Errorf("%s and %s stand at the place %s", waiting[n-1].ID, t.ID, t.Position)
		}
		_, _, before, peopleBefore, ok := snap.Find(t.ID)
		if !ok || before != n || peopleBefore != inAll {
			return fmt.Errorf("%s has %d tickets and %d people before it, by the events %d and %d", t.ID, before, peopleBefore, n, inAll)
		}
		inAll += t.Party
	}
	if line.Service.CountAbsent {
		waiting = slices.Concat(waiting, absent)
	}
	for _, t := range waiting {
		if counts(t.Position) {
			people += t.Party
			tickets++
		}
	}
	if line.Tickets() != tickets || line.People() != people {
		return fmt.Errorf("%d tickets and %d people wait for %s, by the events %d and %d", line.Tickets(), line.People(), line.Ref, tickets, people)
	}
	return nil
}

// countedNow returns the position up to which 待ち人数 counts: the start of the session
// after the current or next one.
func (l *ledger) countedNow(snap *queue.Snapshot, line *queue.Line) func(place string) bool {
	if line.Service.BySlot() { // only patients who are here wait
		return func(string) bool { return true }
	}
	calendar, _ := snap.Clinic.Timetable(line.Service) // the record may have changed since the day began
	from, _ := snap.Clinic.Bounds(snap.Day, l.zone)
	sessions := calendar.Sessions(string(snap.Day), l.zone)
	for i, s := range sessions {
		if s.Consult.To.After(snap.At) && i+1 < len(sessions) {
			later := fmt.Sprintf("%02d", int(sessions[i+1].Consult.From.Sub(from)/(30*time.Minute)))
			return func(place string) bool { return place[:2] < later }
		}
	}
	return func(string) bool { return true }
}

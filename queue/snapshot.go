package queue

import (
	"slices"
	"time"

	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/hours"
)

// Snapshot is the whole state of one clinic's day, read in one script. Every published
// figure is computed from one of these. It is immutable once read and may be shared
// between goroutines.
type Snapshot struct {
	Clinic  clinic.Clinic
	Rev     string // of the record: another one means that the record has changed
	Day     clinic.Day
	Epoch   string      // another epoch is always newer
	Version uint64      // grows by one with every act
	Mark    string      // of the act that made the version: a random text
	At      time.Time   // Redis time of the read
	Lines   []Line      // one per service, in the record's order
	Rooms   []RoomState // in the record's order

	Patients map[TicketID]Patient // of the tickets in Lines
	Cuts     map[TicketID]Cut     // of today's tickets
	Told     map[TicketID]Told    // the newest notice of each that has got one; nil: none has
	Learned  *estimate.Learned    // what past sessions have taught; nil: nothing. It is never changed

	parts   *parts // what it was made of; nil in a snapshot that no store read
	unread  []TicketID
	entries map[TicketID]entry
	filed   []*Ticket      // of those in a line: that were lost and filed again
	zone    *time.Location // of the clinic; nil: not looked up yet
	expiry  time.Time      // see [Snapshot.ChangesAt]
}

// AgedBy reports whether the newer snapshot differs by the passing of time alone,
// without an act.
func (s *Snapshot) AgedBy(newer *Snapshot) bool {
	return s.Epoch == newer.Epoch && s.Version == newer.Version && !s.expiry.IsZero() && !newer.At.Before(s.expiry)
}

// ChangesAt is when the snapshot shows something else without an act: a message
// expires, a window opens. Zero: not known.
func (s *Snapshot) ChangesAt() time.Time { return s.expiry }

// Line is one service's part of a snapshot.
type Line struct {
	Ref     clinic.Ref
	Service clinic.Service

	// What timetable and desk override yield for this moment; Index computes them.
	Reception    Reception       // of the web desk; never Auto
	Availability Availability    // of the web's seats, by the rules of [Store.Issue]
	FirstVisit   Availability    // the same, of a first visit
	Session      string          // the one that numbers are given for; "" where none are kept
	Seats        Seats           // of that session
	Sessions     []hours.Session // of today; nil: no timetable
	OpensAt      time.Time       // when the web desk opens next, if it has not; zero: not known, or not within 14 days
	ClosesAt     time.Time       // when it closes, if it is open; zero: when somebody closes it
	DayNotes     []hours.Note    // the notes of the dates from today to that of OpensAt, today alone where that is zero

	Manual    Manual            // the desk override, while it holds
	Taken     map[string]Taken  // live tickets of each session
	Counter   int               // tickets issued today, and the positions of numbers that were passed over
	Full      bool              // the web gets no more numbers today, see [Bounds]
	Standing  string            // standing message
	Temporary Message           // zero without one, or when it has expired
	Notice    Notice            // zero when the order has not been changed for [NoticeFor]
	counts    map[string]string // of slot mode: all that the line counts
	slotTaken map[string]Taken  // of slot mode: the seats of each slot
	later     string            // positions from here on belong to sessions that 待ち人数 does not count yet; "": none do

	// Of slot mode, else empty.
	Serving string      // line slot of the line's most recent call, by its version; "" before the first. A recall is no call; undo restores the former
	Slots   []SlotState // of today, in order

	Open    []Ticket // called and in service, newest call first
	Waiting []Ticket // in order
	Absent  []Ticket // by number
	Held    []Ticket // by number
	Lost    []Ticket // by number: see [Store.FileLost]
	Booked  []Ticket // slot mode: not arrived yet, by slot. In order mode no snapshot of a begun day has any
	Ended   []Ticket // the last [EndedKept], newest first
}

// EndedKept is how many of the clinic's ended tickets a snapshot has, for the desk's
// undo and their patients.
const EndedKept = 40

// endedRead is how many are read: as undo takes some back, older ones are shown again.
const endedRead = EndedKept + 20

// entry is a ticket of a snapshot, as [Snapshot.Find] returns it.
type entry struct {
	line    *Line
	ticket  *Ticket
	tickets int // waiting before it
	people  int
}

// Index fills the look-up table of [Snapshot.Find] and sorts what goes by number.
// The maker of a snapshot calls it once, before sharing it.
func (s *Snapshot) Index() {
	for i := range s.Lines {
		l := &s.Lines[i]
		slices.SortFunc(l.Absent, byNumber)
		slices.SortFunc(l.Held, byNumber)
		slices.SortFunc(l.Lost, byNumber)
	}
	s.derive()
	s.index()
}

// index fills the look-up table of [Snapshot.Find].
func (s *Snapshot) index() {
	all := 0
	for i := range s.Lines {
		l := &s.Lines[i]
		all += len(l.Waiting)
		for _, group := range l.others() {
			all += len(group)
		}
	}
	s.filed = nil
	for t := range s.live {
		if t.Lost {
			s.filed = append(s.filed, t)
		}
	}
	s.entries = make(map[TicketID]entry, all)
	for i := range s.Lines {
		l := &s.Lines[i]
		for _, group := range l.others() {
			for i := range group {
				s.entries[group[i].ID] = entry{line: l, ticket: &group[i]}
			}
		}
		people := 0
		for n := range l.Waiting {
			t := &l.Waiting[n]
			s.entries[t.ID] = entry{l, t, n, people}
			people += t.Party
		}
	}
}

// others are the line's tickets that do not wait.
func (l *Line) others() [6][]Ticket {
	return [6][]Ticket{l.Open, l.Absent, l.Held, l.Lost, l.Booked, l.Ended}
}

// Line returns the part of one service.
func (s *Snapshot) Line(service string) (*Line, bool) {
	i := slices.IndexFunc(s.Lines, func(l Line) bool { return l.Ref.Service == service })
	if i < 0 {
		return nil, false
	}
	return &s.Lines[i], true
}

// Find returns a ticket, its line, and what waits before it (あと何人): not the tickets
// being called or seen (domain §5.3). Both counts are zero unless the ticket waits. A
// ticket that ended long ago is not in the snapshot: [Store.Ticket] still finds it.
func (s *Snapshot) Find(id TicketID) (t Ticket, l *Line, tickets, people int, ok bool) {
	e, ok := s.entries[id]
	if !ok {
		return Ticket{}, nil, 0, 0, false
	}
	return *e.ticket, e.line, e.tickets, e.people, true
}

// Tickets is 待ち人数 in tickets (組, domain §1.8 point 3): the waiting of the current or
// next session and before. The absent count where the service counts them; tickets of
// later sessions do not count yet.
func (l *Line) Tickets() int { return len(l.counted()) }

// People is 待ち人数 in people: the sum of the same parties. A family is one ticket with
// one number (domain §1.8 point 5).
func (l *Line) People() int {
	n := 0
	for _, t := range l.counted() {
		n += t.Party
	}
	return n
}

func (l *Line) counted() []Ticket {
	counted := l.Waiting
	if l.Service.CountAbsent {
		counted = slices.Concat(l.Waiting, l.Absent)
	}
	if l.later == "" {
		return counted
	}
	return slices.DeleteFunc(slices.Clone(counted), func(t Ticket) bool { return t.Position >= l.later })
}

// Next are the waiting that 待ち人数 counts, in order, so that both figures agree.
func (l *Line) Next() []Ticket {
	if l.later == "" {
		return l.Waiting
	}
	n := slices.IndexFunc(l.Waiting, func(t Ticket) bool { return t.Position >= l.later })
	if n < 0 {
		return l.Waiting
	}
	return l.Waiting[:n]
}

// Calling is 呼出し番号: the newest open call of each room, newest first. It is
// the newest by call time, not the greatest number (domain §5.3).
func (l *Line) Calling() []Ticket {
	var calls []Ticket
	for _, t := range l.Open {
		if !slices.ContainsFunc(calls, func(c Ticket) bool { return c.Room == t.Room }) {
			calls = append(calls, t)
		}
	}
	return calls
}

// Shown is the message the public reads: the temporary one while it lasts,
// then the standing one. Until is zero for the standing one.
func (l *Line) Shown() Message {
	if l.Temporary.Text != "" {
		return l.Temporary
	}
	return Message{Text: l.Standing}
}

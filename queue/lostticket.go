package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"junban/queue/clinic"
)

// LostKept is how many lost tickets a service's day takes.
const LostKept = 500

// Claim is what a ticket's signed token proves of it, as it was when it was
// issued. With it a ticket that Redis has lost is filed.
type Claim struct {
	Number     int // 0: a booking that had none yet
	Issued     time.Time
	Position   string
	Session    string
	Channel    string
	Party      int
	FirstVisit bool
	Kind       string
	Patient    Patient
	CodeHash   string   // as in [Request]; "": its owner may not cancel it
	Mark       string   // of a web ticket, see [MarkOf]
	Persons    []string // as in [Request]

	// Of slot mode, as in [Ticket].
	Slot, SlotEnd    string
	SlotFrom, SlotTo time.Time
	Weight           int
}

// FileLost files a ticket of today that Redis does not know, in the state [Lost]. Its
// desk sees it and may readmit it ([Readmit]). Its owner may cancel it with the code,
// and it keeps its mark. Where the service gives one ticket to a person, it is that
// person's, unless there is a later one. It counts among the person's live tickets, also
// over the limit. It keeps its slot, and one that had not arrived
// is booked again when it is readmitted. If the ticket is there, it is
// returned as it is. The caller has verified the claim. Refusals: [ErrNoTicket] beyond
// [LostKept], [clinic.ErrNoClinic], [clinic.ErrNoService], [ErrDayOver], [ErrDayAhead].
func (s *Store) FileLost(ctx context.Context, id TicketID, c Claim) (Ticket, error) {
	return s.fileTicket(ctx, id, c, Act{Key: "lost " + string(id), By: clinic.Actor{Kind: "system"}}, false)
}

// Restore takes in a ticket of today or of a day to come that Redis does not know
// (消えた予約), as its record outside Redis has it. It stands in its place again at once, and
// takes its seats over any limit. One of order mode that had no number gets it when its
// day begins. If the ticket is there, it is returned as it is. Only the desk restores.
// Refusals: [clinic.ErrNoClinic], [clinic.ErrNoService], [ErrDayOver].
func (s *Store) Restore(ctx context.Context, id TicketID, c Claim, a Act) (Ticket, error) {
	return s.fileTicket(ctx, id, c, a, true)
}

// fileTicket files a ticket that Redis does not know, as lost or as it was.
func (s *Store) fileTicket(ctx context.Context, id TicketID, c Claim, a Act, restore bool) (Ticket, error) {
	ref, patient, mode := id.Ref(), "", "lost"
	if restore {
		mode = string(Restore)
	}
	if c.Patient != (Patient{}) {
		b, err := json.Marshal(c.Patient)
		if err != nil {
			return Ticket{}, fmt.Errorf("file %s: %w", id, err)
		}
		patient = string(b)
	}
	claimed, err := json.Marshal(struct {
		ID     TicketID `json:"id"`
		N      int      `json:"n,omitempty"`
		Ch     string   `json:"ch"`
		Party  int      `json:"party"`
		First  bool     `json:"first,omitempty"`
		Kind   string   `json:"kind,omitempty"`
		Code   string   `json:"code,omitempty"`
		Sess   string   `json:"sess,omitempty"`
		From   string   `json:"from,omitempty"`
		Issued int64    `json:"issued"`
		Pos    string   `json:"pos"`
		Slot   string   `json:"slot,omitempty"`
		Till   string   `json:"till,omitempty"`
		SFrom  int64    `json:"sfrom,omitempty"`
		STo    int64    `json:"sto,omitempty"`
		W      int      `json:"w,omitempty"`
	}{id, c.Number, c.Channel, c.Party, c.FirstVisit, c.Kind, short(c.CodeHash), c.Session, c.Mark, c.Issued.UnixMilli(), c.Position,
		c.Slot, c.SlotEnd, millisOf(c.SlotFrom), millisOf(c.SlotTo), besideOne(c.Weight)})
	if err != nil {
		return Ticket{}, fmt.Errorf("file %s: %w", id, err)
	}
	call := scriptCall{name: "lost", ref: ref, day: id.Day(), early: restore, same: []string{string(id)}}
	if restore {
		call.same = append(call.same, mode)
	}
	call.keys = func(k record) []string { return []string{keyPersons(k.ID)} }
	t, err := s.ticketAct(ctx, call, a, func(k record, day clinic.Day) ([]any, error) {
		service, ok := k.Service(ref.Service)
		if !ok {
			return nil, clinic.ErrNoService
		}
		_, until := k.Bounds(day, k.loc)
		persons := strings.Join(personsOf(service, c.Persons), ",")
		limited := ""
		if hashes := personLimitOf(service, day, c.Persons).Limited; len(hashes) > 0 {
			limited = `["` + strings.Join(hashes, `","`) + `"]`
		}
		return []any{ref.Service, string(claimed), numbering(service.Numbers), LostKept, patient, until.Add(k.KeepPatients()).UnixMilli(), persons, limited, mode}, nil
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("file %s: %w", id, err)
	}
	return t, nil
}

// millisOf is how the scripts take an instant; 0 is none.
func millisOf(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

// Twin returns the other live ticket of a line with the same number: one was lost, its
// number given again. Both then belong to the desk.
func (s *Snapshot) Twin(t Ticket) (Ticket, bool) {
	if t.Number == 0 {
		return Ticket{}, false
	}
	is := func(other *Ticket) bool {
		return other.Number == t.Number && other.ID != t.ID && other.ID.Ref() == t.ID.Ref()
	}
	if !t.Lost { // then the other one was: there are few of those
		for _, other := range s.filed {
			if is(other) {
				return *other, true
			}
		}
		return Ticket{}, false
	}
	for other := range s.live {
		if is(other) {
			return *other, true
		}
	}
	return Ticket{}, false
}

// live yields the tickets that stand in a line, in the order of the lines.
func (s *Snapshot) live(yield func(*Ticket) bool) {
	for i := range s.Lines {
		l := &s.Lines[i]
		for _, list := range [][]Ticket{l.Open, l.Waiting, l.Absent, l.Held, l.Lost} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}

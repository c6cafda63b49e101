package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	// NumbersPerDay is how many numbers a service has on one day, and
	// WebNumbersPerDay how far the web may go: the desk is never crowded out.
	NumbersPerDay    = 20000
	WebNumbersPerDay = 19000
	// PatientDays is how many days after the visit's a patient's name and phone
	// number are kept.
	PatientDays = 30
	// WrongCodes is how many wrong cancel codes lock a ticket's code.
	WrongCodes = 5
	// DeskKeyLife is how long a key of the desk is remembered; a patient's is
	// remembered for [KeyLife].
	DeskKeyLife = time.Hour
)

// Issued is the result of [Store.Issue].
type Issued struct {
	Ticket
	Ahead    int  // tickets waiting before it when it was issued
	Replayed bool // the key had been used for the same request: this is its first result
}

// Issue gives the next number of a service (A01). Refusals: [ErrNoClinic],
// [ErrNoService], [ErrPartySize], [ErrReceptionClosed], [ErrReceptionPaused],
// [ErrDayFull], [ErrKeyConflict].
func (s *Store) Issue(ctx context.Context, ref Ref, q Request, a Act) (Issued, error) {
	patient := ""
	if q.Patient != (Patient{}) {
		b, err := json.Marshal(q.Patient)
		if err != nil {
			return Issued{}, fmt.Errorf("issue at %s: %w", ref, err)
		}
		patient = string(b)
	}
	first := ""
	if q.FirstVisit {
		first = "1"
	}
	party := strconv.Itoa(q.Party)
	result, replayed, err := s.act(ctx, "issue", ref, "", a, []string{q.Channel, party, first, patient},
		func(k known, today Day) ([]any, error) {
			service, ok := k.Service(ref.Service)
			if !ok {
				return nil, ErrNoService
			}
			if q.Party < 1 || q.Party > service.MaxParty {
				return nil, ErrPartySize
			}
			limit := NumbersPerDay
			if q.Channel == "web" {
				limit = WebNumbersPerDay
			}
			code := q.CodeHash
			if !service.WebCancel {
				code = ""
			}
			return []any{string(newTicketID(ref, today)), q.Channel, party, first, code, patient, ref.Service, limit, int64(PatientDays * 24 * time.Hour / time.Millisecond)}, nil
		})
	if err != nil {
		return Issued{}, fmt.Errorf("issue at %s: %w", ref, err)
	}
	var r struct {
		ticketJSON
		Ahead int `json:"ahead"`
	}
	if err := json.Unmarshal([]byte(result), &r); err != nil {
		return Issued{}, fmt.Errorf("issue at %s: %w", ref, err)
	}
	return Issued{r.ticket(), r.Ahead, replayed}, nil
}

// CallNext calls the first of the line to a room, and finishes whoever is in
// it: a clinic with one button presses nothing else all morning. Refusals:
// [ErrNoRoom], [ErrEmpty] (then the room's patient stays), [ErrKeyConflict].
func (s *Store) CallNext(ctx context.Context, ref Ref, room string, a Act) (Ticket, error) {
	t, err := s.ticketAct(ctx, "call_next", ref, "", a, []string{room}, func(k known, _ Day) ([]any, error) {
		return []any{room}, serves(k, room, ref.Service)
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("call next at %s: %w", ref, err)
	}
	return t, nil
}

// Call calls one waiting ticket to a room, before those ahead of it; otherwise
// like [Store.CallNext]. Further refusals: [ErrNoTicket], [ErrState].
func (s *Store) Call(ctx context.Context, id TicketID, room string, a Act) (Ticket, error) {
	ref := id.Ref()
	t, err := s.ticketAct(ctx, "call", ref, id.Day(), a, []string{string(id), room}, func(k known, _ Day) ([]any, error) {
		return []any{string(id), room}, serves(k, room, ref.Service)
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("call %s: %w", id, err)
	}
	return t, nil
}

// Do does what the desk does to one ticket: recall, enter, finish, absent,
// return, hold, resume, cancel, undo. Refusals: [ErrNoTicket], [ErrState],
// [ErrDayOver], [ErrKeyConflict]; of undo [ErrNothingToUndo], [ErrRoomBusy].
func (s *Store) Do(ctx context.Context, id TicketID, v Verb, a Act) (Ticket, error) {
	if _, ok := s.scripts[string(v)]; !ok || !slices.Contains(verbs, v) || v == Call {
		return Ticket{}, fmt.Errorf("%s %s: %w", v, id, ErrState)
	}
	ref := id.Ref()
	t, err := s.ticketAct(ctx, string(v), ref, id.Day(), a, []string{string(id)}, func(k known, _ Day) ([]any, error) {
		service, ok := k.Service(ref.Service)
		if !ok {
			return nil, ErrNoService
		}
		switch v {
		case Miss:
			return []any{string(id), service.AbsentBack}, nil
		case Cancel:
			return []any{string(id), "desk"}, nil
		default:
			return []any{string(id)}, nil
		}
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("%s %s: %w", v, id, err)
	}
	return t, nil
}

// CancelByOwner cancels a ticket for whoever knows the code behind codeHash
// (B13, B16). Refusals: [ErrNoTicket], [ErrNotCancellable], [ErrWrongCode],
// [ErrCodeLocked] after [WrongCodes] wrong ones, [ErrState], [ErrDayOver].
func (s *Store) CancelByOwner(ctx context.Context, id TicketID, codeHash string, a Act) (Ticket, error) {
	ref := id.Ref()
	t, err := s.ticketAct(ctx, "cancel", ref, id.Day(), a, []string{string(id), codeHash}, func(k known, _ Day) ([]any, error) {
		service, ok := k.Service(ref.Service)
		if !ok {
			return nil, ErrNoService
		}
		if !service.WebCancel {
			return nil, ErrNotCancellable
		}
		return []any{string(id), "owner", codeHash, WrongCodes}, nil
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("cancel %s: %w", id, err)
	}
	return t, nil
}

// SetReception opens, pauses or closes the web desk of a service. It stays so
// from day to day until it is set again.
func (s *Store) SetReception(ctx context.Context, ref Ref, r Reception, a Act) error {
	_, _, err := s.act(ctx, "reception", ref, "", a, []string{string(r)}, func(k known, _ Day) ([]any, error) {
		if _, ok := k.Service(ref.Service); !ok {
			return nil, ErrNoService
		}
		return []any{ref.Service, string(r)}, nil
	})
	if err != nil {
		return fmt.Errorf("reception of %s: %w", ref, err)
	}
	return nil
}

// SetMessage sets the standing message of a service (m.Until zero) or its
// temporary one. An empty text removes it.
func (s *Store) SetMessage(ctx context.Context, ref Ref, m Message, a Act) error {
	until := ""
	if !m.Until.IsZero() {
		until = strconv.FormatInt(m.Until.UnixMilli(), 10)
	}
	_, _, err := s.act(ctx, "message", ref, "", a, []string{m.Text, until}, func(k known, _ Day) ([]any, error) {
		if _, ok := k.Service(ref.Service); !ok {
			return nil, ErrNoService
		}
		return []any{ref.Service, m.Text, until}, nil
	})
	if err != nil {
		return fmt.Errorf("message of %s: %w", ref, err)
	}
	return nil
}

// expire removes the clinic's temporary messages whose time has come.
func (s *Store) expire(ctx context.Context, c ClinicID) error {
	_, _, err := s.act(ctx, "expire", Ref{c, "1"}, "", Act{By: Actor{Kind: "system"}}, nil, func(k known, _ Day) ([]any, error) {
		var services []any
		for _, service := range k.Services {
			services = append(services, service.ID)
		}
		return services, nil
	})
	if err != nil {
		return fmt.Errorf("expire messages of %s: %w", c, err)
	}
	return nil
}

// renew gives the clinic's day another epoch, unless somebody has since.
func (s *Store) renew(ctx context.Context, c ClinicID, lost string) error {
	_, _, err := s.act(ctx, "renew", Ref{c, "1"}, "", Act{By: Actor{Kind: "system"}}, []string{lost}, func(known, Day) ([]any, error) {
		return []any{lost}, nil
	})
	if err != nil {
		return fmt.Errorf("renew the epoch of %s: %w", c, err)
	}
	return nil
}

func (s *Store) ticketAct(ctx context.Context, name string, ref Ref, day Day, a Act, request []string, args func(known, Day) ([]any, error)) (Ticket, error) {
	result, _, err := s.act(ctx, name, ref, day, a, request, args)
	if err != nil {
		return Ticket{}, err
	}
	var t ticketJSON
	if err := json.Unmarshal([]byte(result), &t); err != nil {
		return Ticket{}, err
	}
	return t.ticket(), nil
}

// serves refuses a room that is not there, or not for that service.
func serves(k known, room, service string) error {
	if _, ok := k.Service(service); !ok {
		return ErrNoService
	}
	if r, ok := k.Room(room); !ok || !slices.Contains(r.Services, service) {
		return ErrNoRoom
	}
	return nil
}

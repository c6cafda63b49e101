package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
)

const (
	// WrongCodes is how many wrong cancel codes lock a ticket's code; the desk may still
	// cancel. A called patient can no longer cancel (domain §1.8 point 6).
	WrongCodes = 5
	// DeskKeyLife is how long a key of the desk is remembered; a patient's is
	// remembered for [KeyLife].
	DeskKeyLife = time.Hour
)

// CallNext calls the first of the line to a room, and finishes the visit in it (domain
// §5.2). It passes over tickets whose session begins in about an hour or later, and
// absentees within [clinic.Absence].Cooldown. With SkipAway it also passes over
// patients who have not arrived. Refusals: [ErrNoRoom], [ErrOffDuty], [ErrEmpty],
// [ErrLater], in slot mode [ErrSlotLater], [ErrNobodyHere], [ErrAllCooling], [ErrRoomChanged], [ErrKeyConflict]; the
// room's patient stays then.
func (s *Store) CallNext(ctx context.Context, ref clinic.Ref, room string, a Act) (Ticket, error) {
	t, err := s.ticketAct(ctx, scriptCall{name: "call_next", ref: ref, same: []string{room}, ownLine: true}, a, func(k record, _ clinic.Day) ([]any, error) {
		service, ok := k.Service(ref.Service)
		if !ok {
			return nil, clinic.ErrNoService
		}
		if r, ok := k.Room(room); !ok || !slices.Contains(r.Services, ref.Service) {
			return nil, ErrNoRoom
		}
		here := ""
		if service.SkipAway {
			here = "1"
		}
		return []any{room, ref.Service, here, reachArg(service)}, nil
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("call next at %s: %w", ref, err)
	}
	return t, nil
}

// Call calls one waiting ticket to a room, before those ahead of it. The patient need
// not be here; otherwise it is like [Store.CallNext]. Further refusals: [ErrNoTicket],
// [ErrState], [ErrDayOver].
func (s *Store) Call(ctx context.Context, id TicketID, room string, a Act) (Ticket, error) {
	ref := id.Ref()
	t, err := s.ticketAct(ctx, scriptCall{name: "call", ref: ref, day: id.Day(), same: []string{string(id), room}}, a, func(k record, _ clinic.Day) ([]any, error) {
		r, ok := k.Room(room)
		if !ok {
			return nil, ErrNoRoom
		}
		return []any{string(id), room, "," + strings.Join(r.Services, ",") + ","}, nil
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("call %s: %w", id, err)
	}
	return t, nil
}

// Do does an act of the desk on a ticket: recall, enter, finish, absent, return, exam,
// hold, resume, cancel, no_show, readmit, undo. Refusals: [ErrNoTicket],
// [ErrTicketChanged], [ErrState], [ErrDayOver], [ErrKeyConflict], [clinic.ErrNoService]
// where the record has no such line.
//
// Undo takes back the last act on the ticket, then the one before, down to the issue, at
// any time of the day. It reads the log for the former state. A call that finished
// another ticket is undone together with that, unless a later act changed the other. Its
// log entry names the entry that it takes back, so that an announcement can be
// withdrawn. Further refusals: [ErrNothingToUndo], and [ErrRoomBusy] if two patients
// would be in one room.
func (s *Store) Do(ctx context.Context, id TicketID, kind ActKind, a Act) (Ticket, error) {
	if !slices.Contains(actKinds, kind) || kind == Call || kind == Transfer || kind == Move {
		return Ticket{}, fmt.Errorf("%s %s: %w", kind, id, ErrState)
	}
	if kind == Finish {
		return s.Finish(ctx, id, false, a)
	}
	t, err := s.ticketAct(ctx, scriptCall{name: string(kind), ref: id.Ref(), day: id.Day(), same: []string{string(id)}, early: kind == Cancel || kind == Undo}, a, func(k record, _ clinic.Day) ([]any, error) {
		switch kind {
		case Miss, Exam:
			rules, err := rulesOf(k.Clinic)
			return []any{string(id), rules}, err
		case Readmit:
			service, ok := k.Service(id.Ref().Service)
			if !ok {
				return nil, clinic.ErrNoService
			}
			return []any{string(id), numbering(service.Numbers)}, nil
		case Undo:
			return []any{string(id), k.slotServices()}, nil
		case Cancel:
			return []any{string(id), "desk", "", 0, releaseAfter(k.Clinic, id), "", 0}, nil
		default:
			return []any{string(id)}, nil
		}
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("%s %s: %w", kind, id, err)
	}
	return t, nil
}

// Finish ends a visit like [Store.Do]. Inaccurate means that it did not end now, or did
// not begin at its call. Then its times teach nothing.
func (s *Store) Finish(ctx context.Context, id TicketID, inaccurate bool, a Act) (Ticket, error) {
	request := []string{string(id)}
	if inaccurate {
		request = append(request, "inaccurate")
	}
	t, err := s.ticketAct(ctx, scriptCall{name: string(Finish), ref: id.Ref(), day: id.Day(), same: request}, a, func(record, clinic.Day) ([]any, error) {
		return []any{string(id), btoi(inaccurate)}, nil
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("finish %s: %w", id, err)
	}
	return t, nil
}

// rulesOf returns the settings of each service that decide where a ticket waits again, as
// JSON for lua/absent.lua and lua/exam.lua. They take those of the line in which the
// ticket stands.
//
// An absence is settled as it happens, by the settings of that moment (domain §5.4).
// The patient then sees the result. It decides the position of the return, the calls
// until which the former position is kept, and the cooldown. A position is behind
// earlier tickets that were promised one there. No rule moves a ticket forward, or
// behind a session that has not begun. The limit of calls counts recalls, and applies
// before every other rule; it and "terminal" end in no_show. ThenTail replaces any rule
// that keeps the ticket alive.
//
// An exam and a transfer begin a new leg: calls and absences count from zero. A return
// from an exam waits behind the next ExamBack, counted at the return.
func rulesOf(c clinic.Clinic) (string, error) {
	type rule struct {
		clinic.Absence
		ExamBack int `json:"examBack"`
	}
	rules := map[string]rule{}
	for _, s := range c.Services {
		rules[s.ID] = rule{s.Absence, s.ExamBack}
	}
	b, err := json.Marshal(rules)
	return string(b), err
}

// Transfer moves a live ticket to the end of another service's line. It leaves its room,
// and follows the rules of the new line. It keeps its number, which may clash there. It
// also keeps its quota, its cancel code and the web cancel of its own service. Refusals: [clinic.ErrNoService], [ErrNoTicket], [ErrState] (also where it
// stands in that line already), [ErrDayOver].
func (s *Store) Transfer(ctx context.Context, id TicketID, service string, a Act) (Ticket, error) {
	t, err := s.ticketAct(ctx, scriptCall{name: "transfer", ref: id.Ref(), day: id.Day(), same: []string{string(id), service}}, a, func(k record, day clinic.Day) ([]any, error) {
		to, ok := k.Service(service)
		if !ok {
			return nil, clinic.ErrNoService
		}
		return []any{string(id), service, k.slotsArg(to, day)}, nil
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("transfer %s: %w", id, err)
	}
	return t, nil
}

// Move puts a waiting, absent or held ticket behind the first N waiting, or at the end
// if fewer wait. It publishes the reason, one of [MoveReasons] (A15), in the line's
// [Notice]. Refusals: [ErrReason], [ErrNoTicket], [ErrState], [ErrDayOver].
func (s *Store) Move(ctx context.Context, id TicketID, ahead int, reason string, a Act) (Ticket, error) {
	if !slices.Contains(MoveReasons, reason) {
		return Ticket{}, fmt.Errorf("move %s: %w", id, ErrReason)
	}
	ahead = min(max(ahead, 0), clinic.LineTickets)
	t, err := s.ticketAct(ctx, scriptCall{name: "move", ref: id.Ref(), day: id.Day(), same: []string{string(id), strconv.Itoa(ahead), reason}}, a, func(record, clinic.Day) ([]any, error) {
		return []any{string(id), ahead, reason}, nil
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("move %s: %w", id, err)
	}
	return t, nil
}

// Arrive sets where the patient of a live ticket is. It moves nothing in the line. Undo
// does not apply to it: it is set again. Refusals: [ErrNoTicket], [ErrState] (also for
// an unknown presence), [ErrDayOver].
func (s *Store) Arrive(ctx context.Context, id TicketID, p Presence, a Act) (Ticket, error) {
	if !slices.Contains(Presences, p) {
		return Ticket{}, fmt.Errorf("arrival of %s: %w", id, ErrState)
	}
	t, err := s.ticketAct(ctx, scriptCall{name: "arrive", ref: id.Ref(), day: id.Day(), same: []string{string(id), string(p)}}, a, func(record, clinic.Day) ([]any, error) {
		return []any{string(id), string(p)}, nil
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("arrival of %s: %w", id, err)
	}
	return t, nil
}

// CancelByOwner cancels a ticket for a client that has the code behind codeHash
// (B13, B16). Refusals: [ErrNoTicket], [ErrNotCancellable], [ErrWrongCode],
// [ErrCodeLocked] after [WrongCodes] wrong ones, [ErrState], [ErrDayOver],
// [ErrCancelTooLate] by the [clinic.CancelRule] (see [CancelUntil]).
func (s *Store) CancelByOwner(ctx context.Context, id TicketID, codeHash string, a Act) (Ticket, error) {
	ref := id.Ref()
	t, err := s.ticketAct(ctx, scriptCall{name: "cancel", ref: ref, day: id.Day(), same: []string{string(id), codeHash}, early: true}, a, func(k record, _ clinic.Day) ([]any, error) {
		service, ok := k.Service(ref.Service)
		if !ok {
			return nil, clinic.ErrNoService
		}
		if !service.WebCancel {
			return nil, ErrNotCancellable
		}
		anchor, limit := cancelArgs(k.Clinic, service, id)
		return []any{string(id), "owner", short(codeHash), WrongCodes, releaseAfter(k.Clinic, id), anchor, limit}, nil
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("cancel %s: %w", id, err)
	}
	return t, nil
}

// ticketAct does an act that ends in a ticket. What the client expects comes after
// the arguments of the script.
func (s *Store) ticketAct(ctx context.Context, c scriptCall, a Act, args argsOf) (Ticket, error) {
	result, _, err := s.act(ctx, c, a, func(k record, d clinic.Day) ([]any, error) {
		own, err := args(k, d)
		return append(own, string(a.Expect.Inside), a.Expect.Rev), err
	})
	if err != nil {
		return Ticket{}, err
	}
	var t ticketJSON
	if err := json.Unmarshal([]byte(result), &t); err != nil {
		return Ticket{}, err
	}
	return t.ticket(), nil
}

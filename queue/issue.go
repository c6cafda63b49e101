package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/hours"
)

const (
	// MostNumber is the greatest number that the desk may ask for: screens and prints
	// have room for five digits.
	MostNumber = 99_999
	// Pace is how long a ticket takes where nothing is known of it.
	Pace = 6 * time.Minute
)

// The script that issues counts the seats. A cancel returns its seat after
// [clinic.Capacity].Release; a no-show keeps it, because its time was kept too. Undo of
// a cancel takes the seat again, and may exceed the limit by one. A limit stops the web,
// and the desk until it overrides; Over reports that. One live ticket per person means
// one that has not ended: after a no-show the person may take another number. After
// [clinic.Capacity].Cancels cancels, only the desk can cancel the person's next ticket.

// Bounds limit what a service takes in on one day ([ErrDayFull]). The web stops before
// the desk, so that strangers never leave the desk without a number. Line counts the
// tickets that stand in it: a flood that was cancelled does not fill the day.
// Numbers counts those that were given, because none is given twice on a day. Its bound
// keeps them at five digits, as screens and prints expect.
type Bounds struct {
	Line, WebLine       int // tickets that wait, are absent or held, or are booked
	Numbers, WebNumbers int // numbers that were given or passed over

	// How many web tickets of a half hour are no surge: in a known half hour, and in an
	// unknown one. See [clinic.Clinic].AutoPause.
	Surge, NewSurge int
}

// DefaultBounds are those of a [Store] that was given none.
var DefaultBounds = Bounds{clinic.LineTickets, clinic.LineTickets - 1_000, 90_000, 80_000, 60, 300}

// of are the bounds of a channel.
func (b Bounds) of(web bool) (line, numbers int) {
	if web {
		return b.WebLine, b.WebNumbers
	}
	return b.Line, b.Numbers
}

// Full reports whether a channel gets no more numbers of a line, by its numbers given
// and its tickets standing.
func (b Bounds) Full(web bool, given, standing int) bool {
	line, numbers := b.of(web)
	return given >= numbers || given >= line && standing >= line
}

// Issued is the result of [Store.Issue].
type Issued struct {
	Ticket
	Ahead    int  // tickets waiting before it when it was issued
	Over     bool // the desk has gone over its bound
	Replayed bool // the key had been used for the same request: this is its first result
}

// Issue gives a number of a service (A01) for the session whose window is open, or
// books one (B12). The web's refusals: [ErrReceptionClosed], [ErrReceptionPaused],
// [ErrReceptionBefore], [ErrQuota], [ErrFirstQuota]. The desk's: [ErrDeskQuota] and
// [ErrBandFull]; [ErrNumber]; [ErrReason]. Of both: [ErrReceived], [ErrAutoStop],
// [ErrPartySize], [ErrKind], [clinic.ErrNoClinic], [clinic.ErrNoService],
// [ErrNotOffered], [ErrPersonLimit], [ErrDayFull], [ErrDayOver], [ErrKeyConflict]. By q.Override the desk
// insists.
//
// In slot mode it books q.Slot, or takes in a walk-in. Further refusals there:
// [ErrSlotUnknown], [ErrSlotOver], [ErrSlotFull], [ErrNotOpenYet].
func (s *Store) Issue(ctx context.Context, ref clinic.Ref, q Request, a Act) (Issued, error) {
	for range attempts {
		k, err := s.record(ctx, ref.Clinic)
		if err != nil {
			return Issued{}, fmt.Errorf("issue at %s: %w", ref, err)
		}
		service, _ := k.Service(ref.Service)
		issued, err := s.issue(ctx, ref, q, service.BySlot(), a)
		if errors.Is(err, errMode) {
			continue
		}
		if err != nil {
			return Issued{}, fmt.Errorf("issue at %s: %w", ref, err)
		}
		return issued, nil
	}
	return Issued{}, fmt.Errorf("issue at %s: its mode keeps changing", ref)
}

// errMode is an act on a service that has another mode by now.
var errMode = errors.New("the service has another mode")

// issue does [Store.Issue] in a mode.
func (s *Store) issue(ctx context.Context, ref clinic.Ref, q Request, bySlot bool, a Act) (Issued, error) {
	web, desk, patient := q.Channel == "web", q.deskOptions(), ""
	if q.Patient != (Patient{}) {
		b, err := json.Marshal(q.Patient)
		if err != nil {
			return Issued{}, err
		}
		patient = string(b)
	}
	options, err := json.Marshal(desk)
	if err != nil {
		return Issued{}, err
	}
	call := scriptCall{name: "issue", ref: ref, day: q.Day, early: true}
	call.same = []string{q.Channel, strconv.Itoa(q.Party), strconv.FormatBool(q.FirstVisit), q.Session, string(options), patient, q.Kind, string(q.Day)} // a repeat may come with another cancel code
	if bySlot {
		call.name, call.keys = "book", func(k record) []string { return []string{keyPersons(k.ID)} }
		call.same = append(call.same, q.Slot, strconv.FormatBool(q.Walkin))
	} else {
		call.keys = func(k record) []string {
			if service, _ := k.Service(ref.Service); service.Limits.MaxLive == 0 {
				return nil
			}
			return []string{keyPersons(k.ID)}
		}
	}
	result, replayed, err := s.act(ctx, call, a, func(k record, day clinic.Day) ([]any, error) {
		service, ok := k.Service(ref.Service)
		most := service.MaxParty
		if !web && q.Override {
			most = clinic.MaxParty
		}
		switch {
		case !ok:
			return nil, clinic.ErrNoService
		case service.BySlot() != bySlot:
			return nil, errMode
		case q.Party < 1 || q.Party > most:
			return nil, ErrPartySize
		case !service.Takes(q.Kind):
			return nil, ErrKind
		case desk.Ahead != nil && (*desk.Ahead < 0 || !slices.Contains(MoveReasons, desk.Reason)):
			return nil, ErrReason
		case desk.Number > MostNumber:
			return nil, ErrNumber
		case bySlot:
			return jsonArg(s.bookRequest(k, service, day, q))
		}
		var learned *estimate.Learned
		if web || service.Capacity.AutoStop {
			learned = s.lessons.Learned(ctx, ref.Clinic)
		}
		r, err := s.issueRequest(k, service, day, q, learned)
		if err != nil {
			return nil, err
		}
		return jsonArg(r)
	})
	if err != nil {
		return Issued{}, err
	}
	var r struct {
		ticketJSON
		Ahead int  `json:"ahead"`
		Over  bool `json:"over"`
	}
	if err := json.Unmarshal([]byte(result), &r); err != nil {
		return Issued{}, err
	}
	return Issued{r.ticket(), r.Ahead, r.Over, replayed}, nil
}

// jsonArg is the argument of a script that takes one JSON document.
func jsonArg(of any) ([]any, error) {
	text, err := json.Marshal(of)
	return []any{string(text)}, err
}

// releaseAfter is how many milliseconds after its cancel a ticket's seat is offered again.
func releaseAfter(c clinic.Clinic, id TicketID) int64 {
	s, _ := c.Service(id.Ref().Service)
	return int64(s.Capacity.Release) * 60_000
}

func millis(w hours.Window) [2]int64 { return [2]int64{w.From.UnixMilli(), w.To.UnixMilli()} }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

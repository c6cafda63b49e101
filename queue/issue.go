package queue

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/hours"
)

const (
	// MostNumber is the greatest number that the desk may ask for by name: screens
	// and prints have room for five digits.
	MostNumber = 99_999
	// Pace is how long a ticket takes where nothing is known of it.
	Pace = 6 * time.Minute
)

// Bounds limit what a service takes in on one day ([ErrDayFull]). The web stops
// before the desk, so that strangers never leave the desk without a number. What
// counts in the line are the tickets that stand in it: a flood that was cancelled
// does not fill the day (S4). A number is never given twice on a day, so those are
// counted apart: with them a number has five digits at most, as screens and prints
// expect.
type Bounds struct {
	Line, WebLine       int // tickets that wait, are absent or held, or are booked
	Numbers, WebNumbers int // numbers that were given or passed over

	// Of the web tickets of a half hour, those that are never a jump: where the
	// half hour is known, and where it is not. See [clinic.Clinic].AutoPause.
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

// Full reports whether the desk, or the web, gets no more numbers of a line that
// has given so many and in which so many tickets stand.
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

// askJSON is what lua/issue.lua gets that few requests and records ask: only what
// is set.
type askJSON struct {
	Book     string   `json:"book,omitempty"`
	Persons  []string `json:"persons,omitempty"`
	Cancels  int      `json:"cancels,omitempty"`
	Number   int      `json:"number,omitempty"`
	Ahead    *int     `json:"ahead,omitempty"`
	Reason   string   `json:"reason,omitempty"`
	Override bool     `json:"override,omitempty"`

	Consult []int64          `json:"consult,omitempty"` // from and to, in milliseconds
	Margin  int64            `json:"margin,omitempty"`  // milliseconds
	Rooms   map[string]bool  `json:"rooms,omitempty"`   // those of the services in Paces; true: the service's own
	Paces   map[string]int64 `json:"paces,omitempty"`   // milliseconds by service; none: no AutoStop
}

// Issue gives a number of a service (A01), for the session whose window is
// open, or books one of a day to come (B12). The web's refusals:
// [ErrReceptionClosed], [ErrReceptionPaused], [ErrReceptionBefore], [ErrQuota],
// [ErrFirstQuota]. The desk's: [ErrDeskQuota] and [ErrBandFull]; [ErrNumber];
// [ErrReason]. Of both: [ErrReceived], [ErrAutoStop], [ErrPartySize], [ErrKind],
// [clinic.ErrNoClinic], [clinic.ErrNoService], [ErrNotOffered], [ErrDayFull], [ErrDayOver],
// [ErrKeyConflict]. By q.Override the desk insists.
func (s *Store) Issue(ctx context.Context, ref clinic.Ref, q Request, a Act) (Issued, error) {
	patient := ""
	if q.Patient != (Patient{}) {
		b, err := json.Marshal(q.Patient)
		if err != nil {
			return Issued{}, fmt.Errorf("issue at %s: %w", ref, err)
		}
		patient = string(b)
	}
	ask, web := askJSON{}, q.Channel == "web"
	if !web {
		ask.Number, ask.Override = q.Number, q.Override
		if q.Day == "" {
			ask.Ahead = q.Ahead
		}
		if ask.Ahead != nil {
			ask.Reason = q.Reason
		}
	}
	same, err := json.Marshal(ask) // a repeat may come with another cancel code
	if err != nil {
		return Issued{}, fmt.Errorf("issue at %s: %w", ref, err)
	}
	request := []string{q.Channel, strconv.Itoa(q.Party), strconv.FormatBool(q.FirstVisit), q.Session, string(same), patient, q.Kind, string(q.Day)}
	result, replayed, err := s.act(ctx, "issue", ref, q.Day, a, request,
		func(k known, day clinic.Day) ([]any, error) {
			service, ok := k.Service(ref.Service)
			most := service.MaxParty
			if !web && q.Override {
				most = clinic.MaxParty
			}
			switch {
			case !ok:
				return nil, clinic.ErrNoService
			case q.Party < 1 || q.Party > most:
				return nil, ErrPartySize
			case !service.Takes(q.Kind):
				return nil, ErrKind
			case ask.Ahead != nil && (*ask.Ahead < 0 || !slices.Contains(MoveReasons, ask.Reason)):
				return nil, ErrReason
			case ask.Number > MostNumber:
				return nil, ErrNumber
			}
			ask, now, h, p, surge := ask, s.now(), s.handOf(ref), plan{}, []any{"", "", ""}
			if today := k.DayOf(now, k.loc); q.Day == "" {
				p = k.planToday(service, day, web, h, now)
				if p.why == nil && q.Session != "" && q.Session != p.ID {
					return nil, ErrNotOffered
				}
				if web && k.PauseFactor() > 0 {
					surge = k.surgeArgs(service, day, &p, s.bounds, now, s.lessons.Learned(ctx, ref.Clinic), MarkOf(q.Origin, day))
				}
			} else if q.Day <= today {
				return nil, ErrDayOver
			} else if !k.bookable(service, today, day) {
				return nil, ErrNotOffered
			} else {
				ask.Book, h = cmp.Or(service.Booking.Numbers, clinic.NumbersNow), anyHand
				if p = k.planAhead(service, today, day, q.Session, web, now); web {
					surge = k.bookingSurgeArgs(service, today, &p, s.bounds, now, MarkOf(q.Origin, today))
				}
			}
			id := newTicketID(ref, day)
			ticket, err := openTicket(id, p.ID, q, service.WebCancel)
			if err != nil {
				return nil, err
			}
			var learned *estimate.Learned
			if service.Capacity.AutoStop {
				learned = s.lessons.Learned(ctx, ref.Clinic)
			}
			rest, err := k.seldom(ask, service, q.Persons, p.Session, learned)
			if err != nil {
				return nil, err
			}
			from, until := k.Bounds(day, k.loc)
			line, numbers := s.bounds.of(web)
			base := 0
			if p.ID != "" {
				base = sessionBase(p.Session, from)
			}
			args := []any{
				string(id), ref.Service, h.reception, h.until, p.from, p.until, p.why.Code(),
				ticket, line, numbering(service.Numbers), p.ID, base, rest, patient, until.Add(k.KeepPatients()).UnixMilli(),
			}
			return append(append(args, seatsOf(service, p.ID, web, q.FirstVisit)...), append([]any{numbers}, surge...)...), nil
		})
	if err != nil {
		return Issued{}, fmt.Errorf("issue at %s: %w", ref, err)
	}
	var r struct {
		ticketJSON
		Ahead int  `json:"ahead"`
		Over  bool `json:"over"`
	}
	if err := json.Unmarshal([]byte(result), &r); err != nil {
		return Issued{}, fmt.Errorf("issue at %s: %w", ref, err)
	}
	return Issued{r.ticket(), r.Ahead, r.Over, replayed}, nil
}

// openTicket is a ticket as far as it is known before it has a number: JSON to
// which the script adds the rest.
func openTicket(id TicketID, session string, q Request, webCancel bool) (string, error) {
	t := struct {
		ID    TicketID `json:"id"`
		Ch    string   `json:"ch"`
		Party int      `json:"party"`
		First bool     `json:"first,omitempty"`
		Kind  string   `json:"kind,omitempty"`
		Code  string   `json:"code,omitempty"`
		Pres  Presence `json:"pres,omitempty"`
		Sess  string   `json:"sess,omitempty"`
		From  string   `json:"from,omitempty"`
	}{ID: id, Sess: session, Ch: q.Channel, Party: q.Party, First: q.FirstVisit, Kind: q.Kind}
	if webCancel {
		t.Code = short(q.CodeHash)
	}
	if q.Channel == "web" {
		t.From = MarkOf(q.Origin, id.Day())
	} else {
		t.Pres = Here
	}
	b, err := json.Marshal(t)
	return strings.TrimSuffix(string(b), "}"), err
}

// seldom adds to what is asked what the record says, as JSON; "" if that is
// nothing at all, which is the rule.
func (k known) seldom(ask askJSON, s clinic.Service, persons []string, session hours.Session, learned *estimate.Learned) (string, error) {
	if ask.Persons = personsOf(s, persons); s.Capacity.OneEach {
		ask.Cancels = s.Capacity.Cancels
	}
	if s.Capacity.AutoStop && session.ID != "" {
		services, rooms := sharedRooms(k.Clinic, s.ID)
		consult := millis(session.Consult)
		ask.Consult, ask.Margin = consult[:], int64(s.Capacity.Margin)*60_000
		ask.Rooms, ask.Paces = rooms, map[string]int64{}
		for _, other := range k.Services {
			if services[other.ID] {
				ask.Paces[other.ID] = paceOf(other, learned).Milliseconds()
			}
		}
	}
	b, err := json.Marshal(ask)
	if string(b) == "{}" {
		return "", nil
	}
	return string(b), err
}

// personsOf are the hashes under which the scripts keep a person's ticket; none where
// the service gives a person any number.
func personsOf(s clinic.Service, persons []string) (kept []string) {
	if s.Capacity.OneEach {
		for _, person := range persons {
			kept = append(kept, short(person))
		}
	}
	return kept
}

// seatsOf are the counts in which a ticket takes a seat, each with its bound; the
// second may be "".
func seatsOf(s clinic.Service, session string, web, first bool) []any {
	seat := func(kind string) string { return s.ID + ":" + kind + ":" + session }
	switch c := s.Capacity; {
	case !web:
		return []any{seat("desk"), bound(c.Desk), "", ""}
	case first:
		return []any{seat("web"), bound(c.Web), seat("first"), bound(c.First)}
	default:
		return []any{seat("web"), bound(c.Web), "", ""}
	}
}

// bound is how the script takes one: "" is none.
func bound(n *int) any {
	if n == nil {
		return ""
	}
	return *n
}

// sessionBase is what the places of a session's tickets begin with: the half
// hours from the day's beginning to the session's. So a line keeps the order of
// its sessions, also when the afternoon's web opens before the morning's desk
// has closed, and a session that is added during the day moves no other.
func sessionBase(s hours.Session, day time.Time) int {
	return int(s.Consult.From.Sub(day)/(30*time.Minute)) * 1_000_000
}

// paceOf is how long one ticket of the service takes, as it was learned.
func paceOf(s clinic.Service, learned *estimate.Learned) time.Duration {
	if each, ok := learned.PerTicket(s.ID); ok {
		return each
	}
	if s.Capacity.PerTicket > 0 {
		return time.Duration(s.Capacity.PerTicket) * time.Minute
	}
	return Pace
}

// short is what is kept of a keyed hash: 128 bits in base 64.
func short(hash string) string { return hash[:min(len(hash), 22)] }

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

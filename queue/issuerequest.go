package queue

import (
	"cmp"
	"crypto/rand"
	"strings"

	"junban/queue/clinic"
	"junban/queue/estimate"
)

// issueRequest is what lua/issue.lua gets: one JSON document.
type issueRequest struct {
	Service string    `json:"service"`
	Ticket  newTicket `json:"ticket"`
	Manual  *manual   `json:"manual,omitempty"` // of today's web desk, as this store knows it; nil: a day to come
	From    int64     `json:"from"`             // milliseconds between which all that follows is right
	To      int64     `json:"to"`
	Refusal string    `json:"refusal,omitempty"` // why no number is given

	Most        int         `json:"most"`        // tickets in the line, see [Bounds]
	MostNumbers int         `json:"mostNumbers"` // numbers of the day
	Numbering   string      `json:"numbering"`   // as the record has it, see lua/prelude/numbers.lua
	Base        int         `json:"base"`        // what the positions of the session begin with
	Seats       []seat      `json:"seats"`       // those that the ticket takes, one or two
	Surge       *surgeBound `json:"surge,omitempty"`
	AutoStop    *autoStop   `json:"autoStop,omitempty"`

	Book    string   `json:"book,omitempty"`    // of a day to come: when it gets its number, [clinic.NumbersNow] or [clinic.NumbersOpening]
	Persons []string `json:"persons,omitempty"` // hashes that name the person, where each gets one ticket
	Cancels int      `json:"cancels,omitempty"` // from that many on only the desk can cancel the person's ticket
	personLimit
	deskOptions

	Patient       *Patient `json:"patient,omitempty"`
	PatientsUntil int64    `json:"patientsUntil"` // the millisecond until which patients' data is kept
}

// personLimit limits the live tickets of a person over all days ([clinic.PersonLimits]).
type personLimit struct {
	Limited []string   `json:"limited,omitempty"` // hashes that name the person, where their tickets are counted
	MaxLive int        `json:"maxLive,omitempty"`
	Today   clinic.Day `json:"today,omitempty"`
}

// personLimitOf returns it for a service. In slot mode tickets are counted without a
// limit too, so that a limit set later holds at once.
func personLimitOf(s clinic.Service, today clinic.Day, persons []string) (l personLimit) {
	if !s.BySlot() && s.Limits.MaxLive == 0 {
		return l
	}
	for _, person := range persons {
		l.Limited = append(l.Limited, short(person))
	}
	l.MaxLive, l.Today = s.Limits.MaxLive, today
	return l
}

// deskOptions are what only the desk may ask for.
type deskOptions struct {
	Number   int    `json:"number,omitempty"`
	Ahead    *int   `json:"ahead,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Override bool   `json:"override,omitempty"`
}

// deskOptions returns those of a request: none of the web.
func (q Request) deskOptions() (o deskOptions) {
	if q.Channel == "web" {
		return o
	}
	o.Number, o.Override = q.Number, q.Override
	if q.Day == "" && q.Ahead != nil {
		o.Ahead, o.Reason = q.Ahead, q.Reason
	}
	return o
}

// newTicket is a ticket before it has a number and a position, which the script adds.
type newTicket struct {
	ID    TicketID `json:"id"`
	Ch    string   `json:"ch"`
	Party int      `json:"party"`
	First bool     `json:"first,omitempty"`
	Kind  string   `json:"kind,omitempty"`
	Code  string   `json:"code,omitempty"`
	Pres  Presence `json:"pres,omitempty"`
	Sess  string   `json:"sess,omitempty"`
	From  string   `json:"from,omitempty"`
	W     int      `json:"w,omitempty"` // seats; 0: 1
}

// seat is a count of META in which a ticket takes a seat.
type seat struct {
	Count string `json:"count"`
	Limit *int   `json:"limit,omitempty"` // nil: none
	Full  string `json:"full"`            // the refusal at the limit
}

// surgeBound bounds the web tickets of the present half hour, see surge.go.
type surgeBound struct {
	Limit int    `json:"limit"`
	Ends  int64  `json:"ends,omitempty"` // the millisecond until which more of them pause the web desk; 0: of bookings
	Mark  string `json:"mark,omitempty"` // of the ticket's origin, today
}

// issueRequest works out a request of today or, with q.Day, of a day to come.
func (s *Store) issueRequest(k record, service clinic.Service, day clinic.Day, q Request, learned *estimate.Learned) (r issueRequest, err error) {
	ref, web, now := clinic.Ref{Clinic: k.ID, Service: service.ID}, q.Channel == "web", s.now()
	today := k.DayOf(now, k.loc)
	var p plan
	switch {
	case q.Day == "":
		m := s.manualOf(ref)
		p, r.Manual = k.planToday(service, day, web, m, now), &m
		if p.why == nil && q.Session != "" && q.Session != p.ID {
			return r, ErrNotOffered
		}
		if web && k.PauseFactor() > 0 {
			r.Surge = k.surgeBound(service, day, &p, s.bounds, now, learned, MarkOf(q.Origin, day))
		}
	case q.Day <= today:
		return r, ErrDayOver
	case !k.bookable(service, today, day):
		return r, ErrNotOffered
	default:
		r.Book = cmp.Or(service.Booking.Numbers, clinic.NumbersNow)
		if p = k.planAhead(service, today, day, q.Session, web, now); web {
			r.Surge = k.bookingSurgeBound(service, today, &p, s.bounds, now, MarkOf(q.Origin, today))
		}
	}
	from, until := k.Bounds(day, k.loc)
	if p.ID != "" {
		r.Base = sessionBase(p.Session, from)
	}
	if service.Capacity.AutoStop && p.ID != "" {
		r.AutoStop = autoStopOf(k.Clinic, service, p.Session, from, now, q.Day != "", learned)
		p.edge(p.Consult.From.UnixMilli(), now)
	}
	r.Service, r.From, r.To, r.Refusal = service.ID, p.from, p.until, p.why.Code()
	r.Most, r.MostNumbers = s.bounds.of(web)
	r.Numbering, r.Seats = numbering(service.Numbers), seatsOf(service, p.ID, web, q.FirstVisit)
	r.Ticket = newTicketOf(newTicketID(ref, day), p.ID, q, service.WebCancel)
	if r.Persons = personsOf(service, q.Persons); service.OneEach() {
		r.Cancels = service.Capacity.Cancels
	}
	r.personLimit, r.deskOptions = personLimitOf(service, today, q.Persons), q.deskOptions()
	if q.Patient != (Patient{}) {
		r.Patient = &q.Patient
	}
	r.PatientsUntil = until.Add(k.KeepPatients()).UnixMilli()
	return r, nil
}

func newTicketOf(id TicketID, session string, q Request, webCancel bool) newTicket {
	t := newTicket{ID: id, Sess: session, Ch: q.Channel, Party: q.Party, First: q.FirstVisit, Kind: q.Kind}
	if webCancel {
		t.Code = short(q.CodeHash)
	}
	if q.Channel == "web" {
		t.From = MarkOf(q.Origin, id.Day())
	} else {
		t.Pres = Here
	}
	return t
}

// personsOf are the hashes under which the scripts keep a person's ticket; none where
// persons have no limit.
func personsOf(s clinic.Service, persons []string) (kept []string) {
	if s.OneEach() {
		for _, person := range persons {
			kept = append(kept, short(person))
		}
	}
	return kept
}

// seatsOf are the seats that a ticket takes.
func seatsOf(s clinic.Service, session string, web, first bool) []seat {
	of := func(kind string, limit *int, full string) seat {
		return seat{s.ID + ":" + kind + ":" + session, limit, full}
	}
	c := s.Capacity
	if !web {
		return []seat{of("desk", c.Desk, ErrDeskQuota.Code())}
	}
	seats := []seat{of("web", c.Web, ErrQuota.Code())}
	if first {
		seats = append(seats, of("first", c.First, ErrFirstQuota.Code()))
	}
	return seats
}

// short is what is kept of a keyed hash: 128 bits in base 64.
func short(hash string) string { return hash[:min(len(hash), 22)] }

// newTicketID returns a fresh id for a ticket of that service and day.
func newTicketID(ref clinic.Ref, d clinic.Day) TicketID {
	return TicketID(ref.String() + "-" + d.Compact() + "-" + strings.ToLower(rand.Text()[:12]))
}

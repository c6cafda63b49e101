package queue

import (
	"slices"
	"time"

	"junban/internal/refusal"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// bookRequest is what lua/book.lua gets: one JSON document.
type bookRequest struct {
	Service string     `json:"service"`
	Ticket  newTicket  `json:"ticket"`
	Manual  *manual    `json:"manual,omitempty"` // of today's web desk, as this store knows it; nil: not asked
	Walkin  bool       `json:"walkin,omitempty"`
	Slots   []bookSlot `json:"slots"` // that come into question, the first free one is taken

	Numbering string `json:"numbering"` // as the record has it, see lua/prelude/numbers.lua
	BySlot    bool   `json:"bySlot,omitempty"`
	Cancels   int    `json:"cancels,omitempty"` // from that many on only the desk can cancel the person's ticket
	deskOptions

	bookLimits
	Patient *Patient `json:"patient,omitempty"`
}

// bookLimits are what a booking is checked by, beside the seats of its slot.
type bookLimits struct {
	From    int64  `json:"from"` // milliseconds between which the request is right
	To      int64  `json:"to"`
	Refusal string `json:"refusal,omitempty"` // why nothing is booked

	Most        int `json:"most"`        // tickets in the line, see [Bounds]
	MostNumbers int `json:"mostNumbers"` // numbers of the day

	Persons []string `json:"persons,omitempty"` // hashes that name the person, where each gets one ticket
	personLimit

	PatientsUntil int64 `json:"patientsUntil"` // the millisecond until which patients' data is kept
}

// bookSlot is a slot with its seats, as the scripts take it.
type bookSlot struct {
	Slot    hours.Clock `json:"slot"`
	Till    hours.Clock `json:"till"`
	From    int64       `json:"from"`
	To      int64       `json:"to"`
	Session string      `json:"session"`
	Unit    int         `json:"unit"` // see [slotUnit]
	Seats   []bookSeat  `json:"seats"`
}

// bookSeat is a count of META in which a ticket takes seats.
type bookSeat struct {
	Count string `json:"count"`
	N     int    `json:"n"`
	Limit *int   `json:"limit,omitempty"` // nil: none
	Full  string `json:"full"`            // the refusal at the limit
}

// slotUnit is what the positions of a slot begin with: the five minutes of the business
// day in which it begins. So a line sorts by slots, of whatever length they are.
func slotUnit(from, day time.Time) int { return int(from.Sub(day) / (5 * time.Minute)) }

// slotsOf returns the slots of a service on a day.
func (k record) slotsOf(s clinic.Service, day clinic.Day) []hours.Slot {
	if !s.BySlot() {
		return nil
	}
	return hours.Slots(k.sessionsOf(s, day), s.Slot.Minutes, k.loc)
}

// addDays returns the date n days after another.
func addDays(d clinic.Day, n int) clinic.Day {
	return d.Add(n)
}

// OpensAt returns when the web may book a day to come of a service in slot mode: at
// [clinic.Booking].OpensAt of the first day on which it is within [clinic.Booking].Days.
func OpensAt(c clinic.Clinic, s clinic.Service, day clinic.Day) time.Time {
	loc, err := c.Location()
	if err != nil {
		return time.Time{} // a record's zone is validated before it is written
	}
	first := string(addDays(day, -s.Booking.Days))
	if s.Booking.OpensAt != "" {
		at, _ := hours.Instant(first, s.Booking.OpensAt, loc)
		return at
	}
	calendar, _ := c.Timetable(s)
	return calendar.WebHours(first, loc).From
}

// planBook picks the slots of a day for a request, or says why there are none. The desk
// books [clinic.SlotDays] ahead, also beyond the days of the web (L03). The plan is right
// between its milliseconds.
func (k record) planBook(s clinic.Service, today, day clinic.Day, q Request, set manual, now time.Time) (plan, []hours.Slot) {
	from, until := k.Bounds(today, k.loc)
	p := plan{from: from.UnixMilli(), until: until.UnixMilli()}
	refused := func(why *refusal.Refusal) (plan, []hours.Slot) {
		p.why = why
		return p, nil
	}
	all := k.slotsOf(s, day)
	web := q.Channel == "web"
	horizon := clinic.SlotDays
	if web {
		horizon = s.Booking.Days
	}
	switch {
	case day < today:
		return refused(ErrDayOver)
	case len(all) == 0, day > addDays(today, horizon), q.Walkin && day != today:
		return refused(ErrNotOffered)
	case !web && q.Walkin && q.Slot == "":
		return k.planWalkin(p, all, q.Override, now)
	}
	i := slices.IndexFunc(all, func(slot hours.Slot) bool { return string(slot.Start) == q.Slot })
	if i < 0 {
		return refused(ErrSlotUnknown)
	}
	last := all[i].To // the desk books until then
	if web {
		if why := k.webBooks(&p, s, today, day, set, now); why != nil {
			return refused(why)
		}
		last = all[i].From.Add(-time.Duration(s.Slot.Lead) * time.Minute)
	}
	p.edge(last.UnixMilli(), now)
	if !now.Before(last) && (web || !q.Override) {
		return refused(ErrSlotOver)
	}
	return p, all[i : i+1]
}

// planWalkin picks the slots of today that are not over, in order. An override takes the
// last of the day where all are.
func (k record) planWalkin(p plan, all []hours.Slot, override bool, now time.Time) (plan, []hours.Slot) {
	var left []hours.Slot
	for _, slot := range all {
		p.edge(slot.To.UnixMilli(), now)
		if now.Before(slot.To) {
			left = append(left, slot)
		}
	}
	if len(left) > 0 {
		return p, left
	}
	if !override {
		p.why = ErrSlotOver
		return p, nil
	}
	return p, all[len(all)-1:]
}

// webBooks returns why the web books nothing of a day now, and narrows the plan to
// the time in which that is so. The web hours and the desk override are those of today;
// the override is of today's slots alone.
func (k record) webBooks(p *plan, s clinic.Service, today, day clinic.Day, set manual, now time.Time) *refusal.Refusal {
	var reception Reception
	if day == today {
		m := set.read()
		if !m.Until.IsZero() {
			p.edge(m.Until.UnixMilli(), now)
		}
		reception = m.at(now, true).Reception
	}
	served, ms := k.served(s, today), now.UnixMilli()
	p.edge(served[0], now)
	p.edge(served[1], now)
	switch {
	case reception == Paused:
		return ErrReceptionPaused
	case reception == Closed, reception != Open && (ms < served[0] || ms >= served[1]):
		return ErrReceptionClosed
	}
	if s.Booking.Days > 0 && day == addDays(today, s.Booking.Days) {
		opens := OpensAt(k.Clinic, s, day)
		p.edge(opens.UnixMilli(), now)
		if now.Before(opens) {
			return ErrNotOpenYet
		}
	}
	return nil
}

// slotSeats are the seats of a slot and its session that a ticket takes. Early limits
// those of the web before the day itself (当日枠).
func slotSeats(s clinic.Service, day clinic.Day, slot hours.Slot, web, first, early bool, weight int) []bookSeat {
	webLimit, deskLimit := s.SeatsOf(day, hours.Weekday(string(day)), slot.Session, slot.Start)
	session, of := slot.Session, slot.Session+"@"+string(slot.Start)
	if !web {
		return []bookSeat{
			{s.ID + ":desk:" + of, weight, deskLimit, ErrSlotFull.Code()},
			{s.ID + ":desk:" + session, weight, s.Capacity.Desk, ErrDeskQuota.Code()},
		}
	}
	if early && s.Slot.Early != nil && (webLimit == nil || *s.Slot.Early < *webLimit) {
		webLimit = s.Slot.Early
	}
	seats := []bookSeat{{s.ID + ":web:" + of, weight, webLimit, ErrSlotFull.Code()}}
	if first {
		seats = append(seats, bookSeat{s.ID + ":first:" + of, 1, s.Slot.First, ErrFirstQuota.Code()})
	}
	seats = append(seats, bookSeat{s.ID + ":web:" + session, weight, s.Capacity.Web, ErrQuota.Code()})
	if first {
		seats = append(seats, bookSeat{s.ID + ":first:" + session, 1, s.Capacity.First, ErrFirstQuota.Code()})
	}
	return seats
}

// bookSlots are slots with the seats that a ticket takes, as the scripts take them.
func (k record) bookSlots(s clinic.Service, day clinic.Day, slots []hours.Slot, web, first, early bool, weight int) []bookSlot {
	from, _ := k.Bounds(day, k.loc)
	all := []bookSlot{}
	for _, slot := range slots {
		all = append(all, bookSlot{
			slot.Start, slot.End, slot.From.UnixMilli(), slot.To.UnixMilli(), slot.Session, slotUnit(slot.From, from),
			slotSeats(s, day, slot, web, first, early, weight),
		})
	}
	return all
}

// limitsOf are those of a booking by a plan.
func (s *Store) limitsOf(k record, service clinic.Service, today, day clinic.Day, p plan, web bool, persons []string) bookLimits {
	_, until := k.Bounds(day, k.loc)
	l := bookLimits{
		From: p.from, To: p.until, Refusal: p.why.Code(), Persons: personsOf(service, persons),
		personLimit: personLimitOf(service, today, persons), PatientsUntil: until.Add(k.KeepPatients()).UnixMilli(),
	}
	l.Most, l.MostNumbers = s.bounds.of(web)
	return l
}

// bookRequest works out a request of a service in slot mode.
func (s *Store) bookRequest(k record, service clinic.Service, day clinic.Day, q Request) bookRequest {
	ref, web, now := clinic.Ref{Clinic: k.ID, Service: service.ID}, q.Channel == "web", s.now()
	today, m := k.DayOf(now, k.loc), s.manualOf(ref)
	q.Walkin = q.Walkin && !web
	p, slots := k.planBook(service, today, day, q, m, now)
	weight := service.Weight(q.Kind, q.Party)
	r := bookRequest{
		Service: service.ID, Walkin: q.Walkin, Numbering: numbering(service.Numbers), BySlot: service.Slot.NumberBySlot,
		Slots:       k.bookSlots(service, day, slots, web, q.FirstVisit, web && day > today, weight),
		Cancels:     service.Capacity.Cancels,
		deskOptions: q.deskOptions(), bookLimits: s.limitsOf(k, service, today, day, p, web, q.Persons),
	}
	if web && day == today {
		r.Manual = &m
	}
	r.Ticket = newTicketOf(newTicketID(ref, day), "", q, service.WebCancel)
	r.Ticket.W = besideOne(weight)
	if r.Ticket.Pres = ""; q.Walkin {
		r.Ticket.Pres = Here
	} else {
		r.Number, r.Ahead, r.Reason = 0, nil, ""
	}
	if q.Patient != (Patient{}) {
		r.Patient = &q.Patient
	}
	return r
}

// besideOne is how the scripts take a weight: 1 is not written.
func besideOne(weight int) int {
	if weight == 1 {
		return 0
	}
	return weight
}

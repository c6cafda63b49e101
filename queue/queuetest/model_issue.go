package queuetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// numbering is how a service's numbers of one day are given, by the settings
// that its first ticket found.
type numbering struct {
	clinic.Numbers
	last map[string]int // by scope and band
	kept map[string]int // numbers kept for the desk: the place they were passed over at, 0 once given
}

// Issue is [queue.Store.Issue].
func (m *Model) Issue(_ context.Context, ref clinic.Ref, q queue.Request, a queue.Act) (queue.Issued, error) {
	web := q.Channel == "web"
	if web {
		q.Number, q.Ahead, q.Reason, q.Override, q.Walkin = 0, nil, "", false, false
	}
	if q.Day != "" {
		q.Ahead = nil
	}
	ahead := "end"
	if q.Ahead != nil {
		ahead = strconv.Itoa(*q.Ahead) + q.Reason
	}
	request := fmt.Sprint("issue", ref, q.Channel, q.Party, q.FirstVisit, q.Kind, q.Patient, q.Number, ahead, q.Override, q.Day, q.Session, q.Slot, q.Walkin)
	i, again, err := once(m, ref, a, request, func() (queue.Issued, error) {
		c, s, d, today, err := m.at(ref)
		switch {
		case err != nil:
			return queue.Issued{}, err
		case q.Party < 1 || q.Party > s.MaxParty && !(q.Override && q.Party <= clinic.MaxParty):
			return queue.Issued{}, queue.ErrPartySize
		case q.Kind != "" && !slices.ContainsFunc(s.Kinds, func(k clinic.Kind) bool { return k.ID == q.Kind }):
			return queue.Issued{}, queue.ErrKind
		case q.Ahead != nil && (*q.Ahead < 0 || !slices.Contains(queue.MoveReasons, q.Reason)):
			return queue.Issued{}, queue.ErrReason
		case !web && q.Number > queue.MostNumber:
			return queue.Issued{}, queue.ErrNumber
		}
		if s.BySlot() {
			return m.issueSlot(c, s, ref, q)
		}
		booked := q.Day != ""
		var session hours.Session
		if booked {
			d, today = c.day(q.Day), q.Day
			session, err = m.ahead(c, s, q)
		} else {
			if session, err = m.session(c, s, today, web); err == nil && q.Session != "" && q.Session != session.ID {
				err = queue.ErrNotOffered
			}
		}
		if err != nil {
			return queue.Issued{}, err
		}
		if !booked {
			m.openBookings(c, d)
		}
		if m.Bounds.Full(web, d.counter[s.ID], d.standing(ref)) {
			return queue.Issued{}, queue.ErrDayFull
		}
		selves, refusal := m.admit(c, d, s, session.ID, q.Persons, nil)
		if refusal != nil && !q.Override {
			return queue.Issued{}, refusal
		}
		full, err := m.room(d, s, session.ID, q, web)
		if err != nil {
			return queue.Issued{}, err
		}
		over := refusal != nil || full
		base := m.sessionBase(c, today, session)
		n, take := 0, func(base int) int {
			d.counter[s.ID]++
			return base + d.counter[s.ID]
		}
		later := booked && s.Booking.Numbers == clinic.NumbersOpening
		if !later {
			if n, take, err = d.number(s, session.ID, q, web); err != nil {
				return queue.Issued{}, err
			}
		}
		if s.Capacity.AutoStop && m.late(c, s, d, session, base, booked) {
			if !q.Override {
				return queue.Issued{}, queue.ErrAutoStop
			}
			over = true
		}
		if web && booked && m.bookingSurges(c, s, q.Origin) || web && !booked && m.surges(c, s, d, session, today, q.Origin) {
			return queue.Issued{}, queue.ErrReceptionPaused
		}
		d.bump()
		t := &ticket{patient: q.Patient, selves: selves, persons: known(s, q.Persons), Ticket: queue.Ticket{
			ID: freshID(ref, today), Rev: "0", Number: n, State: queue.Waiting, Party: q.Party, FirstVisit: q.FirstVisit, Kind: q.Kind, Channel: q.Channel,
			Position: PositionOf(take(base)), Issued: m.now(), Session: session.ID, Line: ref.Service,
		}}
		if web {
			t.Mark = queue.MarkOf(q.Origin, today)
		} else {
			t.Presence = queue.Here
		}
		if later {
			t.State = queue.Booked
		}
		if s.WebCancel && (s.Capacity.Cancels == 0 || !s.OneEach() || selves < s.Capacity.Cancels) {
			t.code, t.CodeHash, t.HasCode = q.CodeHash, q.CodeHash, q.CodeHash != ""
		}
		if q.Ahead != nil {
			t.Position, t.Reason = d.behind(t, s.ID, *q.Ahead, ""), q.Reason
			m.announce(d, s.ID, q.Reason)
		}
		before := 0
		for _, o := range d.waiting(ref) {
			if o.Position < t.Position {
				before++
			}
		}
		d.tickets[t.ID] = t
		for _, person := range persons(s, session.ID, q.Persons) {
			d.persons[person] = t
		}
		return queue.Issued{Ticket: t.Ticket, Ahead: before, Over: over}, nil
	})
	i.Replayed = again
	return i, err
}

// freshID returns a fresh id of a service's day.
func freshID(ref clinic.Ref, on clinic.Day) queue.TicketID {
	return queue.TicketID(ref.String() + "-" + strings.ReplaceAll(string(on[2:]), "-", "") + "-" + strings.ToLower(rand.Text()[:12]))
}

// sessionBase is where the positions of a session begin, in order mode.
func (m *Model) sessionBase(c *clinicState, on clinic.Day, session hours.Session) int {
	if session.ID == "" {
		return 0
	}
	from, _ := m.bounds(c, on)
	return int(session.Consult.From.Sub(from)/(30*time.Minute)) * 1_000_000
}

// persons names the person of a request in a session, where the service gives each
// person one ticket.
func persons(s clinic.Service, session string, hashes []string) (names []string) {
	if s.OneEach() {
		for _, hash := range hashes {
			names = append(names, s.ID+":"+session+":"+hash)
		}
	}
	return names
}

// lastOf reports whether a person's newest ticket is live, and how many tickets of the
// session the person has cancelled.
func (d *day) lastOf(person string) (live bool, cancelled int) {
	t := d.persons[person]
	if t == nil {
		return false, 0
	}
	if cancelled = t.selves; t.self {
		cancelled++
	}
	return !t.State.Ended(), cancelled
}

// surges counts a web ticket of this half hour and reports whether there are too many.
// If so, it pauses the web desk.
func (m *Model) surges(c *clinicState, s clinic.Service, d *day, session hours.Session, today clinic.Day, origin string) bool {
	now := m.now()
	if session.Web.Holds(now) && now.Before(session.Web.From.Add(30*time.Minute)) {
		return false
	}
	from, _ := m.bounds(c, today)
	of, surging := m.counted(c, d.surges[s.ID], from.Add(now.Sub(from).Truncate(30*time.Minute)), queue.MarkOf(origin, today))
	if !surging {
		d.surges[s.ID] = of
		return false
	}
	m.pause(c, s)
	return true
}

// bookingSurges counts a web booking of this half hour and reports whether a surge has
// paused the web desk. It pauses it at the first booking above the limit.
func (m *Model) bookingSurges(c *clinicState, s clinic.Service, origin string) bool {
	now, desk, today := m.now(), c.desk(s.ID), m.today(c)
	if is := desk.manual; is.Reception == queue.Paused && is.Reason == queue.ReasonSurge && is.Until.After(now) {
		return true
	}
	calendar, _ := c.record.Timetable(s)
	if served := calendar.WebHours(string(today), c.zone); now.Before(served.From.Add(30 * time.Minute)) {
		return false
	}
	of, surging := m.counted(c, desk.bookings, now.Truncate(30*time.Minute), queue.MarkOf(origin, today))
	if !surging {
		desk.bookings = of
		return false
	}
	m.pause(c, s)
	return true
}

// counted is a surge with one more web ticket of that half hour, and whether there are
// too many.
func (m *Model) counted(c *clinicState, of surge, half time.Time, mark string) (surge, bool) {
	if c.record.AutoPause != nil && *c.record.AutoPause == 0 || m.now().Before(of.quiet) {
		return of, false
	}
	if !of.half.Equal(half) {
		of = surge{half: half}
	}
	if mark != "" {
		if slices.Contains(of.marks, mark) {
			return of, false
		}
		of.marks = append(slices.Clone(of.marks[max(0, len(of.marks)-7):]), mark)
	}
	of.n++
	return of, of.n > m.Bounds.NewSurge // a model learns nothing
}

// pause pauses the web desk because of a surge.
func (m *Model) pause(c *clinicState, s clinic.Service) {
	now, today := m.now(), m.today(c)
	_, until := m.bounds(c, today)
	sessions, _ := m.timetable(c, s, today)
	for i := len(sessions) - 1; i >= 0; i-- {
		if sessions[i].Consult.To.After(now) {
			until = sessions[i].Consult.To
		}
	}
	c.day(today).bump()
	c.desk(s.ID).manual = queue.Manual{Reception: queue.Paused, Until: until, Reason: queue.ReasonSurge}
	m.notify()
}

// standing counts the tickets in a service's line.
func (d *day) standing(ref clinic.Ref) (n int) {
	for _, t := range d.tickets {
		if t.Line == ref.Service && !t.State.Ended() && !inRoom(t.State) {
			n++
		}
	}
	return n
}

// session picks the session of a new ticket.
func (m *Model) session(c *clinicState, s clinic.Service, today clinic.Day, web bool) (hours.Session, error) {
	now := m.now()
	sessions, timetable := m.timetable(c, s, today)
	manual := c.desk(s.ID).manual
	if !manual.Until.IsZero() && !manual.Until.After(now) || manual.Until.IsZero() && timetable {
		manual = queue.Manual{}
	}
	if web {
		switch manual.Reception {
		case queue.Closed:
			return hours.Session{}, queue.ErrReceptionClosed
		case queue.Paused:
			return hours.Session{}, queue.ErrReceptionPaused
		}
	}
	first := func(is func(hours.Session) bool) *hours.Session {
		if i := slices.IndexFunc(sessions, is); i >= 0 {
			return &sessions[i]
		}
		return nil
	}
	if web {
		if open := first(func(s hours.Session) bool { return s.Web.Holds(now) }); open != nil {
			return *open, nil
		}
		if timetable && manual.Reception != queue.Open {
			if first(func(s hours.Session) bool { return s.Web.From.After(now) }) != nil {
				return hours.Session{}, queue.ErrReceptionBefore
			}
			return hours.Session{}, queue.ErrReceptionClosed
		}
	}
	if open := first(func(s hours.Session) bool { return s.Desk.Holds(now) }); open != nil {
		return *open, nil
	}
	if next := first(func(s hours.Session) bool { return s.Desk.From.After(now) }); next != nil {
		return *next, nil
	}
	if len(sessions) > 0 {
		return sessions[len(sessions)-1], nil
	}
	return hours.Session{}, nil
}

// taken counts the seats in use of each session: live tickets, and cancelled tickets
// that are not released yet.
func (m *Model) taken(d *day, service string) map[string]queue.Taken {
	taken := map[string]queue.Taken{}
	for _, t := range d.tickets {
		if t.ID.Ref().Service != service || t.State == queue.Cancelled && !t.free.After(m.now()) {
			continue
		}
		n, seats := taken[t.Session], max(t.Weight, 1)
		switch {
		case t.Channel != "web":
			n.Desk += seats
		case t.FirstVisit:
			n.Web += seats
			n.First++
		default:
			n.Web += seats
		}
		taken[t.Session] = n
	}
	return taken
}

// room refuses what goes over a bound of the session, unless the desk insists.
func (m *Model) room(d *day, s clinic.Service, session string, q queue.Request, web bool) (over bool, err error) {
	taken, most := m.taken(d, s.ID)[session], s.Capacity
	switch {
	case web && full(taken.Web, most.Web):
		return false, queue.ErrQuota
	case web && q.FirstVisit && full(taken.First, most.First):
		return false, queue.ErrFirstQuota
	case !web && full(taken.Desk, most.Desk) && !q.Override:
		return false, queue.ErrDeskQuota
	}
	return !web && full(taken.Desk, most.Desk), nil
}

func full(taken int, most *int) bool { return most != nil && taken >= *most }

// number decides a ticket's number. take assigns it and returns the ticket's index in
// the line.
func (d *day) number(s clinic.Service, session string, q queue.Request, web bool) (n int, take func(base int) int, err error) {
	of := d.numbers[s.ID]
	if of == nil {
		of = &numbering{s.Numbers, map[string]int{}, map[string]int{}}
	}
	next := func(base int) int {
		d.numbers[s.ID] = of
		d.counter[s.ID]++
		return base + d.counter[s.ID]
	}
	scope := ""
	if of.PerSession {
		scope = session
	}
	kept := func(n int) string { return scope + ":" + strconv.Itoa(n) }
	held := func(n int) bool { return scope != "" && d.holds(s.ID, session, n) }
	if n := q.Number; n != 0 {
		at, passed := of.kept[kept(n)]
		if of.Reserve == 0 || n%of.Reserve != 0 || n < max(of.Start, 1) || passed && at == 0 || held(n) {
			return 0, nil, queue.ErrNumber
		}
		return n, func(base int) int {
			of.kept[kept(n)] = 0
			if passed {
				return at
			}
			return next(base)
		}, nil
	}
	first, last, band := max(of.Start, 1), 1<<30, scope
	switch {
	case of.WebFrom > 0 && !web && !q.Override:
		last, band = of.WebFrom-1, scope+":desk"
	case of.WebFrom > 0:
		first, band = of.WebFrom, scope+":web"
	}
	n = max(of.last[band]+1, first)
	var passed []int
	for held(n) || of.Reserve > 0 && n%of.Reserve == 0 {
		if !held(n) {
			passed = append(passed, n)
		}
		n++
	}
	if n > last {
		return 0, nil, queue.ErrBandFull
	}
	return n, func(base int) int {
		for _, k := range passed {
			if _, ok := of.kept[kept(k)]; !ok {
				of.kept[kept(k)] = next(base)
			}
		}
		of.last[band] = n
		return next(base)
	}, nil
}

// holds reports whether a live ticket of another session has the number.
func (d *day) holds(service, session string, n int) bool {
	for _, t := range d.tickets {
		if t.ID.Ref().Service == service && !t.State.Ended() && t.Session != session && t.Number == n {
			return true
		}
	}
	return false
}

// late reports whether a ticket could not be served by the session's end.
func (m *Model) late(c *clinicState, s clinic.Service, d *day, session hours.Session, base int, booked bool) bool {
	if session.ID == "" {
		return false
	}
	// The longer of two times counts: its own service in its own rooms, and all
	// services that share these.
	services, rooms := map[string]bool{s.ID: true}, map[string]bool{}
	for range c.record.Rooms { // as often as it takes to reach all
		for _, r := range c.record.Rooms {
			if slices.ContainsFunc(r.Services, func(id string) bool { return services[id] }) {
				rooms[r.ID] = slices.Contains(r.Services, s.ID)
				for _, id := range r.Services {
					services[id] = true
				}
			}
		}
	}
	pace := func(id string) time.Duration {
		if of, _ := c.record.Service(id); of.Capacity.PerTicket > 0 {
			return time.Duration(of.Capacity.PerTicket) * time.Minute
		}
		return queue.Pace
	}
	start, first := m.now(), ""
	begun := !start.Before(session.Consult.From)
	if !begun {
		start, first = session.Consult.From, PositionOf(base)
	}
	needs := func(ownOnly bool) time.Duration {
		work, onDuty := pace(s.ID), 0
		if booked {
			taken := m.taken(d, s.ID)[session.ID]
			work += time.Duration(taken.Web+taken.Desk) * pace(s.ID)
		}
		for _, t := range d.tickets {
			own, among := rooms[t.Room]
			until := PositionOf(base + d.counter[s.ID] + 1)
			if t.Line != s.ID {
				until = PositionOf(base + 1_000_000)
			}
			waits := t.State == queue.Waiting && t.Position >= first && t.Position < until && !booked &&
				services[t.Line] && (t.Line == s.ID || !ownOnly)
			if waits || begun && inRoom(t.State) && among && (own || !ownOnly) {
				work += pace(t.Line)
			}
		}
		for r, own := range rooms {
			if (booked || !m.off(c, r)) && (own || !ownOnly) {
				onDuty++
			}
		}
		return work / time.Duration(max(onDuty, 1))
	}
	end := start.Add(max(needs(true), needs(false)))
	return end.After(session.Consult.To.Add(-time.Duration(s.Capacity.Margin) * time.Minute))
}

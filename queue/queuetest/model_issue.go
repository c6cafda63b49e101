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
	"junban/queue/hours"
)

// numbering is how a service's numbers of one day are given, by the settings
// that its first ticket found.
type numbering struct {
	queue.Numbers
	last map[string]int // by scope and band
	kept map[string]int // numbers kept for the desk: the place they were passed over at, 0 once given
}

// Issue is [queue.Store.Issue].
func (m *Model) Issue(_ context.Context, ref queue.Ref, q queue.Request, a queue.Act) (queue.Issued, error) {
	web := q.Channel == "web"
	if web {
		q.Number, q.Ahead, q.Reason, q.Override = 0, nil, "", false
	}
	ahead := "end"
	if q.Ahead != nil {
		ahead = strconv.Itoa(*q.Ahead) + q.Reason
	}
	request := fmt.Sprint("issue", ref, q.Channel, q.Party, q.FirstVisit, q.Kind, q.Patient, q.Number, ahead, q.Override)
	i, again, err := once(m, ref, a, request, func() (queue.Issued, error) {
		c, s, d, today, err := m.at(ref)
		switch {
		case err != nil:
			return queue.Issued{}, err
		case q.Party < 1 || q.Party > s.MaxParty:
			return queue.Issued{}, queue.ErrPartySize
		case q.Kind != "" && !slices.ContainsFunc(s.Kinds, func(k queue.Kind) bool { return k.ID == q.Kind }):
			return queue.Issued{}, queue.ErrKind
		case q.Ahead != nil && (*q.Ahead < 0 || !slices.Contains(queue.MoveReasons, q.Reason)):
			return queue.Issued{}, queue.ErrReason
		}
		session, err := m.session(c, s, today, web)
		if err != nil {
			return queue.Issued{}, err
		}
		limit := queue.NumbersPerDay
		if web {
			limit = queue.WebNumbersPerDay
		}
		if d.counter[s.ID] >= limit {
			return queue.Issued{}, queue.ErrDayFull
		}
		person := ""
		if s.Capacity.OneEach && q.Person != "" {
			person = s.ID + ":" + session.ID + ":" + q.Person
		}
		if t := d.persons[person]; web && t != nil && !t.State.Ended() {
			return queue.Issued{}, queue.ErrReceived
		}
		over, err := m.room(d, s, session.ID, q, web)
		if err != nil {
			return queue.Issued{}, err
		}
		base := 0
		if session.ID != "" {
			from, _ := m.bounds(c, today)
			base = int(session.Consult.From.Sub(from)/(30*time.Minute)) * 1_000_000
		}
		n, take, err := d.number(s, session.ID, q, web)
		if err != nil {
			return queue.Issued{}, err
		}
		if web && s.Capacity.AutoStop && m.late(c, s, d, session, base) {
			return queue.Issued{}, queue.ErrAutoStop
		}
		d.version++
		t := &ticket{patient: q.Patient, Ticket: queue.Ticket{
			ID:     queue.TicketID(ref.String() + "-" + strings.ReplaceAll(string(today[2:]), "-", "") + "-" + strings.ToLower(rand.Text()[:12])),
			Number: n, State: queue.Waiting, Party: q.Party, FirstVisit: q.FirstVisit, Kind: q.Kind, Channel: q.Channel,
			Place: place(take(base)), Issued: m.now(), Session: session.ID, Lane: ref.Service,
		}}
		if !web {
			t.Presence = queue.Here
		}
		if s.WebCancel {
			t.code, t.HasCode = q.CodeHash, q.CodeHash != ""
		}
		if q.Ahead != nil {
			t.Place, t.Reason = d.behind(t, s.ID, *q.Ahead, ""), q.Reason
			m.announce(d, s.ID, q.Reason)
		}
		before := 0
		for _, o := range d.waiting(ref) {
			if o.Place < t.Place {
				before++
			}
		}
		d.tickets[t.ID] = t
		if person != "" {
			d.persons[person] = t
		}
		return queue.Issued{Ticket: t.Ticket, Ahead: before, Over: over}, nil
	})
	i.Replayed = again
	return i, err
}

// session picks the session of a new ticket.
func (m *Model) session(c *clinic, s queue.Service, today queue.Day, web bool) (hours.Session, error) {
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

// taken counts a service's seats by session: those of the tickets that are not
// cancelled, and of those whose seat is not offered again yet.
func (m *Model) taken(d *day, service string) map[string]queue.Taken {
	taken := map[string]queue.Taken{}
	for _, t := range d.tickets {
		if t.ID.Ref().Service != service || t.State == queue.Cancelled && !t.free.After(m.now()) {
			continue
		}
		n := taken[t.Session]
		switch {
		case t.Channel != "web":
			n.Desk++
		case t.FirstVisit:
			n.Web++
			n.First++
		default:
			n.Web++
		}
		taken[t.Session] = n
	}
	return taken
}

// room refuses what goes over a bound of the session, unless the desk insists.
func (m *Model) room(d *day, s queue.Service, session string, q queue.Request, web bool) (over bool, err error) {
	taken, most := m.taken(d, s.ID)[session], s.Capacity
	switch {
	case web && most.Web > 0 && taken.Web >= most.Web:
		return false, queue.ErrQuota
	case web && q.FirstVisit && most.First > 0 && taken.First >= most.First:
		return false, queue.ErrFirstQuota
	case !web && most.Desk > 0 && taken.Desk >= most.Desk && !q.Override:
		return false, queue.ErrDeskQuota
	}
	return !web && most.Desk > 0 && taken.Desk >= most.Desk, nil
}

// number decides a ticket's number; take takes it and says which place of the
// line goes with it.
func (d *day) number(s queue.Service, session string, q queue.Request, web bool) (n int, take func(base int) int, err error) {
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
	if n := q.Number; n != 0 {
		at, passed := of.kept[kept(n)]
		if of.Reserve == 0 || n%of.Reserve != 0 || n < max(of.Start, 1) || passed && at == 0 {
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
	for of.Reserve > 0 && n%of.Reserve == 0 {
		passed = append(passed, n)
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

// late says whether a ticket could not be served by the session's end.
func (m *Model) late(c *clinic, s queue.Service, d *day, session hours.Session, base int) bool {
	if session.ID == "" {
		return false
	}
	ref := queue.Ref{Clinic: c.record.ID, Service: s.ID}
	start, first, work := m.now(), "", 1
	if start.Before(session.Consult.From) {
		start, first = session.Consult.From, place(base)
	} else {
		work += len(d.where(ref, queue.Called, queue.InService))
	}
	for _, t := range d.waiting(ref) {
		if t.Place >= first && t.Place < place(base+d.counter[s.ID]+1) {
			work++
		}
	}
	rooms := 0
	for _, r := range c.record.Rooms {
		if slices.Contains(r.Services, s.ID) && !m.off(c, r.ID) {
			rooms++
		}
	}
	each := queue.Pace
	if s.Capacity.PerTicket > 0 {
		each = time.Duration(s.Capacity.PerTicket) * time.Minute
	}
	end := start.Add(time.Duration(work) * each / time.Duration(max(rooms, 1)))
	return end.After(session.Consult.To.Add(-time.Duration(s.Capacity.Margin) * time.Minute))
}

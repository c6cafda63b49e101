package learn

import (
	"maps"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/estimate"
	"junban/queue/forecast"
	"junban/queue/hours"
	"junban/queue/journal"
)

// lesson is what one session of a day teaches, and how true its forecasts came.
type lesson struct {
	estimate.Session
	scores map[string]*estimate.Score // by service
	calls  []firstCall
	stays  []forecast.Stay
	tally  map[string]*estimate.Tally // by service in whose line it happened
}

// student goes through a day's log. An entry that was undone later counts for what
// viewers saw and how long they waited, and for nothing else.
type student struct {
	*history
	undone  map[string]bool // entries
	lessons map[string]*lesson
	zone    *time.Location // of the clinic; nil: not known

	seen      map[queue.TicketID]time.Time // its newest entry
	entered   map[queue.TicketID]time.Time // when it was called to the room it is in
	called    map[queue.TicketID]bool      // its first call has been
	missed    map[queue.TicketID]time.Time // its first call was in vain, and it has not come back
	out       map[queue.TicketID]time.Time // it is at an exam since
	forecasts map[queue.TicketID][]shown
	reminded  map[queue.TicketID]int // of scoredAhead, those that are over
}

// study learns from a day's events, by session. An error is a log that
// contradicts itself.
func study(h *history, events []journal.Event) (map[string]*lesson, error) {
	s := &student{
		history: h, undone: map[string]bool{}, lessons: map[string]*lesson{},
		seen: map[queue.TicketID]time.Time{}, entered: map[queue.TicketID]time.Time{}, called: map[queue.TicketID]bool{},
		missed: map[queue.TicketID]time.Time{}, out: map[queue.TicketID]time.Time{},
		forecasts: map[queue.TicketID][]shown{}, reminded: map[queue.TicketID]int{},
	}
	for _, e := range events {
		s.undone[e.Undoes] = true
	}
	s.zone, _ = s.clinic.Location() // a record's zone is validated before it is written
	for _, e := range events {
		was, is, err := s.enter(e)
		if err != nil {
			return nil, err
		}
		if is.ID == "" || e.Act == queue.ReasonDayEnd { // the close of a day is no habit
			continue
		}
		l := s.lesson(is.Session)
		if was.State == queue.Waiting {
			l.of(was.Line).Waited += e.At.Sub(s.seen[is.ID])
		}
		s.seen[is.ID] = e.At
		if !s.undone[e.ID] && queue.ActKind(e.Act) != queue.Undo {
			s.note(l, e, was, is)
		}
		if queue.ActKind(e.Act) == "issue" || was.State != is.State || was.Position != is.Position {
			s.ask(e, is)
		}
	}
	s.bookings()
	for session, l := range s.lessons {
		s.sum(session, l)
	}
	return s.lessons, nil
}

func (s *student) lesson(session string) *lesson {
	l := s.lessons[session]
	if l == nil {
		l = &lesson{Session: estimate.Session{Web: map[string]int{}}, scores: map[string]*estimate.Score{}, tally: map[string]*estimate.Tally{}}
		s.lessons[session] = l
	}
	return l
}

func (l *lesson) of(service string) *estimate.Tally {
	t := l.tally[service]
	if t == nil {
		t = &estimate.Tally{Service: service}
		l.tally[service] = t
	}
	return t
}

// note learns the habits of a line from an act.
func (s *student) note(l *lesson, e journal.Event, was, is queue.Ticket) {
	id, tally := is.ID, l.of(is.Line)
	if is.Reason == queue.ReasonUrgent && was.Reason != queue.ReasonUrgent {
		tally.Urgent++
	}
	if open(was) && !open(is) {
		s.leave(l, e, was, is)
	}
	if since, ok := s.missed[id]; ok && was.State == queue.Absent && !is.State.Ended() {
		tally.Returned++
		tally.Back = append(tally.Back, e.At.Sub(since))
		delete(s.missed, id)
	}
	if since, ok := s.out[id]; ok && was.State == queue.Held {
		if !is.State.Ended() {
			tally.Out = append(tally.Out, e.At.Sub(since))
		}
		delete(s.out, id)
	}
	if is.Channel == "web" && (e.Act == "issue" || is.State == queue.Cancelled) {
		s.arrived(l, is, e.Act == "issue")
	}
	switch queue.ActKind(e.Act) {
	case queue.Call:
		s.entered[id] = e.At
		if !s.called[id] {
			s.called[id] = true
			tally.Calls++
			l.calls = append(l.calls, firstCall{is.ID, is.Line, e.At, s.forecasts[is.ID]})
			delete(s.forecasts, is.ID)
		}
	case queue.Hold:
		delete(s.forecasts, id) // it was not known
	case queue.Cancel:
		if was.State == queue.Waiting {
			tally.Canceled++
		}
	}
}

// arrived counts a web ticket of the day in its half hour, or takes back one that
// was cancelled.
func (s *student) arrived(l *lesson, t queue.Ticket, came bool) {
	if s.zone == nil || s.clinic.DayOf(t.Issued, s.zone) != s.day {
		return // booked before
	}
	from, _ := s.clinic.Bounds(s.day, s.zone)
	half := estimate.HalfHour(t.ID.Ref().Service, from.Weekday(), estimate.HalfOf(from, t.Issued))
	if came {
		l.Web[half]++
	} else {
		l.Web[half]--
	}
}

func open(t queue.Ticket) bool { return t.State == queue.Called || t.State == queue.InService }

// leave takes in that a ticket left its room.
func (s *student) leave(l *lesson, e journal.Event, was, is queue.Ticket) {
	from, ok := s.entered[was.ID]
	if !ok {
		return
	}
	w, _ := s.window(was.Session, was.Line)
	st := forecast.Stay{
		Room: was.Room, Service: was.Line, Session: was.Session, Kind: forecast.KindOf(was), Issued: latest(was.Issued, was.Arrived),
		From: from, To: e.At, Over: w.To, Inaccurate: is.Inaccurate,
	}
	switch queue.ActKind(e.Act) {
	case queue.Finish, queue.Transfer:
		st.Visit = true
	case queue.Exam:
		st.Visit, st.Exam = true, true
		s.out[was.ID] = e.At
	case queue.Miss:
		tally := l.of(was.Line)
		tally.Lost = append(tally.Lost, e.At.Sub(from))
		if was.Attempt == 1 && was.Leg == 0 {
			tally.Absent++
			s.missed[was.ID] = e.At
			if is.State == queue.Waiting { // the line's rule lets it wait on
				tally.Returned++
				tally.Back = append(tally.Back, 0)
				delete(s.missed, was.ID)
			}
		}
	}
	l.stays = append(l.stays, st)
}

// sum puts a session's figures together.
func (s *student) sum(session string, l *lesson) {
	l.stays = forecast.Timed(l.stays, s.learned)
	l.Visits = forecast.Visits(l.stays)
	s.score(l)
	for _, service := range slices.Sorted(maps.Keys(l.tally)) {
		t := *l.tally[service]
		t.Open = s.consult(session, service, l.stays)
		l.Services = append(l.Services, t)
	}
	rooms := map[string]forecast.Stay{}
	for _, st := range l.stays {
		if first, ok := rooms[st.Room]; !ok || st.From.Before(first.From) {
			rooms[st.Room] = st
		}
	}
	for _, id := range slices.Sorted(maps.Keys(rooms)) {
		first := rooms[id]
		w, ok := s.window(session, first.Service)
		if ok && !first.Issued.After(w.From) { // somebody was there to be called
			l.Late = append(l.Late, max(0, first.From.Sub(w.From)))
		}
	}
}

// window is a session's consultation, where the timetable has it.
func (s *student) window(session, service string) (hours.Window, bool) {
	of, _ := s.clinic.Service(service)
	calendar, _ := s.clinic.Timetable(of)
	loc, err := s.clinic.Location()
	if err != nil {
		return hours.Window{}, false
	}
	for _, w := range calendar.Sessions(string(s.day), loc) {
		if w.ID == session {
			return w.Consult, true
		}
	}
	return hours.Window{}, false
}

// consult is how long a session was: from its start to its end, or to its last visit's
// if later.
func (s *student) consult(session, service string, stays []forecast.Stay) time.Duration {
	w, _ := s.window(session, service)
	for _, st := range stays {
		if st.Service != service || st.Inaccurate {
			continue
		}
		if w.From.IsZero() || st.From.Before(w.From) {
			w.From = st.From
		}
		w.To = latest(w.To, st.To)
	}
	return w.To.Sub(w.From)
}

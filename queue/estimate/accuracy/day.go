package main

import (
	"container/heap"
	"slices"
	"time"

	"junban/queue/estimate"
)

// day simulates a plan. It is independent of the estimator's model of a line.
type day struct {
	scenario
	plan *plan
	now  time.Duration // since the session's start
	todo agenda

	line     []*patient
	expected []*visit              // bookings whose patients have not arrived
	serving  time.Duration         // slot of the last call; negative before it
	taken    map[time.Duration]int // seats taken by patients without a booking, by slot
	away     []*patient
	rooms    []*room
	finished []estimate.Visit
	calls    []call // first calls, for the other methods
	session  estimate.Session
	tally    estimate.Tally

	// refuse reports whether the desk refuses the next patient; nil means
	// never.
	refuse func() bool
	// issued runs before a patient joins the line, moved after every round of
	// calls, and called at each first call.
	issued  func(*patient)
	moved   func()
	called  func(*patient)
	refused int           // number of refused patients
	ended   time.Duration // end of the last consultation
}

// patient is a visit that has arrived.
type patient struct {
	*visit
	kind   string // of the next consultation
	took   float64
	first  bool // not called yet
	since  time.Duration
	behind int // tickets that go first when it returns
	slot   time.Duration
	atExam bool
}

// call is the arrival and the first call of a patient.
type call struct{ came, called time.Duration }

// room is a room with its doctor.
type room struct {
	doctor
	begun   bool
	patient *patient
	started time.Duration
	missing bool // the called patient is absent, not yet known to the desk
	breaks  []estimate.Break
}

// walk is the time that a called patient takes to enter.
const walk = 40 * time.Second

// epoch is the start of every session.
func epoch() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }

func at(t time.Duration) time.Time { return epoch().Add(t) }

func newDay(s scenario, p *plan) *day {
	d := &day{scenario: s, plan: p, now: -2 * time.Hour, serving: -1}
	d.tally.Service = service
	for i, doctor := range p.rooms {
		r := &room{doctor: doctor}
		if s.Pause > 0 {
			from := length/2 + time.Duration(i)*s.Pause
			r.breaks = append(r.breaks, estimate.Break{From: at(from), To: at(from + s.Pause)})
			d.on(from+s.Pause, d.call)
		}
		if r.late > 0 {
			d.on(min(s.KnownAfter, r.late), func() {
				r.breaks = append(r.breaks, estimate.Break{From: at(0), To: at(r.late)})
			})
		}
		d.on(r.late, func() {
			r.begun = true
			d.session.Late = append(d.session.Late, r.late)
			d.call()
		})
		d.rooms = append(d.rooms, r)
	}
	for _, v := range p.visits {
		if v.comes {
			d.on(v.arrives, func() { d.arrive(v) })
		}
	}
	if s.Booking != nil {
		d.taken = map[time.Duration]int{}
		s.Booking.open(d)
	}
	return d
}

// play simulates the day to its end.
func (d *day) play() {
	for d.todo.Len() > 0 {
		e := heap.Pop(&d.todo).(event)
		d.now = e.at
		e.do()
	}
	d.tally.Open = max(d.ended, length)
	d.session.Visits = d.finished
	d.session.Services = []estimate.Tally{d.tally}
}

func (d *day) arrive(v *visit) {
	p := &patient{visit: v, kind: v.kind, took: v.took, first: true}
	if v.urgent {
		if d.now > length && len(d.line) == 0 {
			return // the clinic has closed
		}
		d.tally.Urgent++
		d.line = slices.Insert(d.line, 0, p)
		d.call()
		return
	}
	if d.refuse != nil && d.refuse() {
		d.refused++
		return
	}
	if d.Booking != nil {
		if !p.booked && !d.Booking.seat(d, p) {
			d.refused++
			return
		}
		d.Booking.join(d, p)
	}
	if d.issued != nil {
		d.issued(p)
	}
	if d.Booking == nil {
		d.line = append(d.line, p)
	}
	d.on(d.now+v.gone, func() {
		if i := slices.Index(d.line, p); i >= 0 && p.first {
			d.line = slices.Delete(d.line, i, i+1)
			d.tally.Canceled++
			d.tally.Waited += d.now - v.arrives
		}
	})
	d.call()
}

// call calls a patient into every free room.
func (d *day) call() {
	for _, r := range d.rooms {
		if len(d.line) == 0 || !r.begun || r.patient != nil || r.pauses(at(d.now)) {
			continue
		}
		p := d.line[0]
		if d.Booking != nil {
			if d.now < p.slot-d.Booking.Reach {
				continue
			}
			d.serving = p.slot
		}
		d.line = slices.Delete(d.line, 0, 1)
		for _, a := range d.away {
			a.behind = max(0, a.behind-1)
		}
		r.patient, r.started, r.missing = p, d.now, false
		if p.first && !p.urgent {
			d.tally.Calls++
			d.tally.Waited += d.now - p.arrives
			d.calls = append(d.calls, call{p.arrives, d.now})
			if d.called != nil {
				d.called(p)
			}
			if p.absent < d.absence() {
				p.first, r.missing = false, true
				d.on(d.now+p.lost, func() { d.miss(r) })
				continue
			}
		}
		p.first = false
		d.on(d.now+time.Duration(p.took*d.pace(r)*float64(time.Second)), func() { d.finish(r) })
	}
	if d.moved != nil {
		d.moved()
	}
}

// absence returns the share of current calls that are missed.
func (d *day) absence() float64 {
	for _, from := range d.plan.bursts {
		if d.now >= from && d.now < from+15*time.Minute {
			return 0.5
		}
	}
	return d.Absent
}

// pace returns the ratio of a room's present visit times to the mean. A slowing
// doctor has the mean speed in the middle of the session.
func (d *day) pace(r *room) float64 {
	from := 2 / (2 + d.Slows)
	return r.speed * (from + (2-2*from)*d.now.Seconds()/length.Seconds())
}

func (r *room) pauses(now time.Time) bool {
	return slices.ContainsFunc(r.breaks, func(b estimate.Break) bool { return !now.Before(b.From) && now.Before(b.To) })
}

func (d *day) miss(r *room) {
	p := r.patient
	r.patient = nil
	d.tally.Absent++
	d.tally.Lost = append(d.tally.Lost, d.now-r.started)
	p.since, p.behind = d.now, back
	d.away = append(d.away, p)
	if p.back >= 0 {
		d.on(d.now+p.back, func() {
			d.tally.Returned++
			d.tally.Back = append(d.tally.Back, d.now-p.since)
			d.comeBack(p)
		})
	}
	d.call()
}

func (d *day) finish(r *room) {
	p := r.patient
	r.patient, d.ended = nil, d.now
	toExam := p.out > 0 && !p.atExam
	d.finished = append(d.finished, estimate.Visit{Room: r.id, Service: service, Kind: p.kind, Took: d.now - r.started, Exam: toExam})
	if toExam {
		p.atExam, p.since, p.behind = true, d.now, 0
		p.kind, p.took = estimate.ExamKind(service), p.after
		d.away = append(d.away, p)
		d.on(d.now+p.out, func() {
			d.tally.Out = append(d.tally.Out, d.now-p.since)
			d.comeBack(p)
		})
	}
	d.call()
}

func (d *day) comeBack(p *patient) {
	i := slices.Index(d.away, p)
	d.away = slices.Delete(d.away, i, i+1)
	d.line = slices.Insert(d.line, min(p.behind, d.before(p.slot)), p)
	d.call()
}

// input returns the present state as known to the desk.
func (d *day) input() estimate.Input {
	in := estimate.Input{
		Now: at(d.now), Start: epoch(), Today: d.finished,
		Services: []estimate.Service{{ID: service, Kind: d.Kinds[0].Name, Back: back}},
	}
	for _, r := range d.rooms {
		known := estimate.Room{ID: r.id, Services: []string{service}, Begun: r.begun, Breaks: r.breaks}
		if p := r.patient; p != nil {
			known.Running = &estimate.Running{
				Ticket: p.id, Service: service, Kind: p.kind, Started: at(r.started),
				Called: d.now-r.started < walk || r.missing,
			}
		}
		in.Rooms = append(in.Rooms, known)
	}
	for _, p := range d.line {
		in.Waiting = append(in.Waiting, estimate.Ticket{ID: p.id, Service: service, Kind: p.kind})
	}
	for _, p := range d.away {
		in.Away = append(in.Away, estimate.Away{
			ID: p.id, Service: service, Kind: p.kind, Since: at(p.since), Exam: p.atExam, Behind: p.behind,
		})
	}
	if d.Booking != nil {
		d.Booking.input(d, &in)
	}
	return in
}

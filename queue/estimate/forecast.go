package estimate

import (
	"math"
	"slices"
)

// Forecast is the result of [Learned.Forecast].
type Forecast struct {
	// Waits has the time until the call, by ticket ID. A ticket that no room on
	// duty serves has none.
	Waits map[string]Range
	// Services has the services that a room on duty serves, by ID.
	Services map[string]Outlook
	// Overrunning has the rooms whose consultation takes longer than 90 % of
	// its kind (診察が長引いています).
	Overrunning []string
}

// Outlook is the forecast of one service.
type Outlook struct {
	Next    Range // until a ticket issued now is called
	NextEnd Range // until its visit ends; used by the automatic stop (domain §5.6)
	End     Range // until the service's rooms have finished all present tickets
}

// simulation is the state of one forecast. All times are in seconds from
// Input.Now.
type simulation struct {
	sampler
	start    float64 // start of consultation; may be negative
	servers  []server
	lines    []line
	outcomes []outcome
	called   [][paths]float64
	next     [][paths]float64
	nextEnd  [][paths]float64
	end      [][paths]float64
}

// Forecast simulates the line. It does not change l, and may be called
// concurrently, but not during [Learned.Learn].
func (l *Learned) Forecast(in Input) Forecast {
	f := &simulation{sampler: sampler{strata: newStrata(), learned: l}, start: in.Start.Sub(in.Now).Seconds()}
	if in.Start.IsZero() {
		f.start = 0
	}
	f.addLines(in)
	overrunning := f.addRooms(in)
	for _, a := range in.Away {
		f.addAway(in, a)
	}
	t := &pathState{free: make([]float64, len(f.servers)), idle: make([]bool, len(f.servers)), lines: make([]lineState, len(f.lines))}
	for i := range paths {
		f.play(i, t)
	}

	out := Forecast{Waits: make(map[string]Range, len(in.Waiting)), Services: make(map[string]Outlook, len(in.Services)), Overrunning: overrunning}
	for s := range f.lines {
		id := f.lines[s].id
		if !f.served(s) {
			continue
		}
		out.Services[id] = Outlook{Next: rangeOf(&f.next[s]), NextEnd: rangeOf(&f.nextEnd[s]), End: rangeOf(&f.end[s])}
		for _, n := range f.lines[s].tickets {
			out.Waits[in.Waiting[n].ID] = rangeOf(&f.called[n])
		}
	}
	return out
}

func (f *simulation) addLines(in Input) {
	f.lines = make([]line, len(in.Services))
	for s, service := range in.Services {
		l := &f.lines[s]
		l.id, l.back = service.ID, service.Back
		l.habits = f.habits(service.ID)
		if start := service.Start.Sub(in.Now).Seconds(); !service.Start.IsZero() && start > 0 {
			late, o := f.learned.start(), orderOf(service.ID, forStart)
			for i := range l.opens {
				l.opens[i] = start + late.rest(-start, f.u[o[i]])
			}
		}
		f.sample(&l.next, service.ID+" next", f.kind(service.Kind), &l.habits, false)
		if l.urgent = l.habits.urgent > 0; !l.urgent {
			continue
		}
		k := f.kind(UrgentKind(service.ID))
		for j := range urgents {
			gap := orderOf(service.ID, forUrgentGap+uint64(j))
			took := orderOf(service.ID, forUrgentTime+uint64(j))
			for i := range paths {
				l.urgentGap[j][i] = f.e[gap[i]] / l.habits.urgent
				l.urgentTook[j][i] = k.at[took[i]] * k.meanFactor[i]
			}
		}
	}
	n := len(f.lines)
	f.next, f.nextEnd, f.end = make([][paths]float64, n), make([][paths]float64, n), make([][paths]float64, n)
	f.outcomes, f.called = make([]outcome, len(in.Waiting)), make([][paths]float64, len(in.Waiting))
	for k, ticket := range in.Waiting {
		if s := f.line(ticket.Service); s >= 0 {
			f.lines[s].tickets = append(f.lines[s].tickets, k)
			f.sample(&f.outcomes[k], ticket.ID, f.kind(ticket.Kind), &f.lines[s].habits, ticket.Kind == ExamKind(ticket.Service))
		}
	}
}

// addRooms adds the rooms on duty and returns the IDs of those that overrun.
func (f *simulation) addRooms(in Input) (overrunning []string) {
	factor, err2 := f.learned.speeds(in)
	late := f.learned.start()
	for r, room := range in.Rooms {
		if over := room.Running; over != nil {
			k := f.kind(over.Kind)
			if in.Now.Sub(over.Started).Seconds() > factor[r]*k.took.at(z90) {
				overrunning = append(overrunning, room.ID)
			}
		}
		if room.Off {
			continue
		}
		var v server
		for _, id := range room.Services {
			if s := f.line(id); s >= 0 {
				v.lines = append(v.lines, s)
			}
		}
		v.speed = f.factor(room.ID, forSpeed, factor[r], err2[r])
		for _, b := range room.Breaks {
			v.breaks = append(v.breaks, [2]float64{b.From.Sub(in.Now).Seconds(), b.To.Sub(in.Now).Seconds()})
		}
		opens := max(0, f.start)
		// An announced start is exact; otherwise rooms start as late as usual.
		announced := v.pausedUntil(opens) > opens
		o := orderOf(room.ID, forStart)
		for i := range v.free {
			v.free[i] = opens
			if !room.Begun && room.Running == nil && !announced {
				v.free[i] += late.rest(-f.start, f.u[o[i]])
			}
		}
		if room.Running != nil {
			f.run(&v, *room.Running, in.Now.Sub(room.Running.Started).Seconds())
		}
		f.servers = append(f.servers, v)
	}
	return overrunning
}

// z90 is the 90th percentile of the standard normal distribution.
const z90 = 1.2815515655446004

// run occupies a room with its running visit, and schedules the patient's
// return from an exam or an absence.
func (f *simulation) run(v *server, running Running, elapsed float64) {
	s := f.line(running.Service)
	if s < 0 {
		return // the service no longer exists
	}
	l, k := &f.lines[s], f.kind(running.Kind)
	var one outcome
	f.sample(&one, running.Ticket, k, &l.habits, running.Kind == ExamKind(running.Service))
	absent := 0.0
	if running.Called {
		// The longer the desk reports no absence, the likelier the arrival.
		a := l.habits.absent * normalTail(l.habits.lost.z(elapsed))
		absent = a / (a + 1 - l.habits.absent)
	}
	o, away := orderOf(running.Ticket, forDuration), orderOf(running.Ticket, forAbsence)
	missed, exam := returnDraws{after: l.back}, returnDraws{}
	for i := range v.free {
		missed.ready[i], exam.ready[i] = math.Inf(1), math.Inf(1)
		u := f.u[o[i]]
		if back := f.absence(f.u[away[i]], absent, &l.habits); back != none {
			v.free[i] = l.habits.lost.rest(elapsed, u)
			missed.ready[i], missed.took[i] = v.free[i]+back, one.took[i]
			continue
		}
		slow := v.speed[i] * k.meanFactor[i]
		v.free[i] = slow * k.took.rest(elapsed/slow, u)
		if one.out[i] != none {
			exam.ready[i] = v.free[i] + one.out[i]
			exam.took[i] = one.again[i]
		}
	}
	l.away = append(l.away, missed, exam)
}

func (f *simulation) addAway(in Input, a Away) {
	s := f.line(a.Service)
	if s < 0 {
		return
	}
	l := &f.lines[s]
	var one outcome
	f.sample(&one, a.ID, f.kind(a.Kind), &l.habits, true)
	elapsed := max(0, in.Now.Sub(a.Since).Seconds())
	d, returns := l.habits.out, 1.0
	if !a.Exam {
		d = l.habits.back
		still := l.habits.returns * normalTail(d.z(elapsed))
		returns = still / (still + 1 - l.habits.returns)
	}
	late := returnDraws{after: a.Behind, took: one.took}
	o := orderOf(a.ID, forAbsence)
	for i := range late.ready {
		late.ready[i] = math.Inf(1)
		if u := f.u[o[i]]; u < returns {
			late.ready[i] = d.rest(elapsed, u/returns)
		}
	}
	l.away = append(l.away, late)
}

// line returns the index of a service, or -1.
func (f *simulation) line(id string) int {
	for s := range f.lines {
		if f.lines[s].id == id {
			return s
		}
	}
	return -1
}

func (f *simulation) serves(r, s int) bool { return slices.Contains(f.servers[r].lines, s) }

func (f *simulation) served(s int) bool {
	for r := range f.servers {
		if f.serves(r, s) {
			return true
		}
	}
	return false
}

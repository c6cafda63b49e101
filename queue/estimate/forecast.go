package estimate

import (
	"math"
	"slices"
)

// Forecast is what is to be expected of the line.
type Forecast struct {
	// Waits has, by ticket, the time until the call. Who waits for a service
	// that no room on duty serves has none.
	Waits map[string]Range
	// Services has the services that a room on duty serves.
	Services map[string]Outlook
	// Overrunning has the rooms whose consultation takes longer than nine of
	// ten of its kind do (診察が長引いています).
	Overrunning []string
}

// Outlook is what is to be expected of one service, from now on.
type Outlook struct {
	Next    Range // until a ticket issued now would be called
	NextEnd Range // until it would be done: what the automatic stop goes by (domain §5.6)
	End     Range // until the service's rooms are done with all who are here
}

// future is the state of one forecast. All times are seconds from its moment.
type future struct {
	teller
	start   float64 // of consultation; may be past
	servers []server
	lines   []line
	fates   []fate
	called  [][paths]float64
	next    [][paths]float64
	nextEnd [][paths]float64
	end     [][paths]float64
}

// Forecast plays the line forward. It changes nothing and gives the same answer
// to the same question; it may be called concurrently while nobody learns.
func (l *Learned) Forecast(in Input) Forecast {
	f := &future{teller: teller{strata: newStrata(), learned: l}, start: in.Start.Sub(in.Now).Seconds()}
	if in.Start.IsZero() {
		f.start = 0
	}
	f.addLines(in)
	overrunning := f.addRooms(in)
	for _, a := range in.Away {
		f.addAway(in, a)
	}
	t := &track{free: make([]float64, len(f.servers)), idle: make([]bool, len(f.servers)), lines: make([]lineTrack, len(f.lines))}
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

func (f *future) addLines(in Input) {
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
		f.tell(&l.next, service.ID+" next", f.kind(service.Kind), &l.habits, false)
		if l.urgent = l.habits.urgent > 0; !l.urgent {
			continue
		}
		k := f.kind(UrgentKind(service.ID))
		for j := range urgents {
			gap := orderOf(service.ID, forUrgentGap+uint64(j))
			took := orderOf(service.ID, forUrgentTime+uint64(j))
			for i := range paths {
				l.urgentGap[j][i] = f.e[gap[i]] / l.habits.urgent
				l.urgentTook[j][i] = k.at[took[i]] * k.wrong[i]
			}
		}
	}
	n := len(f.lines)
	f.next, f.nextEnd, f.end = make([][paths]float64, n), make([][paths]float64, n), make([][paths]float64, n)
	f.fates, f.called = make([]fate, len(in.Waiting)), make([][paths]float64, len(in.Waiting))
	for k, ticket := range in.Waiting {
		if s := f.line(ticket.Service); s >= 0 {
			f.lines[s].tickets = append(f.lines[s].tickets, k)
			f.tell(&f.fates[k], ticket.ID, f.kind(ticket.Kind), &f.lines[s].habits, ticket.Kind == ExamKind(ticket.Service))
		}
	}
}

// addRooms adds the rooms on duty and returns those that run over.
func (f *future) addRooms(in Input) (overrunning []string) {
	factor, err2 := f.learned.speeds(in)
	late := f.learned.start()
	for r, room := range in.Rooms {
		if over := room.Running; over != nil {
			k := f.kind(over.Kind)
			if in.Now.Sub(over.Started).Seconds() > factor[r]*k.took.at(ninety) {
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
		// An announced start is believed; until then, rooms are late as usual.
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

// ninety is the 90th percentile of a standard normal.
const ninety = 1.2815515655446004

// run lets a room be busy with its current visit, and its patient come back
// from an exam, or from absence.
func (f *future) run(v *server, running Running, elapsed float64) {
	s := f.line(running.Service)
	if s < 0 {
		return // of a service that is no longer there
	}
	l, k := &f.lines[s], f.kind(running.Kind)
	var one fate
	f.tell(&one, running.Ticket, k, &l.habits, running.Kind == ExamKind(running.Service))
	absent := 0.0
	if running.Called {
		// The longer nobody says otherwise, the likelier it has come.
		a := l.habits.absent * normalTail(l.habits.lost.z(elapsed))
		absent = a / (a + 1 - l.habits.absent)
	}
	o, away := orderOf(running.Ticket, forDuration), orderOf(running.Ticket, forAbsence)
	missed, exam := fateOf{after: l.back}, fateOf{}
	for i := range v.free {
		missed.ready[i], exam.ready[i] = math.Inf(1), math.Inf(1)
		u := f.u[o[i]]
		if back := f.absence(f.u[away[i]], absent, &l.habits); back != comes {
			v.free[i] = l.habits.lost.rest(elapsed, u)
			missed.ready[i], missed.took[i] = v.free[i]+back, one.took[i]
			continue
		}
		slow := v.speed[i] * k.wrong[i]
		v.free[i] = slow * k.took.rest(elapsed/slow, u)
		if one.out[i] != comes {
			exam.ready[i] = v.free[i] + one.out[i]
			exam.took[i] = one.again[i]
		}
	}
	l.late = append(l.late, missed, exam)
}

func (f *future) addAway(in Input, a Away) {
	s := f.line(a.Service)
	if s < 0 {
		return
	}
	l := &f.lines[s]
	var one fate
	f.tell(&one, a.ID, f.kind(a.Kind), &l.habits, true)
	elapsed := max(0, in.Now.Sub(a.Since).Seconds())
	d, returns := l.habits.out, 1.0
	if !a.Exam {
		d = l.habits.back
		still := l.habits.returns * normalTail(d.z(elapsed))
		returns = still / (still + 1 - l.habits.returns)
	}
	late := fateOf{after: a.Behind, took: one.took}
	o := orderOf(a.ID, forAbsence)
	for i := range late.ready {
		late.ready[i] = math.Inf(1)
		if u := f.u[o[i]]; u < returns {
			late.ready[i] = d.rest(elapsed, u/returns)
		}
	}
	l.late = append(l.late, late)
}

// line returns the index of a service, or -1.
func (f *future) line(id string) int {
	for s := range f.lines {
		if f.lines[s].id == id {
			return s
		}
	}
	return -1
}

func (f *future) serves(r, s int) bool { return slices.Contains(f.servers[r].lines, s) }

func (f *future) served(s int) bool {
	for r := range f.servers {
		if f.serves(r, s) {
			return true
		}
	}
	return false
}

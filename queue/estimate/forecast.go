package estimate

// Forecast is the result of [Learned.Forecast].
type Forecast struct {
	// Waits has the time until the call, by ticket ID. A ticket that no room on
	// duty serves has none.
	Waits map[string]Range
	// Services has the time until a ticket issued now is called, by service ID.
	// A service that no room on duty serves has none, and so has one with slots.
	Services map[string]Range
	// Overrunning has the rooms whose consultation takes longer than 90 % of
	// its kind (診察が長引いています).
	Overrunning []string
}

// simulation is the state of one forecast. All times are in seconds from
// Input.Now.
type simulation struct {
	sampler
	start    float64 // start of consultation; may be negative
	servers  []server
	lines    []line
	served   int  // lines that a room on duty serves
	slotted  bool // a line has slots
	outcomes []outcome
	called   [][paths]float64
	next     [][paths]float64
}

// Forecast simulates the line. It does not change l, and may be called
// concurrently, but not during [Learned.Learn].
func (l *Learned) Forecast(in Input) Forecast {
	f := &simulation{sampler: sampler{learned: l}, start: in.Start.Sub(in.Now).Seconds()}
	if in.Start.IsZero() {
		f.start = 0
	}
	f.addLines(in)
	overrunning := f.addRooms(in)
	for _, a := range in.Away {
		f.addAway(in, a)
	}
	f.addBooked(in)
	f.addWalkins(in)
	t := &pathState{free: make([]float64, len(f.servers)), lines: make([]lineState, len(f.lines))}
	for i := 0; i < paths && f.served > 0; i++ {
		f.play(i, t)
	}

	out := Forecast{Waits: make(map[string]Range, len(in.Waiting)), Services: make(map[string]Range, len(in.Services)), Overrunning: overrunning}
	ranges := newRanger(l.Tails)
	for s := range f.lines {
		if line := &f.lines[s]; line.served {
			if line.slots == nil {
				out.Services[line.id] = ranges.rangeOf(&f.next[s])
			}
			for _, n := range line.tickets {
				out.Waits[in.Waiting[n].ID] = ranges.rangeOf(&f.called[n])
			}
		}
	}
	return out
}

func (f *simulation) addLines(in Input) {
	f.lines, f.next = make([]line, len(in.Services)), make([][paths]float64, len(in.Services))
	for s, service := range in.Services {
		l := &f.lines[s]
		l.id, l.name, l.back = service.ID, hash(service.ID), service.Back
		l.habits = f.habits(service.ID)
		if service.Slots != nil {
			l.slots, f.slotted = newSlots(in, *service.Slots), true
		}
		if start := service.Start.Sub(in.Now).Seconds(); !service.Start.IsZero() && start > 0 {
			late, d := f.learned.start(), drawOf(l.name, forStart)
			for i := range l.opens {
				l.opens[i] = start + late.rest(-start, d.middle(i))
			}
		}
		if l.habits.urgent > 0 {
			l.urgent = f.kind(UrgentKind(service.ID))
		}
	}
	f.outcomes, f.called = make([]outcome, len(in.Waiting), len(in.Waiting)+len(in.Booked)), make([][paths]float64, len(in.Waiting))
	for k, ticket := range in.Waiting {
		s := f.line(ticket.Service)
		if s < 0 {
			continue
		}
		l := &f.lines[s]
		if l.tickets == nil {
			l.tickets = make([]int, 0, len(in.Waiting))
		}
		l.tickets = append(l.tickets, k)
		if l.slots != nil {
			if l.slots.of == nil {
				l.slots.of = make([]float64, 0, len(in.Waiting))
			}
			slot := seconds(in, ticket.Slot)
			l.slots.of, l.slots.last = append(l.slots.of, slot), max(l.slots.last, slot)
		}
		kind := f.kind(ticket.Kind)
		f.outcomes[k] = f.sample(ticket.ID, kind, kind == l.habits.again)
	}
}

// addRooms adds the rooms on duty and returns the IDs of those that overrun.
func (f *simulation) addRooms(in Input) (overrunning []string) {
	factor, err2 := f.speeds(in)
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
				if !f.lines[s].served {
					f.lines[s].served = true
					f.served++
				}
			}
		}
		v.speed = f.factor(room.ID, forSpeed, factor[r], err2[r])
		for _, b := range room.Breaks {
			v.breaks = append(v.breaks, [2]float64{b.From.Sub(in.Now).Seconds(), b.To.Sub(in.Now).Seconds()})
		}
		opens := max(0, f.start)
		// An announced start is exact; otherwise rooms start as late as usual.
		announced := v.pausedUntil(opens) > opens
		d := drawOf(hash(room.ID), forStart)
		for i := range v.free {
			v.free[i] = opens
			if !room.Begun && room.Running == nil && !announced {
				v.free[i] += late.rest(-f.start, d.middle(i))
			}
		}
		if room.Running != nil {
			f.run(in, &v, *room.Running)
		}
		f.servers = append(f.servers, v)
	}
	return overrunning
}

// z90 is the 90th percentile of the standard normal distribution.
const z90 = 1.2815515655446004

// run occupies a room with its running visit, and schedules the patient's
// return from an exam or an absence.
func (f *simulation) run(in Input, v *server, running Running) {
	elapsed := in.Now.Sub(running.Started).Seconds()
	s := f.line(running.Service)
	if s < 0 {
		return // the service no longer exists
	}
	l, k := &f.lines[s], f.kind(running.Kind)
	one := f.sample(running.Ticket, k, k == l.habits.again)
	absent := 0.0
	if running.Called {
		// The longer the desk reports no absence, the likelier the arrival.
		a := l.habits.absent * normalTail(l.habits.lost.z(elapsed))
		absent = a / (a + 1 - l.habits.absent)
	}
	slot := l.slot(in, running.Slot)
	missed, exam := returnDraws{after: l.back, slot: slot}, returnDraws{slot: slot}
	for i := range v.free {
		missed.ready[i], exam.ready[i] = never, never
		u := one.took.middle(i)
		if back := one.away(i, l.habits, absent); back != none {
			v.free[i] = l.habits.lost.rest(elapsed, u)
			missed.ready[i], missed.took[i] = v.free[i]+back, one.seconds(i)
			continue
		}
		slow := v.speed[i] * k.factor[i]
		v.free[i] = slow * k.took.rest(elapsed/slow, u)
		if out, again := one.out(i, l.habits); out != none {
			exam.ready[i], exam.took[i] = v.free[i]+out, again
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
	one := f.sample(a.ID, f.kind(a.Kind), true)
	elapsed := max(0, in.Now.Sub(a.Since).Seconds())
	d, returns := l.habits.out, 1.0
	if !a.Exam {
		d = l.habits.back
		still := l.habits.returns * normalTail(d.z(elapsed))
		returns = still / (still + 1 - l.habits.returns)
	}
	late := returnDraws{after: a.Behind, slot: l.slot(in, a.Slot)}
	for i := range late.ready {
		late.ready[i], late.took[i] = never, one.seconds(i)
		if u := one.absence.u(i); u < returns {
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

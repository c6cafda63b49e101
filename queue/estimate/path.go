package estimate

import "slices"

// line is a service in one forecast.
type line struct {
	id      string
	back    int
	opens   [paths]float64 // time of the first possible call
	tickets []int          // indices of the waiting tickets, in order
	habits  habitDraws
	away    []returnDraws // absent or at an exam when the forecast begins

	urgent     bool
	urgentGap  [urgents][paths]float64
	urgentTook [urgents][paths]float64

	next outcome // of a ticket issued now
}

// returnDraws is the possible return of a ticket that is away, or that may
// leave after its present visit.
type returnDraws struct {
	ready [paths]float64 // time of return; +Inf: never
	after int            // calls of the line that go first
	took  [paths]float64
}

// server is a room in one forecast.
type server struct {
	lines  []int
	breaks [][2]float64   // from, to
	free   [paths]float64 // when it can call next
	speed  [paths]float64
}

// pausedUntil returns the end of the break at now, or of consecutive breaks;
// without a break it returns now.
func (v *server) pausedUntil(now float64) float64 {
	for again := true; again; {
		again = false
		for _, b := range v.breaks {
			if b[0] <= now && now < b[1] {
				now, again = b[1], true
			}
		}
	}
	return now
}

// returning is a ticket that returns to a line within a path.
type returning struct {
	ready float64 // earliest time
	after int     // calls of the line that go first, while tickets are waiting
	took  float64
}

// pathState is the state of the rooms and lines within a path.
type pathState struct {
	free  []float64
	idle  []bool
	lines []lineState
}

type lineState struct {
	head      int // of line.tickets
	calls     int
	returning []returning
	urgent    float64 // time of the next urgent insert
	urgents   int     // number of urgent inserts so far
	asked     bool    // the call of a new ticket is recorded
}

// maxUrgent limits the urgent inserts of a path. Without it, a path would not
// end if inserts came faster than a room can serve.
const maxUrgent = 4 * urgents

// play simulates path i to its end and records when each ticket is called.
func (f *simulation) play(i int, t *pathState) {
	f.begin(i, t)
	for {
		r := t.earliest()
		if r < 0 {
			break
		}
		now := t.free[r]
		if until := f.servers[r].pausedUntil(now); until > now {
			t.free[r] = until
			continue
		}
		if s := f.urgentFor(r, now, t); s >= 0 {
			l := &f.lines[s]
			n := t.lines[s].urgents
			t.free[r] += l.urgentTook[n%urgents][i] * f.servers[r].speed[i]
			n++
			t.lines[s].urgents = n
			t.lines[s].urgent += l.urgentGap[n%urgents][i]
			continue
		}
		if f.takeBack(r, i, now, t, false) {
			continue
		}
		if s := f.headFor(r, i, now, t); s >= 0 {
			f.call(r, s, i, t)
			continue
		}
		// A ticket issued now would be called here, before returning tickets
		// that are further back.
		for _, s := range f.servers[r].lines {
			if lt := &t.lines[s]; !lt.asked && f.lines[s].opens[i] <= now {
				lt.asked = true
				f.next[s][i] = now
				f.nextEnd[s][i] = now + f.lines[s].next.took[i]*f.servers[r].speed[i]
			}
		}
		if f.takeBack(r, i, now, t, true) {
			continue
		}
		if next := f.opensNext(r, i, now, t); next < never {
			t.free[r] = next
			continue
		}
		t.idle[r] = true
	}
	f.finish(i, t)
}

func (f *simulation) begin(i int, t *pathState) {
	for r := range f.servers {
		t.free[r], t.idle[r] = f.servers[r].free[i], false
	}
	for s := range f.lines {
		l := &f.lines[s]
		lt := &t.lines[s]
		*lt = lineState{returning: lt.returning[:0]}
		if l.urgent {
			lt.urgent = max(0, f.start) + l.urgentGap[0][i]
		}
		for k := range l.away {
			if a := &l.away[k]; a.ready[i] < never {
				lt.returning = append(lt.returning, returning{ready: a.ready[i], after: a.after, took: a.took[i]})
			}
		}
	}
}

// never is later than any time in a path.
const never = 1e12

// earliest returns the room that is free first, or -1 if all are idle.
func (t *pathState) earliest() int {
	best := -1
	for r, at := range t.free {
		if !t.idle[r] && (best < 0 || at < t.free[best]) {
			best = r
		}
	}
	return best
}

// urgentFor returns the line with an urgent insert for the room, or -1.
func (f *simulation) urgentFor(r int, now float64, t *pathState) int {
	for _, s := range f.servers[r].lines {
		if lt := &t.lines[s]; f.lines[s].urgent && lt.urgent <= now && lt.urgents < maxUrgent {
			return s
		}
	}
	return -1
}

// takeBack serves the returning ticket of the room that was ready first and
// whose turn has come. With beyond, it ignores the turn. It reports whether
// there was one.
func (f *simulation) takeBack(r, i int, now float64, t *pathState, beyond bool) bool {
	var line *lineState
	first := 0
	for _, s := range f.servers[r].lines {
		lt := &t.lines[s]
		for k := range lt.returning {
			c := &lt.returning[k]
			if c.ready <= now && (beyond || c.after <= lt.calls) && (line == nil || c.ready < line.returning[first].ready) {
				line, first = lt, k
			}
		}
	}
	if line == nil {
		return false
	}
	t.free[r] += line.returning[first].took * f.servers[r].speed[i]
	line.returning = slices.Delete(line.returning, first, first+1)
	return true
}

// headFor returns the line whose first ticket the room calls, or -1. It removes
// cancelled tickets; their forecast is the time at which they would be called.
func (f *simulation) headFor(r, i int, now float64, t *pathState) int {
	best, first := -1, 0
	for _, s := range f.servers[r].lines {
		lt := &t.lines[s]
		tickets := f.lines[s].tickets
		for lt.head < len(tickets) && f.outcomes[tickets[lt.head]].gone[i] < now {
			f.called[tickets[lt.head]][i] = now
			lt.head++
		}
		if f.lines[s].opens[i] > now {
			continue
		}
		if lt.head < len(tickets) && (best < 0 || tickets[lt.head] < first) {
			best, first = s, tickets[lt.head]
		}
	}
	return best
}

// opensNext returns the time at which the next line of a room opens, or never.
// It ignores lines without a waiting ticket whose new ticket is recorded.
func (f *simulation) opensNext(r, i int, now float64, t *pathState) float64 {
	next := float64(never)
	for _, s := range f.servers[r].lines {
		l, lt := &f.lines[s], &t.lines[s]
		if l.opens[i] > now && (lt.head < len(l.tickets) || !lt.asked) {
			next = min(next, l.opens[i])
		}
	}
	return next
}

// call calls the first ticket of a line into a room.
func (f *simulation) call(r, s, i int, t *pathState) {
	l, lt := &f.lines[s], &t.lines[s]
	n := l.tickets[lt.head]
	lt.head++
	lt.calls++
	f.called[n][i] = t.free[r]
	one := &f.outcomes[n]
	if back := one.back[i]; back != none {
		t.free[r] += l.habits.lost.mean
		if back < never {
			lt.returning = append(lt.returning, returning{ready: t.free[r] + back, after: lt.calls + l.back, took: one.took[i]})
		}
		return
	}
	t.free[r] += one.took[i] * f.servers[r].speed[i]
	if out := one.out[i]; out != none {
		lt.returning = append(lt.returning, returning{ready: t.free[r] + out, took: one.again[i]})
	}
}

// finish serves the tickets that are still away, and records when the rooms
// finish.
func (f *simulation) finish(i int, t *pathState) {
	for s := range t.lines {
		for _, c := range t.lines[s].returning {
			best := -1
			for r := range f.servers {
				if f.serves(r, s) && (best < 0 || t.free[r] < t.free[best]) {
					best = r
				}
			}
			if best >= 0 {
				t.free[best] = max(t.free[best], c.ready) + c.took*f.servers[best].speed[i]
			}
		}
	}
	for s := range f.lines {
		for r := range f.servers {
			if f.serves(r, s) {
				f.end[s][i] = max(f.end[s][i], t.free[r])
			}
		}
	}
}

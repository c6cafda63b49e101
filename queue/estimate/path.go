package estimate

import "slices"

// line is a service in one forecast.
type line struct {
	id      string
	name    uint64 // hash of id
	back    int
	served  bool           // by a room on duty
	opens   [paths]float64 // time of the first possible call
	tickets []int          // indices of the waiting tickets, in order
	habits  *habitDraws
	away    []returnDraws // absent or at an exam when the forecast begins

	urgent *kindDraws // nil: no urgent inserts
	slots  *slots     // nil: the line has none
}

// returnDraws is the possible return of a ticket that is away, or that may
// leave after its present visit.
type returnDraws struct {
	ready [paths]float64 // time of return, or never
	after int            // calls of the line that go first
	slot  float64        // in whose order it stands; 0 without slots
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
	for again := len(v.breaks) > 0; again; {
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
	slot  float64 // it goes before tickets of later ones
	took  float64
}

// pathState is the state of the rooms and lines within a path.
type pathState struct {
	free      []float64 // when each room can call next; never: it has nothing to call
	lines     []lineState
	asked     int // lines whose call of a new ticket is recorded
	returning int // tickets, in all lines
}

type lineState struct {
	head      int // of line.tickets
	calls     int
	returning []returning
	urgent    float64 // time of the next urgent insert, or never
	urgents   int     // number of that insert, of all paths
	asked     bool    // the call of a new ticket is recorded; with slots, that of every waiting ticket

	slotState // of a line with slots
}

// never is later than any time in a path.
const never = 1e12

// play simulates path i until a new ticket of each line is called, and records
// when each ticket is called.
func (f *simulation) play(i int, t *pathState) {
	f.begin(i, t)
	for t.asked < f.served {
		r := t.earliest()
		now := t.free[r]
		if now >= never {
			return
		}
		if until := f.servers[r].pausedUntil(now); until > now {
			t.free[r] = until
			continue
		}
		if f.slotted {
			f.look(r, i, t)
		}
		if f.callUrgent(r, i, t) || f.callBack(r, i, t, false) || f.callHead(r, i, t) {
			continue
		}
		// A ticket issued now would be called here, before returning tickets
		// that are further back.
		for _, s := range f.servers[r].lines {
			if lt := &t.lines[s]; !lt.asked && f.lines[s].slots == nil && f.lines[s].opens[i] <= now {
				lt.asked = true
				t.asked++
				f.next[s][i] = now
			}
		}
		if !f.callBack(r, i, t, true) {
			t.free[r] = f.opensNext(r, i, t)
		}
	}
}

func (f *simulation) begin(i int, t *pathState) {
	t.asked, t.returning = 0, 0
	for r := range f.servers {
		t.free[r] = f.servers[r].free[i]
	}
	for s := range f.lines {
		l, lt := &f.lines[s], &t.lines[s]
		*lt = lineState{returning: lt.returning[:0], urgent: never, urgents: -1, slotState: slotState{due: lt.due[:0]}}
		if l.slots != nil {
			l.begin(i, t, lt)
		}
		if l.urgent != nil {
			f.nextUrgent(l, lt, i)
		}
		for k := range l.away {
			if a := &l.away[k]; a.ready[i] < never {
				t.comesBack(lt, returning{ready: a.ready[i], after: a.after, slot: a.slot, took: a.took[i]})
			}
		}
	}
}

// earliest returns the room that is free first.
func (t *pathState) earliest() int {
	best := 0
	for r, at := range t.free {
		if at < t.free[best] {
			best = r
		}
	}
	return best
}

func (t *pathState) comesBack(lt *lineState, c returning) {
	lt.returning = append(lt.returning, c)
	t.returning++
}

// maxUrgent limits the urgent inserts of all paths. Without it, a path would not
// end if inserts came faster than a room can serve.
const maxUrgent = 48 * paths

// nextUrgent finds the next urgent insert of path i. Those of all paths come at
// equal intervals, and each falls on a random path. So their mean number is
// exact at any time, and their number in a path varies as it should.
func (f *simulation) nextUrgent(l *line, lt *lineState, i int) {
	for lt.urgents++; lt.urgents < maxUrgent; lt.urgents++ {
		if mix(l.name+forUrgent+uint64(lt.urgents))%paths == uint64(i) {
			lt.urgent = max(0, f.start) + (float64(lt.urgents)+0.5)/paths/l.habits.urgent
			return
		}
	}
	lt.urgent = never
}

// callUrgent calls an urgent insert into a room, and reports whether there was
// one.
func (f *simulation) callUrgent(r, i int, t *pathState) bool {
	for _, s := range f.servers[r].lines {
		l, lt := &f.lines[s], &t.lines[s]
		if lt.urgent > t.free[r] {
			continue
		}
		took := drawOf(l.name, forUrgentTime+uint64(lt.urgents/paths))
		t.free[r] += l.urgent.at[took.stratum(lt.urgents%paths)] * l.urgent.factor[i] * f.servers[r].speed[i]
		f.nextUrgent(l, lt, i)
		return true
	}
	return false
}

// callBack calls the returning ticket that was ready first and whose turn has
// come into a room. With beyond, it ignores the turn. It reports whether there
// was one.
func (f *simulation) callBack(r, i int, t *pathState, beyond bool) bool {
	if t.returning == 0 {
		return false
	}
	var line *lineState
	first := 0
	for _, s := range f.servers[r].lines {
		lt := &t.lines[s]
		for k := range lt.returning {
			c := &lt.returning[k]
			if c.ready <= t.free[r] && (beyond || c.after <= lt.calls || c.slot < lt.slot) && (line == nil || c.ready < line.returning[first].ready) {
				line, first = lt, k
			}
		}
	}
	if line == nil {
		return false
	}
	t.free[r] += line.returning[first].took * f.servers[r].speed[i]
	line.returning = slices.Delete(line.returning, first, first+1)
	t.returning--
	return true
}

// callHead calls the first waiting ticket of a room's lines into it, and
// reports whether there was one.
func (f *simulation) callHead(r, i int, t *pathState) bool {
	now := t.free[r]
	best, n := -1, 0
	for _, s := range f.servers[r].lines {
		l, lt := &f.lines[s], &t.lines[s]
		if l.slots == nil {
			f.skipGone(l, lt, i, now)
		}
		if first, ok := lt.first(l); ok && l.opens[i] <= now && (best < 0 || first < n) {
			best, n = s, first
		}
	}
	if best < 0 {
		return false
	}
	l, lt, one := &f.lines[best], &t.lines[best], &f.outcomes[n]
	if l.slots != nil {
		t.take(l, lt)
	} else {
		lt.head++
	}
	lt.calls++
	if n < len(f.called) {
		f.called[n][i] = now
	}
	if back := one.away(i, l.habits, l.habits.absent); back != none {
		t.free[r] += l.habits.lost.mean
		if back < never {
			t.comesBack(lt, returning{ready: t.free[r] + back, after: lt.calls + l.back, slot: lt.slot, took: one.seconds(i)})
		}
		return true
	}
	t.free[r] += one.seconds(i) * f.servers[r].speed[i]
	if out, again := one.out(i, l.habits); out != none {
		t.comesBack(lt, returning{ready: t.free[r] + out, slot: lt.slot, took: again})
	}
	return true
}

// skipGone removes cancelled tickets from the head of a line. Their forecast is the
// time at which they would be called.
func (f *simulation) skipGone(l *line, lt *lineState, i int, now float64) {
	for ; lt.head < len(l.tickets); lt.head++ {
		first := l.tickets[lt.head]
		if !f.outcomes[first].gone(i, l.habits, now) {
			return
		}
		f.called[first][i] = now
	}
}

// first returns the outcome of the ticket that the line's next call gets.
func (lt *lineState) first(l *line) (n int, ok bool) {
	switch {
	case l.slots != nil:
		return lt.candidate, lt.open
	case lt.head < len(l.tickets):
		return l.tickets[lt.head], true
	}
	return 0, false
}

// opensNext returns the time at which the next line of a room opens, or never.
// It ignores lines without a waiting ticket whose new ticket is recorded.
func (f *simulation) opensNext(r, i int, t *pathState) float64 {
	next := float64(never)
	for _, s := range f.servers[r].lines {
		l, lt := &f.lines[s], &t.lines[s]
		if l.slots != nil {
			next = min(next, l.nextSlot(i, lt, t.free[r]))
			continue
		}
		if l.opens[i] > t.free[r] && (lt.head < len(l.tickets) || !lt.asked) {
			next = min(next, l.opens[i])
		}
	}
	return next
}

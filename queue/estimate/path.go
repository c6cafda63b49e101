package estimate

import "slices"

// line is a service during one forecast.
type line struct {
	id      string
	back    int
	opens   [paths]float64 // nobody of it is called before
	tickets []int          // indices of those waiting, in order
	habits  habitDraws
	late    []fateOf // at an exam, or absent, when the forecast begins

	urgent     bool
	urgentGap  [urgents][paths]float64
	urgentTook [urgents][paths]float64

	next fate // of a ticket that would be issued now
}

// fateOf is one who is away, or who may come back after the present visit.
type fateOf struct {
	ready [paths]float64 // when it is back; +Inf: never
	after int            // calls of the line that go first
	took  [paths]float64
}

// server is a room during one forecast.
type server struct {
	lines  []int
	breaks [][2]float64   // from, to
	free   [paths]float64 // when it can call
	speed  [paths]float64
}

// pausedUntil returns the end of the break, or breaks, that now lies in, or now.
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

// coming is one who comes back into a line during a path.
type coming struct {
	ready float64 // not before
	after int     // and not before this number of calls of the line, while anybody waits
	took  float64
}

// track is what changes during a path.
type track struct {
	free  []float64
	idle  []bool
	lines []lineTrack
}

type lineTrack struct {
	head    int // of line.tickets
	calls   int
	coming  []coming
	urgent  float64 // when the next urgent insert comes
	urgents int     // so far
	asked   bool    // the next ticket's call is known
}

// maxUrgent bounds the urgent inserts of one path, so that rates beyond what
// a room can serve end.
const maxUrgent = 4 * urgents

// play plays path i to its end and notes when each ticket is called.
func (f *future) play(i int, t *track) {
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
		// One who came now would be called here, before those whose place is
		// further back.
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

func (f *future) begin(i int, t *track) {
	for r := range f.servers {
		t.free[r], t.idle[r] = f.servers[r].free[i], false
	}
	for s := range f.lines {
		l := &f.lines[s]
		lt := &t.lines[s]
		*lt = lineTrack{coming: lt.coming[:0]}
		if l.urgent {
			lt.urgent = max(0, f.start) + l.urgentGap[0][i]
		}
		for k := range l.late {
			if a := &l.late[k]; a.ready[i] < never {
				lt.coming = append(lt.coming, coming{ready: a.ready[i], after: a.after, took: a.took[i]})
			}
		}
	}
}

// never is later than anything.
const never = 1e12

// earliest returns the room that is free first, or -1 when all are idle.
func (t *track) earliest() int {
	best := -1
	for r, at := range t.free {
		if !t.idle[r] && (best < 0 || at < t.free[best]) {
			best = r
		}
	}
	return best
}

// urgentFor returns the line of an urgent insert that the room takes, or -1.
func (f *future) urgentFor(r int, now float64, t *track) int {
	for _, s := range f.servers[r].lines {
		if lt := &t.lines[s]; f.lines[s].urgent && lt.urgent <= now && lt.urgents < maxUrgent {
			return s
		}
	}
	return -1
}

// takeBack lets the room take the first who is back and whose place has come, or
// whose place is beyond the line's end. It reports whether there was one.
func (f *future) takeBack(r, i int, now float64, t *track, beyond bool) bool {
	var line *lineTrack
	first := 0
	for _, s := range f.servers[r].lines {
		lt := &t.lines[s]
		for k := range lt.coming {
			c := &lt.coming[k]
			if c.ready <= now && (beyond || c.after <= lt.calls) && (line == nil || c.ready < line.coming[first].ready) {
				line, first = lt, k
			}
		}
	}
	if line == nil {
		return false
	}
	t.free[r] += line.coming[first].took * f.servers[r].speed[i]
	line.coming = slices.Delete(line.coming, first, first+1)
	return true
}

// headFor returns the line whose head the room calls, or -1. Those who have
// cancelled by now leave, and get their time as if they had not.
func (f *future) headFor(r, i int, now float64, t *track) int {
	best, first := -1, 0
	for _, s := range f.servers[r].lines {
		lt := &t.lines[s]
		tickets := f.lines[s].tickets
		for lt.head < len(tickets) && f.fates[tickets[lt.head]].gone[i] < now {
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

// opensNext is when the next line of a room opens that somebody waits for, or that
// a new ticket is asked for; never where there is none.
func (f *future) opensNext(r, i int, now float64, t *track) float64 {
	next := float64(never)
	for _, s := range f.servers[r].lines {
		l, lt := &f.lines[s], &t.lines[s]
		if l.opens[i] > now && (lt.head < len(l.tickets) || !lt.asked) {
			next = min(next, l.opens[i])
		}
	}
	return next
}

// call calls the head of a line into a room.
func (f *future) call(r, s, i int, t *track) {
	l, lt := &f.lines[s], &t.lines[s]
	n := l.tickets[lt.head]
	lt.head++
	lt.calls++
	f.called[n][i] = t.free[r]
	one := &f.fates[n]
	if back := one.back[i]; back != comes {
		t.free[r] += l.habits.lost.mean
		if back < never {
			lt.coming = append(lt.coming, coming{ready: t.free[r] + back, after: lt.calls + l.back, took: one.took[i]})
		}
		return
	}
	t.free[r] += one.took[i] * f.servers[r].speed[i]
	if out := one.out[i]; out != comes {
		lt.coming = append(lt.coming, coming{ready: t.free[r] + out, took: one.again[i]})
	}
}

// finish lets those come who are still away, and notes when the rooms are done.
func (f *future) finish(i int, t *track) {
	for s := range t.lines {
		for _, c := range t.lines[s].coming {
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

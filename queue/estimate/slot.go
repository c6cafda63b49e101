package estimate

import (
	"math"
	"slices"
	"time"
)

// Slots are the rules of a line with slots (時間帯予約). Its tickets stand in the order of
// their slots, and inside a slot in that of their arrival.
type Slots struct {
	Reach time.Duration // tickets of a slot are called from this long before its start
	Late  Late
	// Open are the slots that are not over, in order. A patient without a booking gets
	// a place in the first that has a free seat.
	Open []Slot
	// Serving is the start of the latest slot of which a ticket was called; zero
	// before the first call.
	Serving time.Time
}

// Slot is a slot that is not over.
type Slot struct {
	Start, End time.Time
	Free       int // seats for patients without a booking
}

// Late is the place of a patient who arrives after the slot.
type Late int

// The places of a late arrival: behind all tickets of a slot.
const (
	LateServing Late = iota // of the slot that is being served
	LateOwn                 // of its own slot
	LateEnd                 // of the line's last slot
)

// Booking is a booking of a slot whose patient has not arrived.
type Booking struct {
	ID      string
	Service string
	Kind    string
	Slot    time.Time // start of the slot
	Late    time.Time // an arrival after this is late
}

// slots has the rules and the slots of one line, in a forecast. A slot is its start in
// seconds.
type slots struct {
	reach   float64
	late    Late
	serving float64
	of      []float64 // slots of line.tickets
	last    float64   // of a waiting ticket
	booked  []bookedDraws
	walkins []walkin
}

// bookedDraws are the draws of a booking.
type bookedDraws struct {
	slot, late float64
	outcome    int            // index
	at         [paths]float64 // time of arrival, or never
}

// walkin is a patient without a booking, in one path.
type walkin struct {
	due
	path int
}

// slotState is the state of a line with slots within a path.
type slotState struct {
	due       []due   // patients with a booking who were not called
	serving   float64 // latest slot of which a ticket was called
	slot      float64 // of the first ticket that may be called now, or never
	candidate int     // outcome of that ticket
	from      int     // index of it in due; -1: it is the head of the waiting tickets
	open      bool    // it may be called now
}

// due is the arrival of a booking in a path.
type due struct {
	at, slot, late float64
	outcome        int
	arrived        bool // its place is known
}

// seconds returns an instant as seconds from now. The zero time is before all others.
func seconds(in Input, at time.Time) float64 {
	if at.IsZero() {
		return -never
	}
	return at.Sub(in.Now).Seconds()
}

// slot returns the slot of a ticket that is not waiting; 0 in a line without slots.
func (l *line) slot(in Input, at time.Time) float64 {
	if l.slots == nil {
		return 0
	}
	return seconds(in, at)
}

func newSlots(in Input, s Slots) *slots {
	return &slots{reach: s.Reach.Seconds(), late: s.Late, serving: seconds(in, s.Serving), last: -never}
}

// addBooked samples the arrivals of the bookings that may be called before a waiting
// ticket. In a room of several services, those are all.
func (f *simulation) addBooked(in Input) {
	var times arrivalTimes
	for _, b := range in.Booked {
		s := f.line(b.Service)
		if s < 0 || f.lines[s].slots == nil || !f.lines[s].served {
			continue
		}
		l := &f.lines[s]
		slot := seconds(in, b.Slot)
		if slot > l.slots.last && !f.shares(s) {
			continue
		}
		if l.slots.booked == nil {
			l.slots.booked = make([]bookedDraws, 0, len(in.Booked))
		}
		if times.line != l || times.slot != slot {
			times = f.learned.punctuality(l.id).from(slot)
			times.line = l
		}
		d := bookedDraws{slot: slot, late: seconds(in, b.Late), outcome: len(f.outcomes)}
		draw := drawOf(hash(b.ID), forArrival)
		comes := false
		for i := range d.at {
			d.at[i] = never
			if u := draw.u(i); u < times.comes {
				d.at[i], comes = times.at[int(u/times.comes*paths)], true
			}
		}
		if comes {
			kind := f.kind(b.Kind)
			f.outcomes = append(f.outcomes, f.sample(b.ID, kind, kind == l.habits.again))
			l.slots.booked = append(l.slots.booked, d)
		}
	}
}

// addWalkins samples the patients without a booking who get a place before a waiting
// ticket. They come as urgent inserts do, see [simulation.nextUrgent].
func (f *simulation) addWalkins(in Input) {
	for s, service := range in.Services {
		l := &f.lines[s]
		rate := f.learned.Services[l.id].Walkin.perSecond()
		if l.slots == nil || !l.served || rate == 0 {
			continue
		}
		kind := f.kind(service.Kind)
		used := make([][paths]int, len(service.Slots.Open))
		open := 0 // first slot that is not over at the arrival
		for n := range maxUrgent {
			at := max(0, f.start) + (float64(n)+0.5)/paths/rate
			for open < len(used) && seconds(in, service.Slots.Open[open].End) <= at {
				open++
			}
			if open == len(used) || seconds(in, service.Slots.Open[open].Start) >= l.slots.last {
				break
			}
			name := mix(l.name + forWalkin + uint64(n))
			i := int(name % paths)
			for k := open; k < len(used); k++ {
				slot := seconds(in, service.Slots.Open[k].Start)
				if slot >= l.slots.last {
					break
				}
				if used[k][i] < service.Slots.Open[k].Free {
					used[k][i]++
					l.slots.walkins = append(l.slots.walkins, walkin{due{at, slot, never, len(f.outcomes), false}, i})
					one := f.sampleOf(name, kind, false)
					// Those of all paths together use each stratum equally often.
					took := drawOf(l.name, forWalkin+uint64(n/paths))
					one.took.flip = orders[one.took.order][i] ^ uint8(took.stratum(n%paths))
					f.outcomes = append(f.outcomes, one)
					break
				}
			}
		}
	}
}

// shares reports whether a room of the line serves another line too.
func (f *simulation) shares(line int) bool {
	for r := range f.servers {
		lines := f.servers[r].lines
		for _, s := range lines {
			if s == line && len(lines) > 1 {
				return true
			}
		}
	}
	return false
}

// begin resets the state of a line with slots for path i.
func (l *line) begin(i int, t *pathState, lt *lineState) {
	lt.serving = l.slots.serving
	lt.due = slices.Grow(lt.due, len(l.slots.booked))
	for k := range l.slots.booked {
		if b := &l.slots.booked[k]; b.at[i] < never {
			lt.due = append(lt.due, due{at: b.at[i], slot: b.slot, late: b.late, outcome: b.outcome})
		}
	}
	for k := range l.slots.walkins {
		if w := &l.slots.walkins[k]; w.path == i {
			lt.due = append(lt.due, w.due)
		}
	}
	t.passed(l, lt)
}

// passed records that every waiting ticket of a line with slots is called.
func (t *pathState) passed(l *line, lt *lineState) {
	if !lt.asked && l.served && lt.head == len(l.tickets) {
		lt.asked = true
		t.asked++
	}
}

// look finds the next ticket of each line with slots that a room serves.
func (f *simulation) look(r, i int, t *pathState) {
	now := t.free[r]
	for _, s := range f.servers[r].lines {
		l, lt := &f.lines[s], &t.lines[s]
		if l.slots == nil {
			continue
		}
		f.skipGone(l, lt, i, now)
		t.passed(l, lt)
		lt.slot, lt.from, lt.open = never, -1, false
		if lt.head < len(l.tickets) {
			lt.slot, lt.candidate = l.slots.of[lt.head], l.tickets[lt.head]
		}
		came := -math.MaxFloat64 // the waiting tickets came before all others
		for k := range lt.due {
			d := &lt.due[k]
			if d.at > now {
				continue
			}
			if !d.arrived {
				l.slots.place(d, lt.serving)
			}
			if d.slot < lt.slot || d.slot == lt.slot && (d.at < came || d.at == came && d.outcome < lt.candidate) {
				lt.slot, lt.candidate, lt.from, came = d.slot, d.outcome, k, d.at
			}
		}
		lt.open = lt.slot-l.slots.reach <= now
	}
}

// place gives an arrival its slot.
func (s *slots) place(d *due, serving float64) {
	d.arrived = true
	if d.at <= d.late {
		return
	}
	switch s.late {
	case LateOwn:
	case LateServing:
		// A slot that is called ahead of its start counts even if an earlier one is
		// called after it. So an additional booking never shortens a wait.
		d.slot = max(d.slot, serving)
	case LateEnd:
		d.slot = max(d.slot, s.last)
	}
}

// take removes the ticket that look found.
func (t *pathState) take(l *line, lt *lineState) {
	lt.serving = max(lt.serving, lt.slot)
	if lt.from < 0 {
		lt.head++
		t.passed(l, lt)
		return
	}
	last := len(lt.due) - 1
	lt.due[lt.from] = lt.due[last]
	lt.due = lt.due[:last]
}

// nextSlot returns the next time after now at which the line may have a ticket to call,
// or never.
func (l *line) nextSlot(i int, lt *lineState, now float64) float64 {
	next := float64(never)
	at := func(x float64) {
		if x = max(x, l.opens[i]); x > now {
			next = min(next, x)
		}
	}
	if lt.slot < never { // the present tickets, of which this one is the first
		at(lt.slot - l.slots.reach)
	}
	for k := range lt.due {
		if d := &lt.due[k]; d.at > now {
			at(d.at)
		}
	}
	for k := range lt.returning {
		at(lt.returning[k].ready)
	}
	at(lt.urgent)
	return next
}

package queue

import (
	"strconv"
	"strings"
	"time"

	"junban/queue/hours"
)

// Taken are the live tickets of one session, those included whose seats are
// given back later: what [clinic.Capacity] bounds.
type Taken struct{ Web, Desk, First int }

// Seat is how many seats of one kind are used, and how many there are.
type Seat struct {
	Used  int
	Limit *int // nil: no bound
}

func (s Seat) full() bool { return s.Limit != nil && s.Used >= *s.Limit }

// Seats are those of one session.
type Seats struct{ Web, Desk, First Seat }

// Availability is 空き状況 of the web.
type Availability string

// The availabilities.
const (
	Many    Availability = "many"    // ○
	Few     Availability = "few"     // △
	None    Availability = "none"    // ×: the quota is used up, or the session would not hold one more
	NotYet  Availability = "before"  // 受付前
	Stopped Availability = "stopped" // 停止中
	Over    Availability = "closed"  // 受付終了
)

// count reads the counts of the line's seats, as lua/prelude/seats.lua keeps them.
func (l *Line) count(counts map[string]string, s *Snapshot) {
	l.Counter, _ = strconv.Atoi(counts["issued"])
	l.Taken = map[string]Taken{}
	if l.Service.BySlot() {
		l.counts, l.slotTaken, l.Serving = counts, map[string]Taken{}, serving(counts["serving"])
	}
	add := func(seat string, n int) {
		kind, session, _ := strings.Cut(seat, ":")
		taken := l.Taken
		if id, slot, ok := strings.Cut(session, "@"); ok {
			if session, taken = slot, l.slotTaken; taken == nil || id == "" {
				return
			}
		}
		t := taken[session]
		switch kind {
		case "web":
			t.Web += n
		case "desk":
			t.Desk += n
		case "first":
			t.First += n
		default:
			return
		}
		taken[session] = t
	}
	for field, value := range counts {
		if n, err := strconv.Atoi(value); err == nil && strings.Contains(field, ":") {
			add(field, n)
		}
	}
	for _, entry := range strings.Fields(counts["returns"]) {
		parts := strings.Split(entry, "/")
		ms, err := strconv.ParseInt(parts[0], 10, 64)
		if err != nil || len(parts) != 3 {
			continue
		}
		if back := time.UnixMilli(ms); back.After(s.At) {
			s.wake(back)
			continue
		}
		for _, seat := range strings.Split(parts[2], ",") {
			add(seat, -1)
		}
	}
}

// available returns the availability of a line's web in a session.
func (l *Line) available(s *Snapshot, session hours.Session, loc *time.Location) Availability {
	switch l.Reception {
	case Before:
		return NotYet
	case Paused:
		return Stopped
	case Closed:
		return Over
	}
	web := l.Seats.Web
	switch {
	case web.full() || l.Full:
		return None
	case l.stopped(s, session, loc):
		return None
	case web.Limit != nil && *web.Limit-web.Used <= l.Service.Capacity.Few:
		return Few
	default:
		return Many
	}
}

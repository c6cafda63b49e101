package main

import "time"

// The ways to estimate a wait that are compared.
const (
	ours = iota
	oracle
	averageToday
	halfHour
	lastToEnter
	fixed
	methods
)

func methodName(m int) string {
	return [methods]string{"junban", "oracle", "average of today", "mean by half hour", "last to enter", "fixed min × people"}[m]
}

// history is what the rivals remember of past days. They get the best of it:
// true means of many days, the number of doctors, and when consultation starts.
type history struct {
	waits  []total // by half hour of issue
	all    total
	visits total // room time of a visit
}

type total struct {
	n   int
	sum time.Duration
}

func (t *total) add(d time.Duration) {
	t.n++
	t.sum += d
}

func (t total) mean() time.Duration { return t.sum / time.Duration(max(t.n, 1)) }

// slot is the half hour of the session in which t lies; all before is 0.
func slot(t time.Duration) int {
	if t < 0 {
		return 0
	}
	return 1 + int(t/(30*time.Minute))
}

func (h *history) learn(d *day) {
	for _, c := range d.calls {
		for slot(c.came) >= len(h.waits) {
			h.waits = append(h.waits, total{})
		}
		h.waits[slot(c.came)].add(c.called - c.came)
		h.all.add(c.called - c.came)
	}
	for _, v := range d.finished {
		h.visits.add(v.Took)
	}
}

// guess is what the rival says of a ticket with so many ahead.
func (h *history) guess(method int, d *day, ahead int) time.Duration {
	switch method {
	case averageToday:
		var today total
		for _, c := range d.calls {
			today.add(c.called - c.came)
		}
		if today.n > 0 {
			return today.mean()
		}
	case halfHour:
		if s := slot(d.now); s < len(h.waits) && h.waits[s].n > 0 {
			return h.waits[s].mean()
		}
	case lastToEnter:
		if n := len(d.calls); n > 0 {
			return d.calls[n-1].called - d.calls[n-1].came
		}
	case fixed:
		people := ahead
		for _, r := range d.rooms {
			if r.patient != nil {
				people++
			}
		}
		if people < len(d.rooms) {
			people = 0
		}
		return max(0, -d.now) + h.visits.mean()*time.Duration(people)/time.Duration(len(d.rooms))
	}
	return h.all.mean() // nobody has been called yet
}

package main

import "time"

// The methods that are compared.
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

// history has the figures of past days that the other methods use. They are
// true means of many days.
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

// halfHourOf returns the half hour of the session, counted from 1; 0 is before
// its start.
func halfHourOf(t time.Duration) int {
	if t < 0 {
		return 0
	}
	return 1 + int(t/(30*time.Minute))
}

func (h *history) learn(d *day) {
	for _, c := range d.calls {
		for halfHourOf(c.came) >= len(h.waits) {
			h.waits = append(h.waits, total{})
		}
		h.waits[halfHourOf(c.came)].add(c.called - c.came)
		h.all.add(c.called - c.came)
	}
	for _, v := range d.finished {
		h.visits.add(v.Took)
	}
}

// estimateWait returns the estimate of a method for a ticket.
func (h *history) estimateWait(method int, d *day, ahead int) time.Duration {
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
		if s := halfHourOf(d.now); s < len(h.waits) && h.waits[s].n > 0 {
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
	return h.all.mean() // before the first call
}

package main

import (
	"container/heap"
	"time"
)

// event is something that happens at its time; of two at one time, the one
// that was noted first.
type event struct {
	at    time.Duration
	noted int
	do    func()
}

// agenda is what is still to happen.
type agenda struct {
	events []event
	noted  int
}

func (d *day) on(at time.Duration, do func()) {
	d.todo.noted++
	heap.Push(&d.todo, event{at, d.todo.noted, do})
}

func (a *agenda) Len() int { return len(a.events) }
func (a *agenda) Less(i, j int) bool {
	x, y := a.events[i], a.events[j]
	return x.at < y.at || x.at == y.at && x.noted < y.noted
}
func (a *agenda) Swap(i, j int) { a.events[i], a.events[j] = a.events[j], a.events[i] }
func (a *agenda) Push(e any)    { a.events = append(a.events, e.(event)) }
func (a *agenda) Pop() any {
	last := len(a.events) - 1
	e := a.events[last]
	a.events = a.events[:last]
	return e
}

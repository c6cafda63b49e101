package main

import (
	"container/heap"
	"time"
)

// event is an action at a time. Events of the same time run in order of
// scheduling.
type event struct {
	at  time.Duration
	seq int
	do  func()
}

// agenda is a heap of the future events.
type agenda struct {
	events []event
	seq    int
}

func (d *day) on(at time.Duration, do func()) {
	d.todo.seq++
	heap.Push(&d.todo, event{at, d.todo.seq, do})
}

func (a *agenda) Len() int { return len(a.events) }
func (a *agenda) Less(i, j int) bool {
	x, y := a.events[i], a.events[j]
	return x.at < y.at || x.at == y.at && x.seq < y.seq
}
func (a *agenda) Swap(i, j int) { a.events[i], a.events[j] = a.events[j], a.events[i] }
func (a *agenda) Push(e any)    { a.events = append(a.events, e.(event)) }
func (a *agenda) Pop() any {
	last := len(a.events) - 1
	e := a.events[last]
	a.events = a.events[:last]
	return e
}

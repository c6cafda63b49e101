package main

import (
	"context"
	"flag"
	"fmt"
	"strconv"
	"time"
)

// scenario is one thing that happens to a clinic's server. A value is one
// playing of it: its counts, set by flags.
type scenario interface {
	// flags registers the counts with their defaults.
	flags(*flag.FlagSet)
	// short makes the counts small, for what does not depend on the machine.
	short()
	// play does it, checks what the watchers saw, and adds what was measured.
	play(context.Context, *stage, *result) error
}

// entry is a scenario as the command line knows it.
type entry struct {
	name, about string
	fresh       func() scenario
}

// entries are all scenarios, in the order that all plays them.
func entries() []entry {
	return []entry{
		{"click", `press "next" again and again; how long until every watcher has it`, func() scenario { return &click{} }},
		{"fanout", "presses before very many watchers, and what a delivery costs the server", func() scenario { return &fanout{} }},
		{"burst", "a thousand changes in one second on one board", func() scenario { return &burst{} }},
		{"storm", "everybody loses the network, and comes back", func() scenario { return &storm{} }},
		{"herd", "the opening second: everybody takes a ticket, some twice", func() scenario { return &herd{} }},
		{"stall", "thousands stop reading; do the others notice?", func() scenario { return &stall{} }},
		{"idle", "watchers of a board that does not change: memory, goroutines, processor", func() scenario { return &idle{} }},
		{"drain", "two servers are restarted in turn; everybody moves to the other, and back", func() scenario { return &drain{} }},
		{"soak", "a long day of everything, at random", func() scenario { return &soak{} }},
	}
}

// count is a flag of a number from 1 to most: every loop has an end.
type count struct {
	n    *int
	most int
}

// countVar registers a bounded number.
func countVar(fs *flag.FlagSet, n *int, name string, normal, most int, about string) {
	*n = normal
	fs.Var(count{n, most}, name, fmt.Sprintf("%s, at most %d", about, most))
}

// String returns the number.
func (c count) String() string {
	if c.n == nil {
		return ""
	}
	return strconv.Itoa(*c.n)
}

// Set takes a number within the bounds.
func (c count) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > c.most {
		return fmt.Errorf("1 to %d are played", c.most)
	}
	*c.n = n
	return nil
}

// span is a flag of a time from 0 to most.
type span struct {
	d    *time.Duration
	most time.Duration
}

// spanVar registers a bounded time.
func spanVar(fs *flag.FlagSet, d *time.Duration, name string, normal, most time.Duration, about string) {
	*d = normal
	fs.Var(span{d, most}, name, fmt.Sprintf("%s, at most %v", about, most))
}

// String returns the time.
func (s span) String() string {
	if s.d == nil {
		return ""
	}
	return s.d.String()
}

// Set takes a time within the bounds.
func (s span) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > s.most {
		return fmt.Errorf("0s to %v are played", s.most)
	}
	*s.d = d
	return nil
}

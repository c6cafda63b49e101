package main

import (
	"context"
	"flag"
)

// scenario is one situation of a clinic's server. Its fields are set by flags.
type scenario interface {
	// flags registers the flags and sets their defaults.
	flags(*flag.FlagSet)
	// shorten sets small counts, for figures that do not depend on the machine.
	shorten()
	// run creates the situation, checks what is specific to it and adds the figures.
	run(context.Context, *testbed, *result) error
}

// entry describes a scenario for the command line.
type entry struct {
	name, about string
	create      func() scenario
}

// scenarios lists all scenarios, in the order in which the command all runs them.
func scenarios() []entry {
	return []entry{
		{"click", `"next" clicked again and again; the time until every watcher has it`, func() scenario { return &click{} }},
		{"fanout", "changes for many watchers, and what a delivery costs the server", func() scenario { return &fanout{} }},
		{"burst", "a thousand changes in one second on one board", func() scenario { return &burst{} }},
		{"storm", "all watchers lose the network, and reconnect", func() scenario { return &storm{} }},
		{"herd", "the opening second: all patients take a ticket, some twice; with --slots, also the seats of a day that opens", func() scenario { return &herd{} }},
		{"stall", "thousands stop reading; the effect on the other watchers", func() scenario { return &stall{} }},
		{"idle", "watchers of a board that does not change: memory, goroutines, processor", func() scenario { return &idle{} }},
		{"drain", "two servers are restarted in turn; the watchers move to the other, and back", func() scenario { return &drain{} }},
		{"nation", "many clinics at once: what an act costs each node and Redis, by length of the line and nodes", func() scenario { return &nation{} }},
		{"notify", "notices: what wants cost an act, the push after a call, pushes and mails a second", func() scenario { return &notify{} }},
		{"soak", "a long day of random acts and outages", func() scenario { return &soak{} }},
	}
}

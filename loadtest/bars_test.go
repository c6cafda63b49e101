package main

import "testing"

// TestBudget_HoldsEveryBar lists what the design says that must be reached,
// with the keys that hold it: none may go, or be looser than the bar.
func TestBudget_HoldsEveryBar(t *testing.T) {
	t.Parallel()
	b, err := readBudget("")
	if err != nil {
		t.Fatal(err)
	}
	for _, bar := range []struct {
		what          string
		always, quiet map[string]float64
	}{
		{what: "processor a delivered frame, against bare sockets", quiet: map[string]float64{
			"compare/all processor against bare sockets": 1.15,
			"compare/user processor a delivery":          2.5,
			"fanout/user processor a delivery":           2.5,
		}},
		{what: "resident memory an idle watcher, 15,000 in one process",
			always: map[string]float64{"idle/heap and stack a watcher": 9 << 10},
			quiet:  map[string]float64{"idle/resident a watcher": 9 << 10},
		},
		{what: "goroutines an idle watcher", always: map[string]float64{"idle/goroutines a watcher": 1.05}},
		// The acts and the reading of boards allocate too, so that from outside
		// only less than one a delivery can be seen; the hub's own test holds 0.
		{what: "allocations a publish to N watchers", quiet: map[string]float64{"fanout/allocations a delivery": .5}},
		{what: "click to the last watcher, against bare sockets", quiet: map[string]float64{"compare/last watcher against bare sockets": 1.2}},
		// That the last one is true is checked by the scenario itself.
		{what: "a thousand changes in one second on one topic",
			always: map[string]float64{"burst/frames a watcher and second": 12},
			quiet:  map[string]float64{"burst/frames a watcher": 12, "burst/first change, against a change alone": 1.5},
		},
		{what: "ten thousand stalled readers",
			always: map[string]float64{"stall/live memory more a stalled reader": 8 << 10},
			quiet:  map[string]float64{"stall/resident, at the end against full": 1.1, "stall/p99 beside against alone": 1.2},
		},
		// Not 0, for a server's own probes are taken off by their mean.
		{what: "subscribe or reconnect when the topic is warm", always: map[string]float64{
			"storm/redis calls a viewer, at once": .1,
			"storm/redis calls a viewer, spread":  .1,
		}},
		// That an answer to the same key is the same, and that as many wait as
		// took a ticket, is checked by the scenario itself.
		{what: "ten thousand patients press in the opening second", always: map[string]float64{
			"herd/numbers given twice": 0,
			"herd/numbers left out":    0,
			"herd/failures":            0,
		}},
		// Not 1, for the server's own probes are among them.
		{what: "Redis work an act", always: map[string]float64{"click/redis round trips an act": 1.1}},
	} {
		for _, part := range []struct {
			limits map[string]limit
			bars   map[string]float64
		}{{b.Always, bar.always}, {b.Quiet, bar.quiet}} {
			for key, most := range part.bars {
				if l := part.limits[key]; l.Max == nil || *l.Max > most {
					t.Errorf("%s: the budget does not hold %s to %g", bar.what, key, most)
				}
			}
		}
	}
}

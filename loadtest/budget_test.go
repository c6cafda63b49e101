package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestBudget_HoldsEveryBar lists the bars of the design with the keys that hold
// them. No key may be missing, or be looser than its bar.
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
		// Acts and reads of boards allocate too, so only a bound below one per
		// delivery can be measured here. A test of the hub holds 0.
		{what: "allocations a publish to N watchers", quiet: map[string]float64{"fanout/allocations a delivery": .5}},
		{what: "click to the last watcher, against bare sockets", quiet: map[string]float64{"compare/last watcher against bare sockets": 1.2}},
		// The scenario itself checks the last board.
		{what: "a thousand changes in one second on one topic",
			always: map[string]float64{"burst/frames a watcher and second": 12},
			quiet:  map[string]float64{"burst/frames a watcher": 12, "burst/first change, against a change alone": 1.5},
		},
		{what: "ten thousand stalled readers",
			always: map[string]float64{"stall/additional live memory a stalled reader": 8 << 10},
			quiet:  map[string]float64{"stall/resident, at the end against full": 1.1, "stall/p99 beside against alone": 1.2},
		},
		// The bound is above 0, as the server's own probes are subtracted by their mean.
		{what: "subscribe or reconnect when the topic is warm", always: map[string]float64{
			"storm/redis calls a watcher, at once": .1,
			"storm/redis calls a watcher, spread":  .1,
		}},
		// The scenario itself checks that a key always gives the same ticket, and
		// that each ticket waits.
		{what: "ten thousand patients take a ticket in the opening second", always: map[string]float64{
			"herd/numbers given twice": 0,
			"herd/numbers left out":    0,
			"herd/failures":            0,
		}},
		// The scenario itself checks each seat, and that nobody is refused while one of
		// that slot is free.
		{what: "ten thousand patients ask for 300 seats when a day opens", always: map[string]float64{
			"herd/seats left over":                  0,
			"herd/slot retries with another answer": 0,
			"herd/slot failures":                    0,
		}},
		// The bound is above 1, as the server's own probes are included.
		{what: "Redis work an act", always: map[string]float64{"click/redis round trips an act": 1.1}},
		// Processor times are held on a quiet machine alone. The counts also hold on a
		// busy one, and bound what each act makes nodes and Redis do.
		{what: "an act with ten watchers, line of 40",
			always: map[string]float64{
				"nation/line 40, 1 node: Redis commands an act": 20,
				"nation/line 40, 1 node: Redis traffic an act":  4000,
				"nation/line 40, 1 node: frames an act":         30,
			},
			quiet: map[string]float64{ // to be 0.8 and 0.3
				"nation/line 40, 1 node: node processor an act":  2.8,
				"nation/line 40, 1 node: Redis processor an act": 0.6,
			},
		},
		{what: "the same, line of 200",
			always: map[string]float64{
				"nation/line 200, 1 node: Redis traffic an act": 4000,
				"nation/line 200, 1 node: frames an act":        30,
			},
			quiet: map[string]float64{ // to be 1.5
				"nation/node processor, line 200 against 40":  2,
				"nation/Redis processor, line 200 against 40": 1.5,
			},
		},
		{what: "each further node that follows the clinic",
			quiet: map[string]float64{ // to be 0.4 and 0.02
				"nation/line 40, 3 nodes: node processor that each further node adds":  1.3,
				"nation/line 40, 3 nodes: Redis processor that each further node adds": 0.08,
			},
		},
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

func TestBudget_NamesEveryBrokenLimit(t *testing.T) {
	t.Parallel()
	b := budget{}
	if err := json.Unmarshal([]byte(`{
		"always": {"s/a":{"max":1}, "s/b":{"min":2}, "s/c":{"max":9}, "s/gone":{"max":1}, "other/a":{"max":0}},
		"quiet":  {"s/q":{"max":1}}}`), &b); err != nil {
		t.Fatal(err)
	}
	r := &result{Scenario: "s"}
	r.add("a", 1.5, "ms")
	r.add("b", 1, "ms")
	r.add("c", 9, "ms")
	r.add("q", 2, "ms")
	for _, test := range []struct {
		quiet, partial bool
		want           []string
	}{
		{false, false, []string{"s/a is 1.5", "s/b is 1", "s/gone could not be measured"}},
		{false, true, []string{"s/a is 1.5", "s/b is 1"}},
		{true, false, []string{"s/a is 1.5", "s/b is 1", "s/gone could not be measured", "s/q is 2"}},
	} {
		err := violations(b.check([]*result{r}, test.quiet, test.partial))
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != len(test.want) {
			t.Errorf("quiet %t, partial %t: %v", test.quiet, test.partial, err)
			continue
		}
		for i, want := range test.want {
			if !strings.HasPrefix(lines[i], "budget: "+want) {
				t.Errorf("line %d is %q, not %q", i, lines[i], want)
			}
		}
	}
}

func TestBudget_NamesScenariosThatExist(t *testing.T) {
	t.Parallel()
	b, err := readBudget("")
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Always) == 0 || len(b.Quiet) == 0 {
		t.Error("a part of the budget is empty")
	}
	for _, group := range []map[string]limit{b.Always, b.Quiet} {
		for key, l := range group {
			name, _, _ := strings.Cut(key, "/")
			name = strings.TrimSuffix(name, "-tls")
			if name != compareCommand && !slices.ContainsFunc(scenarios(), func(e entry) bool { return e.name == name }) {
				t.Errorf("%s is of no scenario", key)
			}
			if l.Max == nil && l.Min == nil {
				t.Errorf("%s has no bound", key)
			}
		}
	}
}

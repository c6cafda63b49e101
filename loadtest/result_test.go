package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDurations_AtIsByNearestRank(t *testing.T) {
	t.Parallel()
	var d durations
	for i := range 101 {
		d = append(d, time.Duration(100-i)*time.Millisecond)
	}
	for q, want := range map[float64]float64{0: 0, .5: 50, .99: 99, 1: 100} {
		if got := d.at(q); got != want {
			t.Errorf("at %g: %g, not %g", q, got, want)
		}
	}
	if got := (durations{}).at(.5); got != 0 {
		t.Errorf("of nothing: %g", got)
	}
}

func TestMedians_AreOfTheRounds(t *testing.T) {
	t.Parallel()
	var rounds []*result
	for _, v := range []float64{9, 1, 5} {
		r := &result{Scenario: "s"}
		r.add("x", v, "B")
		r.Curves = []curve{{"c", durations{1}}}
		rounds = append(rounds, r)
	}
	got := medians(rounds)
	if got.Rows[0].Value != 5 || len(got.Curves[0].Of) != 3 {
		t.Errorf("got %+v", got)
	}
}

func TestBudget_IsHeldOrSaysWhatIsBroken(t *testing.T) {
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
		err := broken(b.hold([]*result{r}, test.quiet, test.partial))
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
			if name != compareCommand && !slices.ContainsFunc(entries(), func(e entry) bool { return e.name == name }) {
				t.Errorf("%s is of no scenario", key)
			}
			if l.Max == nil && l.Min == nil {
				t.Errorf("%s has no bound", key)
			}
		}
	}
}

func TestDensity_FindsWhatIsTwiceAndWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		numbers     []int
		twice, gaps int
	}{
		{[]int{3, 1, 2}, 0, 0},
		{[]int{7}, 0, 0},
		{[]int{1, 2, 2, 4, 4}, 2, 1},
		{[]int{10, 1}, 0, 8},
	} {
		if twice, gaps := density(test.numbers); twice != test.twice || gaps != test.gaps {
			t.Errorf("%v: %d twice and %d missing", test.numbers, twice, gaps)
		}
	}
}

func TestEvenness_ComparesTheFullestSlotWithTheMean(t *testing.T) {
	t.Parallel()
	even := durations{}
	for i := range 100 {
		even = append(even, time.Second+time.Duration(i)*10*time.Millisecond)
	}
	if got := evenness(even); got != 1 {
		t.Errorf("even returns: %g", got)
	}
	if got := evenness(slices.Concat(even, even[:25], even[:25])); got < 1.8 {
		t.Errorf("three times as many in one slot: %g", got)
	}
}

func TestSumCalls_AddsUpAllButItsOwn(t *testing.T) {
	t.Parallel()
	n, err := sumCalls("# Commandstats\r\ncmdstat_evalsha:calls=12,usec=340,usec_per_call=28.33\r\ncmdstat_info:calls=5,usec=1\r\ncmdstat_config|get:calls=3,usec=1\r\n")
	if n != 15 || err != nil {
		t.Errorf("%d calls: %v", n, err)
	}
	if _, err := sumCalls("cmdstat_get:calls=x,usec=1\r\n"); err == nil {
		t.Error("nonsense was added up")
	}
}

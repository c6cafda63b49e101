package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestCompare_TakesRatiosWithinARound(t *testing.T) {
	t.Parallel()
	b, err := readBudget("")
	if err != nil {
		t.Fatal(err)
	}
	slow, fast := 3.0, 1.0 // the machine's speed in a round affects both servers
	c := comparison{Watchers: 10, Changes: 2, Bytes: 300}
	for _, factor := range []float64{slow, fast, slow, fast, slow} {
		c.Rounds = append(c.Rounds, map[string]figures{
			bareServer:   {User: factor, System: 9 * factor, Last: 50 * factor, Idle: 1000},
			junbanServer: {User: 2, System: 11*factor - 2, Last: 55 * factor, Idle: 8000},
			tlsServer:    {User: 3, System: 13.2*factor - 3},
			proxyServer:  {User: 9, System: 26.4*factor - 9},
		})
	}
	verdicts := b.check([]*result{medians(c.results())}, true, false)
	want := map[string]float64{
		"compare/user processor a delivery":                     2,
		"compare/all processor against bare sockets":            1.1,
		"compare/last watcher against bare sockets":             1.1,
		"compare/all processor over TLS against plain":          1.2,
		"compare/all processor over TLS against nginx in front": 0.5,
	}
	if len(verdicts) != len(want) {
		t.Errorf("%d limits of compare, not %d: %v", len(verdicts), len(want), verdicts)
	}
	for _, v := range verdicts {
		if v.Broken || formatNumber(v.Value) != formatNumber(want[v.Key]) {
			t.Errorf("%s: %g instead of %g, %s", v.Key, v.Value, want[v.Key], v)
		}
	}
}

func TestCompare_ALimitWithoutAFigureIsBroken(t *testing.T) {
	t.Parallel()
	b, err := readBudget("")
	if err != nil {
		t.Fatal(err)
	}
	for what, round := range map[string]map[string]figures{
		"no bare sockets":        {junbanServer: {User: 1, System: 1, Last: 1}},
		"no junban":              {bareServer: {User: 1, System: 1, Last: 1}},
		"no TLS":                 {bareServer: {User: 1, System: 1, Last: 1}, junbanServer: {User: 1, System: 1, Last: 1}},
		"no processor time read": {bareServer: {Last: 1}, junbanServer: {Last: 1}},
	} {
		results := (&comparison{Rounds: []map[string]figures{round}}).results()
		if err := violations(b.check(results, true, false)); err == nil || !strings.Contains(err.Error(), "could not be measured") {
			t.Errorf("%s: %v", what, err)
		}
		if err := violations(b.check(results, true, true)); err != nil {
			t.Errorf("%s, with --only: %v", what, err)
		}
	}
}

// TestCompare_RunsThePeersAndChecksTheBudget builds and runs the module peers.
func TestCompare_RunsThePeersAndChecksTheBudget(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("skipped: the peers are compared on Linux")
	}
	needRedis(t)
	folder := t.TempDir()
	limits := filepath.Join(folder, "budget.json")
	if err := os.WriteFile(limits, []byte(`{"quiet":{"compare/last watcher":{"max":0},"compare/resident an idle watcher":{"min":-1e9}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	plot, page := filepath.Join(folder, "plot.svg"), filepath.Join(folder, "report.html")
	code, stdout, stderr := runCommand(t, "compare", "--only", "floor,junban", "--watchers", "20", "--changes", "3", "--rounds", "2",
		"--pace", "10ms", "--settle", "50ms", "--pin=false", "--markdown", "--svg", plot, "--html", page, "--budget", limits)
	if code != 1 || !strings.Contains(stderr, "budget: compare/last watcher is ") || strings.Contains(stderr, "idle watcher is") {
		t.Errorf("ended with %d: %s", code, stderr)
	}
	for _, want := range []string{"| bare sockets, ", "\ncompare: 20 watchers, 3 changes, frames of ", ", median of 2 rounds\n", "BROKEN (≤ 0)"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "round 2 of 2: junban") {
		t.Errorf("no progress in %s", stderr)
	}
	for _, file := range []string{plot, page} {
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "20 watchers") {
			t.Errorf("%s: %v", file, err)
		}
	}
}

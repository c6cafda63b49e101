package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	// compareCommand puts the server beside others that do the same work.
	compareCommand = "compare"
	// bareServer and ourServer are two of them, as the peers' module names them:
	// sockets and nothing else, and junban.
	bareServer, ourServer = "floor", "junban"
)

// peersFlags are flags that the peers' module is handed as they are.
var peersFlags = [...]struct{ name, about string }{
	{"watchers", "`watchers` of the state; 5000 when not said"},
	{"changes", "`changes` of the state that are measured, per round; 40 when not said"},
	{"rounds", "`rounds`; every server has its turn in each, 5 when not said"},
	{"pace", "least `time` from one change to the next; 125ms when not said"},
	{"settle", "`time` of peace before memory is read; 1.5s when not said"},
	{"bytes", "`size` of a frame; as junban's are when not said"},
	{"limit", "`time` for all, 8m when not said; the rounds count that were whole by then"},
}

// comparison is what the peers' module saw.
type comparison struct {
	Watchers int                  `json:"watchers"`
	Changes  int                  `json:"changes"`
	Bytes    int                  `json:"bytes"`
	Rounds   []map[string]figures `json:"rounds"` // by the server's name
}

// figures are of one server in one round.
type figures struct {
	User   float64 `json:"userMicros"` // processor a delivery
	System float64 `json:"systemMicros"`
	Last   float64 `json:"lastMillis"` // publish to last watcher, the median change
	Idle   float64 `json:"idleBytes"`  // resident a watcher
	Busy   float64 `json:"busyBytes"`
}

// compare has the peers' module play, prints its table and holds what it saw of
// junban to the budget, the quiet part too: the servers take turns, so they
// share the machine's mood.
func compare(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := options{quiet: true}
	fs := flag.NewFlagSet(compareCommand, flag.ContinueOnError)
	fs.SetOutput(stdout)
	o.reportFlags(fs)
	var handed []string
	hand := func(name string) func(string) error {
		return func(value string) error {
			handed = append(handed, "--"+name+"="+value)
			return nil
		}
	}
	for _, f := range peersFlags {
		fs.Func(f.name, f.about, hand(f.name))
	}
	fs.BoolFunc("pin", "servers on one core, client on another; so it is when not said", hand("pin"))
	fs.BoolFunc("markdown", "print the table of all servers as Markdown", hand("markdown"))
	fs.Func("only", "`names` of servers with commas; the budget then holds what can be seen", func(names string) error {
		o.partial = true
		return hand("only")(names)
	})
	fs.Func("svg", "write a plot of all servers to this `file`", func(file string) error {
		file, err := filepath.Abs(file) // the peers run in a folder of their own
		handed = append(handed, "--svg="+file)
		return err
	})
	if err := parse(fs, args); err != nil {
		return err
	}
	limits, err := readBudget(o.budget)
	if err != nil {
		return err
	}
	seen, err := playPeers(ctx, handed, stdout, stderr)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout)
	return report(&o, limits, [][]*result{seen.results()}, stdout)
}

// playPeers builds the peers' module and runs it. It is another module, so that
// ours depends on no peer.
func playPeers(ctx context.Context, args []string, stdout, stderr io.Writer) (*comparison, error) {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "junban").Output()
	if err != nil {
		return nil, fmt.Errorf("looking for the folder of junban's module: %w", err)
	}
	module := filepath.Join(strings.TrimSpace(string(root)), "loadtest", "peers")
	folder, err := os.MkdirTemp("", "junban-compare")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	program, record := filepath.Join(folder, "peers"), filepath.Join(folder, "record.json")
	if out, err := exec.CommandContext(ctx, "go", "build", "-C", module, "-o", program, ".").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the peers: %w: %s", err, out)
	}
	cmd := exec.CommandContext(ctx, program, append([]string{"compare", "--json=" + record}, args...)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = module, stdout, stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(terminate) } // it ends its servers first
	cmd.WaitDelay = patience
	dieWithParent(cmd)
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("comparing: %w", err)
	}
	text, err := os.ReadFile(record)
	if err != nil {
		return nil, err
	}
	seen := new(comparison)
	if err := json.Unmarshal(text, seen); err != nil {
		return nil, fmt.Errorf("what the peers saw: %w", err)
	}
	return seen, nil
}

// results are the rounds. Ratios are of two servers in the same round, which
// were measured within seconds of each other.
func (c *comparison) results() []*result {
	var all []*result
	for _, round := range c.Rounds {
		r := &result{Scenario: compareCommand, Settings: fmt.Sprintf("%d watchers, %d changes, frames of %d bytes", c.Watchers, c.Changes, c.Bytes)}
		us, seen := round[ourServer]
		bare, beside := round[bareServer]
		if seen {
			r.add("user processor a delivery", us.User, "µs")
			r.add("all processor a delivery", us.User+us.System, "µs")
			r.add("last watcher", us.Last, "ms")
			r.add("resident an idle watcher", us.Idle, "B")
			r.add("resident a busy watcher", us.Busy, "B")
		}
		if floor := bare.User + bare.System; beside && seen && floor > 0 && bare.Last > 0 { // time is read in steps, and may stand still
			r.add("all processor against bare sockets", (us.User+us.System)/floor, "ratio")
			r.add("last watcher against bare sockets", us.Last/bare.Last, "ratio")
		}
		all = append(all, r)
	}
	return all
}

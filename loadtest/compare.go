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
	// compareCommand compares junban with other servers under the same load.
	compareCommand = "compare"
	// Names of servers in the module peers. The first one only writes to its sockets.
	// The last two serve TLS: junban itself, and nginx in front of junban.
	bareServer, junbanServer, tlsServer, proxyServer = "floor", "junban", "junban-tls", "nginx-tls"
)

// forwardedFlags are passed to the module peers unchanged.
var forwardedFlags = [...]struct{ name, about string }{
	{"watchers", "`watchers` of the state; 5000 by default"},
	{"changes", "measured `changes` of the state, per round; 40 by default"},
	{"rounds", "`rounds`, in each of which every server runs once; 5 by default"},
	{"pace", "least `time` between two changes; 125ms by default"},
	{"settle", "idle `time` before memory is read; 1.5s by default"},
	{"bytes", "`size` of a frame; that of junban's frames by default"},
	{"limit", "`time` for all rounds, 8m by default; only rounds that are complete by then count"},
}

// comparison is the record that the module peers writes.
type comparison struct {
	Watchers int                  `json:"watchers"`
	Changes  int                  `json:"changes"`
	Bytes    int                  `json:"bytes"`
	Rounds   []map[string]figures `json:"rounds"` // by the server's name
}

// figures are the measurements of one server in one round.
type figures struct {
	User   float64 `json:"userMicros"` // processor time per delivery
	System float64 `json:"systemMicros"`
	Last   float64 `json:"lastMillis"` // publish to last watcher, the median change
	Idle   float64 `json:"idleBytes"`  // resident memory per watcher
	Busy   float64 `json:"busyBytes"`
}

// compare runs the module peers, prints its table and checks junban's figures
// against the whole budget. Other load affects all servers, as they take turns.
func compare(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o := options{quiet: true}
	fs := flag.NewFlagSet(compareCommand, flag.ContinueOnError)
	fs.SetOutput(stdout)
	o.reportFlags(fs)
	var forwarded []string
	forward := func(name string) func(string) error {
		return func(value string) error {
			forwarded = append(forwarded, "--"+name+"="+value)
			return nil
		}
	}
	for _, f := range forwardedFlags {
		fs.Func(f.name, f.about, forward(f.name))
	}
	fs.BoolFunc("pin", "servers on one core, client on another; true by default", forward("pin"))
	fs.BoolFunc("markdown", "print the table of all servers as Markdown", forward("markdown"))
	fs.Func("only", "comma-separated `names` of servers; limits without a figure are then not checked", func(names string) error {
		o.partial = true
		return forward("only")(names)
	})
	fs.Func("svg", "write a plot of all servers to this `file`", func(file string) error {
		file, err := filepath.Abs(file) // the peers run in another folder
		forwarded = append(forwarded, "--svg="+file)
		return err
	})
	if err := parseFlags(fs, args); err != nil {
		return err
	}
	limits, err := readBudget(o.budget)
	if err != nil {
		return err
	}
	measured, err := runPeers(ctx, forwarded, stdout, stderr)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout)
	return report(&o, limits, [][]*result{measured.results()}, stdout)
}

// runPeers builds the module peers and runs it. It is a separate module so that
// junban depends on none of the peers.
func runPeers(ctx context.Context, args []string, stdout, stderr io.Writer) (*comparison, error) {
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
	cmd.Cancel = func() error { return cmd.Process.Signal(terminateSignal) } // it stops its servers first
	cmd.WaitDelay = operationTimeout
	terminateWithParent(cmd)
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("comparing: %w", err)
	}
	text, err := os.ReadFile(record)
	if err != nil {
		return nil, err
	}
	measured := new(comparison)
	if err := json.Unmarshal(text, measured); err != nil {
		return nil, fmt.Errorf("record of the peers: %w", err)
	}
	return measured, nil
}

// results returns the figures of every round. A ratio compares two servers in the
// same round, which ran within seconds of each other.
func (c *comparison) results() []*result {
	var all []*result
	for _, round := range c.Rounds {
		r := &result{Scenario: compareCommand, Settings: fmt.Sprintf("%d watchers, %d changes, frames of %d bytes", c.Watchers, c.Changes, c.Bytes)}
		junban, measured := round[junbanServer]
		bare, compared := round[bareServer]
		if measured {
			r.add("user processor a delivery", junban.User, "µs")
			r.add("all processor a delivery", junban.User+junban.System, "µs")
			r.add("last watcher", junban.Last, "ms")
			r.add("resident an idle watcher", junban.Idle, "B")
			r.add("resident a busy watcher", junban.Busy, "B")
		}
		if total := bare.User + bare.System; measured && compared && total > 0 && bare.Last > 0 { // short times may be read as 0
			r.add("all processor against bare sockets", (junban.User+junban.System)/total, "ratio")
			r.add("last watcher against bare sockets", junban.Last/bare.Last, "ratio")
		}
		overTLS, served := round[tlsServer]
		behind, proxied := round[proxyServer]
		if served {
			r.add("resident an idle watcher over TLS", overTLS.Idle, "B")
		}
		if total := junban.User + junban.System; served && measured && total > 0 {
			r.add("all processor over TLS against plain", (overTLS.User+overTLS.System)/total, "ratio")
		}
		if total := behind.User + behind.System; served && proxied && total > 0 {
			r.add("all processor over TLS against nginx in front", (overTLS.User+overTLS.System)/total, "ratio")
			r.add("resident over TLS against nginx in front", overTLS.Idle/behind.Idle, "ratio")
		}
		all = append(all, r)
	}
	return all
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// errTimeUp is the cause of the context when --limit has passed.
var errTimeUp = errors.New("the time is up")

// comparison is one run: its servers and their samples.
type comparison struct {
	workload
	rounds    int
	peers     []peer
	skipped   []string
	samples   map[string][]sample // by the peer's name, one for each round
	pinned    bool
	shortfall string // reason for fewer rounds than requested
}

// compare runs the command of that name.
func compare(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	flags.SetOutput(stdout)
	r := &comparison{samples: map[string][]sample{}}
	flags.IntVar(&r.watchers, "watchers", 5000, "`watchers` of the state")
	flags.IntVar(&r.changes, "changes", 40, "measured `changes` of the state, per round")
	flags.IntVar(&r.rounds, "rounds", 5, "`rounds`, in each of which every server runs once; the table has the medians")
	flags.DurationVar(&r.pace, "pace", 125*time.Millisecond, "least `time` between two changes, longer than the window in which junban coalesces changes")
	flags.DurationVar(&r.settle, "settle", 1500*time.Millisecond, "idle `time` before memory is read")
	flags.IntVar(&r.frameSize, "bytes", 0, "`size` of a frame; 0: that of junban's frames, or 300 without junban")
	flags.BoolVar(&r.pinned, "pin", true, "server on one core, client on another")
	only := flags.String("only", "", "comma-separated `names` of servers; ratios are relative to the first")
	limit := flags.Duration("limit", 8*time.Minute, "`time` for all rounds; the table has only rounds that are complete by then")
	markdown := flags.Bool("markdown", false, "print the table as Markdown")
	recordFile := flags.String("json", "", "also write the figures of each round to this `file`")
	svg := flags.String("svg", "", "also write a plot to this `file`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if err := r.validate(); err != nil {
		return err
	}
	if err := r.selectPeers(*only); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, *limit, fmt.Errorf("%w: no round was complete within %s; use fewer --changes or --watchers", errTimeUp, *limit))
	defer cancel()
	if err := r.run(ctx, stderr); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	if *recordFile != "" {
		if err := r.record().write(*recordFile); err != nil {
			return err
		}
	}
	if *svg != "" {
		if err := os.WriteFile(*svg, r.plot(), 0o644); err != nil {
			return err
		}
	}
	if *markdown {
		return r.markdown(stdout)
	}
	return r.text(stdout)
}

// validate checks the bounds of the flags.
func (r *comparison) validate() error {
	switch {
	case r.watchers < 1 || r.watchers > 18_000:
		return errors.New("--watchers is from 1 to 18000")
	case r.changes < 1 || r.changes > 10_000:
		return errors.New("--changes is from 1 to 10000")
	case r.rounds < 1 || r.rounds > 100:
		return errors.New("--rounds is from 1 to 100")
	case r.frameSize < 0 || r.frameSize > 60_000:
		return errors.New("--bytes is from 0 to 60000")
	}
	return nil
}

// selectPeers selects the servers by name, or all, and skips those that the
// machine cannot run.
func (r *comparison) selectPeers(only string) error {
	all := peers()
	if only != "" {
		var chosen []peer
		for name := range strings.SplitSeq(only, ",") {
			i := slices.IndexFunc(all, func(p peer) bool { return p.name == name })
			if i < 0 {
				return fmt.Errorf("--only: there is no server %q", name)
			}
			chosen = append(chosen, all[i])
		}
		all = chosen
	}
	for _, p := range all {
		if p.missing != nil {
			if what := p.missing(); what != "" {
				r.skipped = append(r.skipped, fmt.Sprintf("%s is skipped: it needs %s", p.name, what))
				continue
			}
		}
		r.peers = append(r.peers, p)
	}
	if len(r.peers) == 0 {
		return errors.New("no server is left to compare: " + strings.Join(r.skipped, "; "))
	}
	return nil
}

// run prepares the servers and runs all rounds. It reports its progress.
func (r *comparison) run(ctx context.Context, progress io.Writer) error {
	for _, line := range r.skipped {
		fmt.Fprintln(progress, line)
	}
	folder, err := os.MkdirTemp("", "peers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, p := range r.peers {
		if err := p.prepareFolder(ctx, folder); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	r.serverCore = -1
	if r.pinned { // only now, so that builds use all cores
		server, client, err := cores()
		if err != nil {
			return err
		}
		if err := pinSelf(client); err != nil {
			return err
		}
		r.serverCore = server
	}
	if err := r.chooseFrameSize(ctx, folder); err != nil {
		return err
	}
	for n := range r.rounds {
		err := r.runRound(ctx, folder, n, progress)
		if err != nil && n > 0 && errors.Is(context.Cause(ctx), errTimeUp) {
			r.shortfall = fmt.Sprintf("The time was up after %d of %d rounds.", n, r.rounds)
			fmt.Fprintln(progress, r.shortfall)
			r.rounds = n
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// runRound runs round n, from 0, of every server. It keeps the samples only if no
// server fails.
func (r *comparison) runRound(ctx context.Context, folder string, n int, progress io.Writer) error {
	samples := make([]sample, len(r.peers))
	for i, p := range r.peers {
		start := time.Now()
		s, err := r.round(ctx, p, filepath.Join(folder, p.name))
		if err != nil {
			return fmt.Errorf("round %d of %s: %w", n+1, p.name, err)
		}
		samples[i] = s
		fmt.Fprintf(progress, "round %d of %d: %-10s %6.2f µs a delivery, %8.2f ms to the last watcher, %6.1f KB a watcher  (%.0f s)\n",
			n+1, r.rounds, p.name, s.cpu(), s.last, s.idle, time.Since(start).Seconds())
	}
	for i, p := range r.peers {
		r.samples[p.name] = append(r.samples[p.name], samples[i])
	}
	return nil
}

// chooseFrameSize sets the size of makeFrame to that of a frame of junban, unless
// the flags set it.
func (r *comparison) chooseFrameSize(ctx context.Context, folder string) error {
	if r.frameSize > 0 {
		return nil
	}
	r.frameSize = 300
	i := slices.IndexFunc(r.peers, func(p peer) bool { return p.name == "junban" })
	if i < 0 {
		return nil
	}
	one := r.workload
	one.watchers, one.changes = 1, 1
	s, err := one.round(ctx, r.peers[i], filepath.Join(folder, "junban"))
	if err != nil {
		return fmt.Errorf("measuring the size of junban's frames: %w", err)
	}
	r.frameSize = s.frameSize
	return nil
}

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

// errTimeUp ends a run that takes longer than it may.
var errTimeUp = errors.New("the time is up")

// comparison is one run: who takes part, and what came of it.
type comparison struct {
	work
	rounds  int
	peers   []peer
	skipped []string
	samples map[string][]sample // by the peer's name, one a round
	pinned  bool
	cut     string // why there were fewer rounds than asked for
}

// compare is the command.
func compare(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	flags.SetOutput(stdout)
	r := &comparison{samples: map[string][]sample{}}
	flags.IntVar(&r.watchers, "watchers", 5000, "`watchers` of the state")
	flags.IntVar(&r.changes, "changes", 40, "`changes` of the state that are measured, per round")
	flags.IntVar(&r.rounds, "rounds", 5, "`rounds`; every server has its turn in each, and the table shows medians")
	flags.DurationVar(&r.pace, "pace", 125*time.Millisecond, "least `time` from one change to the next, longer than junban's window in which changes become one")
	flags.DurationVar(&r.settle, "settle", 1500*time.Millisecond, "`time` of peace before memory is read")
	flags.IntVar(&r.size, "bytes", 0, "`size` of a frame; 0: as junban's are, or 300 without junban")
	flags.BoolVar(&r.pinned, "pin", true, "server on one core, client on another")
	only := flags.String("only", "", "`names` of servers with commas; the first is what the others are measured against")
	limit := flags.Duration("limit", 8*time.Minute, "`time` for all; the table then shows the rounds that were whole")
	markdown := flags.Bool("markdown", false, "print the table as Markdown")
	recordFile := flags.String("json", "", "write what was measured in each round to this `file` too")
	svg := flags.String("svg", "", "write a plot to this `file` too")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("compare takes no %q", flags.Arg(0))
	}
	if err := r.check(); err != nil {
		return err
	}
	if err := r.invite(*only); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, *limit, fmt.Errorf("%w: not one round was whole within %s; fewer --changes or --watchers take less", errTimeUp, *limit))
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

func (r *comparison) check() error {
	switch {
	case r.watchers < 1 || r.watchers > 18_000:
		return errors.New("--watchers is from 1 to 18000")
	case r.changes < 1 || r.changes > 10_000:
		return errors.New("--changes is from 1 to 10000")
	case r.rounds < 1 || r.rounds > 100:
		return errors.New("--rounds is from 1 to 100")
	case r.size < 0 || r.size > 60_000:
		return errors.New("--bytes is from 0 to 60000")
	}
	return nil
}

// invite chooses the servers that take part.
func (r *comparison) invite(only string) error {
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

// run plays all rounds and tells its progress.
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
		if err := p.ready(ctx, folder); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	r.server = -1
	if r.pinned { // only now: builds may use what there is
		server, client, err := cores()
		if err != nil {
			return err
		}
		if err := pinSelf(client); err != nil {
			return err
		}
		r.server = server
	}
	if err := r.fit(ctx, folder); err != nil {
		return err
	}
	for n := range r.rounds {
		err := r.turns(ctx, folder, n, progress)
		if err != nil && n > 0 && errors.Is(context.Cause(ctx), errTimeUp) {
			r.cut = fmt.Sprintf("The time was up after %d of %d rounds.", n, r.rounds)
			fmt.Fprintln(progress, r.cut)
			r.rounds = n
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// turns plays one round of every server, the n-th from 0. A round in which one
// of them fails does not count.
func (r *comparison) turns(ctx context.Context, folder string, n int, progress io.Writer) error {
	samples := make([]sample, len(r.peers))
	for i, p := range r.peers {
		begun := time.Now()
		s, err := r.round(ctx, p, filepath.Join(folder, p.name))
		if err != nil {
			return fmt.Errorf("round %d of %s: %w", n+1, p.name, err)
		}
		samples[i] = s
		fmt.Fprintf(progress, "round %d of %d: %-10s %6.2f µs a delivery, %8.2f ms to the last watcher, %6.1f KB a watcher  (%.0f s)\n",
			n+1, r.rounds, p.name, s.user+s.system, s.last, s.idle, time.Since(begun).Seconds())
	}
	for i, p := range r.peers {
		r.samples[p.name] = append(r.samples[p.name], samples[i])
	}
	return nil
}

// ready prepares a server in a folder of its own.
func (p peer) ready(ctx context.Context, parent string) error {
	folder := filepath.Join(parent, p.name)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	if p.prepare == nil {
		return nil
	}
	return p.prepare(ctx, folder)
}

// fit gives our frames the size of junban's.
func (r *comparison) fit(ctx context.Context, folder string) error {
	if r.size > 0 {
		return nil
	}
	r.size = 300
	i := slices.IndexFunc(r.peers, func(p peer) bool { return p.name == "junban" })
	if i < 0 {
		return nil
	}
	one := r.work
	one.watchers, one.changes = 1, 1
	s, err := one.round(ctx, r.peers[i], filepath.Join(folder, "junban"))
	if err != nil {
		return fmt.Errorf("looking at a frame of junban: %w", err)
	}
	r.size = s.size
	return nil
}

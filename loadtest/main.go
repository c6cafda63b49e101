// Command loadtest plays a clinic's day against a running junban server and
// reports what it measured.
//
// It uses the public contract alone: of junban's packages it imports only
// api/wire. It also checks the server while it measures. A run fails if a version
// decreases, or a ticket number is missing or issued twice. It also fails if a
// watcher does not end on the current board.
//
// Every loop is bounded in count and time, and every server must be on the
// loopback interface. A figure that could not be measured is left out.
//
// The watchers run in worker processes, which exit with this process. More
// processes allow more file descriptors, and can be pinned to other processors
// than the server.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"sync"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, terminateSignal)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// runTimeout limits a whole run, with all scenarios and rounds.
const runTimeout = 6 * time.Hour

// run executes the command line and returns the exit code. The code is 1 if a
// check failed, a limit was broken, or the run was impossible.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.ReadCloser, stdout io.WriteCloser, stderr io.Writer) int {
	ctx, cancel := context.WithTimeout(ctx, runTimeout)
	defer cancel()
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" || args[0] == "help" {
		printUsage(stdout)
		return 0
	}
	var err error
	switch args[0] {
	case workerCommand:
		err = serveWorker(ctx, stdin, stdout)
	case bareCommand:
		err = serveBare(ctx, stdin, stdout)
	case compareCommand:
		err = compare(ctx, args[1:], stdout, stderr)
	default:
		err = runScenarios(ctx, args, getenv, stdout, stderr)
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "loadtest:", err)
		return 1
	}
	return 0
}

func printUsage(out io.Writer) {
	fmt.Fprint(out, "loadtest measures and checks a junban server on this machine.\n\n")
	for _, e := range scenarios() {
		fmt.Fprintf(out, "  go run ./loadtest %-7s [flags]   %s\n", e.name, e.about)
	}
	fmt.Fprint(out, `  go run ./loadtest all     [flags]   all of them, one after another; with --short three at once, in one minute
  go run ./loadtest compare [flags]   the same fan-out from junban and from other servers, in turn

Without --url it builds and starts its own servers on empty stores.
loadtest SCENARIO --help lists the flags.
`)
}

// runScenarios runs the scenario that the command line names, or all of them,
// and reports the results.
func runScenarios(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	var o options
	var selected []*selection
	short := false
	fs := flag.NewFlagSet(args[0], flag.ContinueOnError)
	fs.SetOutput(stdout)
	o.flags(fs)
	for _, e := range scenarios() {
		of := fs
		switch args[0] {
		case e.name:
		case "all":
			of = flag.NewFlagSet(e.name, flag.ContinueOnError) // sets the defaults and is never parsed
		default:
			continue
		}
		s := &selection{e.name, e.create()}
		s.flags(of)
		selected = append(selected, s)
	}
	if len(selected) == 0 {
		return fmt.Errorf("there is no scenario %q; see loadtest --help", args[0])
	}
	if args[0] == "all" {
		fs.BoolVar(&short, "short", false, "small counts, three scenarios at once on servers of their own: the figures that do not depend on the machine's load")
	}
	if err := parseFlags(fs, args[1:]); err != nil {
		return err
	}
	atOnce := 1
	if short {
		if o.url == "" { // else they would measure each other
			atOnce = shortAtOnce
		}
		for _, s := range selected {
			s.shorten()
		}
	}
	o.password = getenv("JUNBAN_DEMO_PASSWORD")
	o.partial = o.url != "" // a foreign server shows fewer figures
	limits, err := readBudget(o.budget)
	if err != nil {
		return err
	}
	rounds, failed := runAll(ctx, &o, selected, atOnce, stderr)
	return errors.Join(failed, report(&o, limits, rounds, stdout))
}

// parseFlags parses args and refuses positional arguments.
func parseFlags(fs *flag.FlagSet, args []string) error {
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	return nil
}

// selection is a scenario of this run under its name.
type selection struct {
	name string
	scenario
}

// shortAtOnce is how many scenarios run at once with --short. They mostly wait, and
// their figures do not depend on the machine's load.
const shortAtOnce = 3

// runAll runs every round of every scenario. A scenario that fails has no
// result, and the others still run. The results have the order of the scenarios.
func runAll(ctx context.Context, o *options, selected []*selection, atOnce int, stderr io.Writer) ([][]*result, error) {
	p := progress{out: &lockedWriter{out: stderr}, start: time.Now()}
	var l *launcher
	if o.url == "" {
		p.subject = "junban"
		p.progressf("preparing the server")
		var err error
		if l, err = newLauncher(ctx, o); err != nil {
			return nil, err
		}
		defer l.close()
	}
	results, errs := make([][]*result, len(selected)), make([]error, len(selected))
	places := make(chan struct{}, atOnce)
	var running sync.WaitGroup
	for i, s := range selected {
		places <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		running.Go(func() {
			defer func() { <-places }()
			results[i], errs[i] = runRounds(ctx, o, l, p.of(s.name), s)
		})
	}
	running.Wait()
	return slices.DeleteFunc(results, func(of []*result) bool { return of == nil }), errors.Join(errs...)
}

// runRounds runs every round of a scenario, or returns nil with the error of one.
func runRounds(ctx context.Context, o *options, l *launcher, p progress, s *selection) (results []*result, err error) {
	for range o.rounds {
		r, err := runRound(ctx, o, l, p, s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		results = append(results, r)
	}
	return results, nil
}

// runRound runs a scenario once on a testbed of its own. At the end it verifies that
// every watcher shows the current board.
func runRound(ctx context.Context, o *options, l *launcher, p progress, s *selection) (*result, error) {
	t := newTestbed(o, l, p)
	defer t.close()
	r := &result{Scenario: s.name}
	if o.tls {
		r.Scenario += "-tls" // has limits of its own
	}
	if err := s.run(ctx, t, r); err != nil {
		return nil, err
	}
	return r, t.verify(ctx)
}

// report prints the results and returns an error that names every broken limit.
func report(o *options, limits budget, rounds [][]*result, stdout io.Writer) error {
	var results []*result
	for _, of := range rounds {
		results = append(results, medians(of))
	}
	verdicts := limits.check(results, o.quiet, o.partial)
	var err error
	if o.bench {
		for _, of := range rounds {
			err = errors.Join(err, writeBench(stdout, of))
		}
	} else {
		err = writeTable(stdout, results, verdicts)
	}
	if o.html != "" {
		err = errors.Join(err, writeHTML(o.html, results, verdicts))
	}
	return errors.Join(err, violations(verdicts))
}

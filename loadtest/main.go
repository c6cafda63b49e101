// Command loadtest is an outsider that plays a clinic's day against a running
// server and prints what it saw.
//
// It promises to know the server only by its public contract: it imports
// api/wire and nothing else of ours. It judges while it measures: a version that
// goes back, a watcher that ends on anything but the true board, a ticket number
// that is missing or given twice end the run. Its loops are bounded in count and
// time, and it talks only to the loopback interface: it is a measuring tool, not
// a weapon. It never prints a figure that it has not seen.
//
// The watchers live in processes of their own, which it starts and which cannot
// outlive it: so there may be more of them than one process may have files, and
// they can be kept off the server's processor.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, terminate)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

const (
	// crewCommand is how the program starts its own watchers.
	crewCommand = "worker"
	// runMost is how long a run may take, whatever it was told.
	runMost = 6 * time.Hour
)

// run is the program; it returns the exit code: 0, or 1 when the server was
// wrong, a limit of the budget was not kept, or the run could not be made.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.ReadCloser, stdout io.WriteCloser, stderr io.Writer) int {
	ctx, cancel := context.WithTimeout(ctx, runMost)
	defer cancel()
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" || args[0] == "help" {
		usage(stdout)
		return 0
	}
	var err error
	switch args[0] {
	case crewCommand:
		err = serveCrew(ctx, stdin, stdout)
	case compareCommand:
		err = compare(ctx, args[1:], stdout, stderr)
	default:
		err = command(ctx, args, getenv, stdout, stderr)
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

func usage(out io.Writer) {
	fmt.Fprint(out, "loadtest plays against a junban server on this machine and prints what it saw.\n\n")
	for _, e := range entries() {
		fmt.Fprintf(out, "  go run ./loadtest %-7s [flags]   %s\n", e.name, e.about)
	}
	fmt.Fprint(out, `  go run ./loadtest all     [flags]   all of them, one after another; with --short in a minute
  go run ./loadtest compare [flags]   the same fan-out from junban and from other servers, in turn

Without --url it builds and starts servers of its own, on empty stores.
loadtest SCENARIO --help lists the flags.
`)
}

// command plays what the command line says and reports it.
func command(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	var o options
	var names []string
	var play []scenario
	short := false
	fs := flag.NewFlagSet(args[0], flag.ContinueOnError)
	fs.SetOutput(stdout)
	o.flags(fs)
	for _, e := range entries() {
		switch args[0] {
		case e.name:
			names, play = append(names, e.name), append(play, e.fresh())
			play[0].flags(fs)
		case "all":
			s := e.fresh()
			s.flags(flag.NewFlagSet(e.name, flag.ContinueOnError)) // the defaults
			names, play = append(names, e.name), append(play, s)
		}
	}
	if len(play) == 0 {
		return fmt.Errorf("there is no scenario %q; see loadtest --help", args[0])
	}
	if args[0] == "all" {
		fs.BoolVar(&short, "short", false, "small counts, a minute in all: what does not depend on the machine's mood")
	}
	if err := parse(fs, args[1:]); err != nil {
		return err
	}
	if short {
		for _, s := range play {
			s.short()
		}
	}
	o.password = getenv("JUNBAN_DEMO_PASSWORD")
	o.partial = o.url != "" // less can be seen of a server that is somebody else's
	limits, err := readBudget(o.budget)
	if err != nil {
		return err
	}
	rounds, failed := perform(ctx, &o, names, play, stderr)
	return errors.Join(failed, report(&o, limits, rounds, stdout))
}

// parse reads flags, and refuses whatever is none.
func parse(fs *flag.FlagSet, args []string) error {
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("%q means nothing here", fs.Arg(0))
	}
	return nil
}

// perform plays the scenarios, each in all its rounds. One that fails has no
// result, and the next is played all the same.
func perform(ctx context.Context, o *options, names []string, play []scenario, stderr io.Writer) (rounds [][]*result, err error) {
	p := progress{out: stderr, begun: time.Now()}
	var w *workshop
	if o.url == "" {
		p.of = "junban"
		p.sayf("preparing the server")
		if w, err = newWorkshop(ctx, o); err != nil {
			return nil, err
		}
		defer w.close()
	}
	for i, s := range play {
		p.of = names[i]
		var of []*result
		for range o.rounds {
			r, failed := once(ctx, o, w, p, s)
			if failed != nil {
				err = errors.Join(err, fmt.Errorf("%s: %w", p.of, failed))
				break
			}
			of = append(of, r)
		}
		if len(of) == o.rounds {
			rounds = append(rounds, of)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return rounds, err
}

// once plays one round of a scenario.
func once(ctx context.Context, o *options, w *workshop, p progress, s scenario) (*result, error) {
	st := newStage(o, w, p)
	defer st.close()
	r := &result{Scenario: p.of}
	if err := s.play(ctx, st, r); err != nil {
		return nil, err
	}
	return r, nil
}

// report prints what was seen and says which limits were broken.
func report(o *options, limits budget, rounds [][]*result, stdout io.Writer) error {
	var results []*result
	for _, of := range rounds {
		results = append(results, medians(of))
	}
	verdicts := limits.hold(results, o.quiet, o.partial)
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
	return errors.Join(err, broken(verdicts))
}

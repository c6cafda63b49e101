// Command peers puts junban beside other servers that do the same work, in one
// run on one machine: many watchers of one state, which changes.
//
// It promises that everybody gets the same work (the same watchers, the same
// changes at the same pace, frames of the same size), that the servers take
// turns, so that a machine's mood is shared, and that no figure is printed
// unless every watcher was seen to get every change, in order. Its loops are
// bounded in count and time, and it talks only to the loopback interface.
//
// It never links junban: the real program is built and run, and spoken to as
// anybody may. It is a module of its own, so that junban depends on none of the
// servers it is compared with.
//
// It runs on Linux, which tells the CPU time and the memory of a process in
// /proc and pins a process to a core.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

const usageText = `peers compares junban with other servers on this machine.

  go run -C loadtest/peers . compare [flags]   the same fan-out from each, in turn; a table

`

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		args = []string{"help"}
	}
	var err error
	switch args[0] {
	case "help", "-h", "--help":
		fmt.Fprint(stdout, usageText)
	case "compare":
		err = compare(ctx, args[1:], stdout, stderr)
	case "serve": // for compare: one of the servers that are ours
		err = serve(ctx, args[1:])
	case "pinned": // for compare: become another program, on one core
		err = becomePinned(args[1:])
	default:
		err = fmt.Errorf("there is no command %q; see --help", args[0])
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "peers:", err)
		return 1
	}
	return 0
}

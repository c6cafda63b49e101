// Command peers compares junban with other servers in one run on one machine.
// Each server sends the changes of one state to many watchers.
//
// All servers have the same workload: the same watchers and pace, and frames of
// the same size. They take turns, so that other load on the machine affects all
// of them. A figure is printed only if every watcher received every change in
// order. Every loop is bounded in count and time, and every server must be on the
// loopback interface.
//
// The program builds and runs junban, and uses its public contract. It is a
// module of its own, so that junban depends on none of the other servers.
//
// It needs Linux: it reads processor time and memory from /proc, and pins
// processes to cores.
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

// run executes the command line and returns the exit code.
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
	case "serve": // hidden: one of the built-in servers
		err = serve(ctx, args[1:])
	case "pinned": // hidden: another program on one core
		err = execPinned(args[1:])
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

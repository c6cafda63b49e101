// Command loadtest is an outsider that plays against a running server and
// prints what it saw.
//
// It promises to know the server only by its public contract: it imports
// api/wire and nothing else of ours. Its loops are bounded in count and time,
// and it talks only to the loopback interface: it is a measuring tool, not a
// weapon. It never prints a figure that it has not seen.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

const usage = `loadtest plays against a junban server on this machine and prints what it saw.

  go run ./loadtest click [flags]   press "next" again and again; how long until every watcher has it

Without --url it builds and starts a server of its own, on an empty store.
`

// run is the program; it returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" || args[0] == "help" {
		fmt.Fprint(stdout, usage)
		return 0
	}
	var err error
	switch args[0] {
	case "click":
		err = click(ctx, args[1:], getenv, stdout)
	default:
		err = fmt.Errorf("there is no scenario %q; see loadtest --help", args[0])
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

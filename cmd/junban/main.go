// Command junban serves the live queue positions of clinics. It also has the
// operator's commands: they import clinics, set users, and check Redis.
//
// An act is on disk, or in the configured Redis, before it is acknowledged.
// After a crash, the next start on the same data continues the day. A shutdown
// notifies the watchers, then stops the parts in reverse order of their start.
//
// The program keeps no state outside Redis. It refuses a setting that it does
// not understand (exit code 2). It creates the demo clinic only in an empty
// embedded store.
//
// No other package imports all the parts. This one reads the settings, opens
// Redis, and starts and stops the parts. It has no rules of the line and no
// routes.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // clinics name their zones; the machine may have none
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// untilSignal returns a context that ends at an interrupt or SIGTERM.
func untilSignal(ctx context.Context) context.Context {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		time.Sleep(time.Second) // some senders, such as timeout(1), signal twice
		stop()                  // from now on, a signal kills the process
	})
	return ctx
}

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// program is one run of the command: its settings, streams and environment.
type program struct {
	*config
	getenv func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	log    *slog.Logger
}

// run executes one command line and returns its exit code. Everything that it
// started has ended by then.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	cfg, command, err := parse(args, getenv, stdout)
	if err != nil {
		fmt.Fprintf(stderr, "junban: %v\n", err)
		return exitUsage
	}
	if command == nil { // --help
		return exitOK
	}
	p := &program{cfg, getenv, stdin, stdout, stderr, cfg.logger(stderr)}
	if command.Command() == "serve" {
		allowTimerSlack() // before signals are caught: its second start would not get them
	}
	command.BindTo(untilSignal(ctx), (*context.Context)(nil))
	switch err := command.Run(p); {
	case errors.Is(err, errUsage):
		fmt.Fprintf(stderr, "junban: %v\n", err)
		return exitUsage
	case err != nil:
		fmt.Fprintf(stderr, "junban: %v\n", err)
		return exitError
	}
	return exitOK
}

// version returns the module version and, if known, the commit.
func version() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := build.Main.Version
	for _, s := range build.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 && !strings.Contains(v, s.Value[:12]) {
			v += " " + s.Value[:12]
		}
	}
	return strings.TrimSpace(v)
}

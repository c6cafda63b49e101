// Command junban serves live queue positions of clinics, and holds the few
// commands an operator needs beside it.
//
// It promises that a line survives its own death: a ticket that was answered is
// on disk (or in the configured Redis) before the answer left, and a second
// start on the same data goes on where the first was killed. It ends in the
// reverse order of its start, telling watchers before it leaves. It never keeps
// state of its own outside Redis, never guesses a setting it does not
// understand (exit 2), and never serves a demo clinic on a store that somebody
// else set up.
//
// This package is the only one that knows all the others. It has no rules of
// the line and no routes: it reads settings, opens Redis, joins the parts, and
// takes them down again.
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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		time.Sleep(time.Second) // some senders, such as timeout(1), signal twice in a moment
		stop()                  // from now on a signal ends the program at once
	})
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// program is one run: its settings and the outside world.
type program struct {
	*config
	getenv func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	Log    *slog.Logger
}

// run is the program. It returns the exit code, and only when everything it
// started has ended.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	cfg, command, err := parse(args, getenv, stdout)
	if err != nil {
		fmt.Fprintf(stderr, "junban: %v\n", err)
		return exitUsage
	}
	if command == nil { // help was asked for
		return exitOK
	}
	p := &program{cfg, getenv, stdin, stdout, stderr, cfg.logger(stderr)}
	command.BindTo(ctx, (*context.Context)(nil))
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

// version is the module's version and, of a build in its repository, the commit.
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

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"sync"
	"time"

	"junban/api/wire"
)

// click presses "next" and waits each time until every watcher of the board
// has the new number: the straight line of the design, once a press.
func click(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("click", flag.ContinueOnError)
	flags.SetOutput(out)
	url := flags.String("url", "", "server to play against; none: start one")
	clinic := flags.String("clinic", "1234", "clinic's number")
	user := flags.String("user", "demo", "desk account; its password is read from JUNBAN_DEMO_PASSWORD")
	watchers := flags.Int("watchers", 100, "sockets that watch the board, at most 5000")
	calls := flags.Int("calls", 1000, "presses, at most 10000")
	line := flags.Int("line", 30, "tickets that wait all the while, at most 2000")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, bound := range []struct {
		name      string
		n, atMost int
	}{{"watchers", *watchers, 5000}, {"calls", *calls, 10000}, {"line", *line, 2000}} {
		if bound.n < 1 || bound.n > bound.atMost {
			return fmt.Errorf("--%s %d: 1 to %d are played", bound.name, bound.n, bound.atMost)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()

	base, password := *url, getenv("JUNBAN_DEMO_PASSWORD")
	if base == "" {
		server, err := startServer(ctx)
		if err != nil {
			return err
		}
		defer server.stop()
		base, password = server.url, server.password
	}
	desk, err := newClient(base)
	if err != nil {
		return err
	}
	if err := desk.post(ctx, "/v1/login", "", wire.LoginRequest{Clinic: *clinic, User: *user, Password: password}, nil); err != nil {
		return err
	}
	service := *clinic + "-1"
	walkin := func() error {
		return desk.post(ctx, "/v1/services/"+service+"/walkins", fmt.Sprint("walkin-", time.Now().UnixNano()), wire.IssueRequest{}, nil)
	}
	for range *line {
		if err := walkin(); err != nil {
			return err
		}
	}

	f, err := watch(ctx, base, "service:"+service, *watchers)
	if err != nil {
		return err
	}
	defer f.close()
	var answered, first, last durations
	for n := range *calls {
		var answer wire.TicketAnswer
		sent := time.Now()
		var pressing sync.WaitGroup
		var pressed error
		round := f.expect()
		pressing.Go(func() {
			pressed = desk.post(ctx, "/v1/services/"+service+"/call", fmt.Sprint("call-", sent.UnixNano()), wire.CallRequest{Room: "1"}, &answer)
			answered = append(answered, time.Since(sent))
			round.want(answer.Ticket.Number)
		})
		seen, err := round.wait(ctx)
		pressing.Wait()
		if pressed != nil {
			return pressed
		}
		if err != nil {
			return fmt.Errorf("press %d (number %d): %w", n+1, answer.Ticket.Number, err)
		}
		first = append(first, seen[0].Sub(sent))
		last = append(last, seen[len(seen)-1].Sub(sent))
		if err := walkin(); err != nil { // the line stays as long as it was
			return err
		}
		if err := f.settle(ctx, func(b *wire.Board) bool { return b.Waiting != nil && b.Waiting.Tickets == *line }); err != nil {
			return err
		}
	}
	if err := f.check(); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d presses of \"next\", %d waiting, %d watchers of one board, over loopback; milliseconds after the request was sent\n", *calls, *line, *watchers)
	fmt.Fprintf(out, "%-28s %8s %8s %8s\n", "", "median", "p99", "max")
	for _, row := range []struct {
		name string
		of   durations
	}{
		{"answer to the desk", answered}, {"frame on the first socket", first}, {"frame on the last socket", last},
	} {
		fmt.Fprintf(out, "%-28s %8.2f %8.2f %8.2f\n", row.name, row.of.at(.5), row.of.at(.99), row.of.at(1))
	}
	fmt.Fprintf(out, "checked: %d frames, versions never went back, every watcher ended on the newest\n", f.frames())
	return nil
}

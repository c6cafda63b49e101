// Command story shows every page in every state, without a clinic. Run `go run
// ./static/story`, then open the address that it prints.
//
// The pages are the real ones: the program's templates, scripts and policy. A
// real WebSocket delivers sample states, which are Go values of the contract.
// Each story has its own origin, <story>.localhost, and so its own storage. Its
// clock and timers are stopped, so that a picture is always the same. The
// command uses no Redis and stores nothing. The test of this package compares
// and checks each story.
//
// For a new page or state, add a [Story] to the stories_….go of the page. It
// has the page, the frames of its connection, the responses to its requests,
// and the user's steps. Shows is a selector that exists only when all of that
// is done. Look at it in both languages. Then run `go test ./static/story
// -story NAME -update` and commit testdata. `make pictures ARGS='-story NAME'`
// takes its pictures.
//
// The test checks every story in both languages at 360, 768 and 1920 px for
// missing and covered pieces. In Japanese at 360 px it also runs axe, and
// checks the contrast in both colour schemes. It compares layouts at 360 px,
// and in Japanese also at 1920 px.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"junban/static"
)

func main() {
	listen := flag.String("listen", "localhost:8081", "address to serve the stories on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "story:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listen string) error {
	site, err := static.New()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	fmt.Printf("stories: http://%s/\n", l.Addr())
	s := &http.Server{Handler: newShow(site, stories()), ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}

// Command story shows every page in every state that it can be in, without a
// clinic: `go run ./static/story`, then open the address that it prints.
//
// It promises the real pages: the program's templates, scripts and policy, fed
// over a real WebSocket with canned states that are Go values of the contract,
// so that a story stops compiling when the contract moves. Each story is an
// origin of its own, <story>.localhost, and therefore has its own storage; its
// clock stands still and its timers wait, so that a picture of it is the same
// picture tomorrow, on a busy machine too. It never joins the program, reads no
// Redis and keeps nothing. The test of this package takes the picture of each
// story, and judges it.
//
// A new page or state needs one more [Story] in the stories_….go of its page: the
// page as the server paints it, the frames that its line tells, the answers to
// its calls, the steps of a hand, and in Shows a selector that is there only when
// all of that is done. Then look at it in both languages, run `go test
// ./static/story -story NAME -update`, look at its pictures (`make pictures
// ARGS='-story NAME'`), and commit testdata/pictures.txt.
//
// A test run looks at every story in both languages, at 360, 768 and 1920 px
// whether all of it is there; in Japanese with axe, at 360 px in light, and for the
// contrast in dark. It compares the pictures that can tell something new: at 360 px
// in light, and in Japanese at 360 px in dark and at 1920 px in light, because
// dark changes no layout. `make pictures` takes all pictures besides.
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
		return fmt.Errorf("listen: %w", err)
	}
	fmt.Printf("stories: http://%s/\n", l.Addr())
	s := &http.Server{Handler: newShow(site, stories()), ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = s.Close() })()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"
)

// stage is where a scenario plays: a server, its desk, and what can be seen of
// the server from outside.
type stage struct {
	*options
	progress
	workshop *workshop // nil with --url

	url      string
	ops      string // the operator's listener; "": unknown
	pid      int    // of the server; 0: unknown
	redis    string // socket; "": unknown
	operator *http.Client
	desk     *desk
	down     []func() // in the order they were started
}

// newStage prepares to play; open starts what is played on.
func newStage(o *options, w *workshop, p progress) *stage {
	return &stage{options: o, progress: p, workshop: w, operator: &http.Client{Timeout: patience}}
}

// open signs in at the server of --url, or at one that it starts.
func (s *stage) open(ctx context.Context) error {
	s.url, s.ops, s.pid = s.options.url, s.opsURL, s.serverPID
	password := s.password
	if s.ops != "" {
		if err := nearby(s.ops); err != nil {
			return err
		}
	}
	if s.workshop != nil {
		server, err := s.workshop.start(ctx)
		if err != nil {
			return err
		}
		s.later(server.stop)
		s.url, s.ops, s.pid, password = server.url, server.ops, server.cmd.Process.Pid, server.password
		s.redis = filepath.Join(server.data, "redis.sock")
	}
	return s.sit(ctx, password)
}

func (s *stage) sit(ctx context.Context, password string) error {
	d, err := openDesk(ctx, s.url, s.clinic, s.service, s.user, password)
	if err != nil {
		return err
	}
	s.desk = d
	s.later(d.close)
	return nil
}

// watch opens n watchers of the desk's board.
func (s *stage) watch(ctx context.Context, n int) (*fleet, error) {
	return s.watchAs(ctx, Order{N: n})
}

func (s *stage) watchAs(ctx context.Context, o Order) (*fleet, error) {
	o.Topic = s.desk.topic()
	if o.URLs == nil {
		o.URLs = []string{s.url}
	}
	start := time.Now()
	f, err := openFleet(ctx, s, o)
	if err != nil {
		return nil, err
	}
	s.later(f.close)
	s.sayf("%d watchers after %v", o.N, time.Since(start).Round(time.Millisecond))
	return f, nil
}

// later notes what is to be done when the scenario is over.
func (s *stage) later(f func()) { s.down = append(s.down, f) }

// close takes everything down, the last first.
func (s *stage) close() {
	for len(s.down) > 0 {
		last := len(s.down) - 1
		s.down[last]()
		s.down = s.down[:last]
	}
	s.operator.CloseIdleConnections()
}

// optional lets a scenario go on where a figure cannot be seen: then its row is
// missing, which the budget notices.
func optional(err error) error {
	if errors.Is(err, errUnknown) {
		return nil
	}
	return err
}

// progress reports the running stage to the terminal.
type progress struct {
	out   io.Writer
	of    string
	begun time.Time
}

func (p progress) sayf(format string, args ...any) {
	fmt.Fprintf(p.out, "%8.1fs %s: %s\n", time.Since(p.begun).Seconds(), p.of, fmt.Sprintf(format, args...))
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// shutdown lists the stop functions of the running parts, in order of start.
type shutdown []step

type step struct {
	name string
	stop func(context.Context) error
}

// add appends a stop function.
func (s *shutdown) add(name string, stop func(context.Context) error) {
	*s = append(*s, step{name, stop})
}

// run stops everything, last part first. All steps share the grace period: when
// it is over, ctx is done, and the remaining steps must return promptly.
func (s shutdown) run(grace time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	var errs []error
	for i := len(s) - 1; i >= 0; i-- {
		if err := s[i].stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stopping the %s: %w", s[i].name, err))
		}
	}
	return errors.Join(errs...)
}

// parts runs the long-running parts. When one fails, ctx is cancelled with its
// error as the cause.
type parts struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	parent context.Context // not cancelled with ctx: parts stop in order
}

func newParts(ctx context.Context) parts {
	c, cancel := context.WithCancelCause(ctx)
	return parts{c, cancel, context.WithoutCancel(ctx)}
}

// run starts a part and returns a function that stops it and waits for its end.
func (p parts) run(name string, part func(context.Context) error) func(context.Context) error {
	ctx, stop := context.WithCancel(p.parent)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := part(ctx); err != nil && ctx.Err() == nil {
			p.cancel(fmt.Errorf("%s: %w", name, err))
		}
	}()
	return func(context.Context) error {
		stop()
		<-done
		return nil
	}
}

// serve starts a server, with TLS if it has a configuration of that. Shutdown or Close
// of the server stops it.
func (p parts) serve(name string, s *http.Server, l net.Listener) {
	serve := s.Serve
	if s.TLSConfig != nil {
		serve = func(l net.Listener) error { return s.ServeTLS(l, "", "") }
	}
	go func() {
		if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
			p.cancel(fmt.Errorf("%s: %w", name, err))
		}
	}()
}

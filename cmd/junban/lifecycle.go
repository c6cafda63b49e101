package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// shutdown is what has to be taken down, in the order it was put up.
type shutdown []step

type step struct {
	name string
	Stop func(context.Context) error
}

// add puts one more thing on top.
func (s *shutdown) add(name string, stop func(context.Context) error) {
	*s = append(*s, step{name, stop})
}

// run takes everything down, the last first. All steps share the grace; a step
// that comes when it is over is told to be quick.
func (s shutdown) run(grace time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	var errs []error
	for i := len(s) - 1; i >= 0; i-- {
		if err := s[i].Stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stopping the %s: %w", s[i].name, err))
		}
	}
	return errors.Join(errs...)
}

// parts are what runs until somebody stops it. When one of them fails, the
// context ends with its error as the cause.
type parts struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	parent context.Context // without its end: a part is stopped in its turn
}

func newParts(ctx context.Context) parts {
	c, cancel := context.WithCancelCause(ctx)
	return parts{c, cancel, context.WithoutCancel(ctx)}
}

// run starts a part, and returns what stops it and waits for it.
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

// serve starts a server; its Shutdown or Close ends it.
func (p parts) Serve(name string, s *http.Server, l net.Listener) {
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			p.cancel(fmt.Errorf("%s: %w", name, err))
		}
	}()
}

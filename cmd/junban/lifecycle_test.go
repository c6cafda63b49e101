package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestShutdown_RunsInReverseAndContinuesAfterErrors(t *testing.T) {
	t.Parallel()
	var down shutdown
	var order []string
	for _, name := range []string{"first", "second", "third"} {
		down.add(name, func(ctx context.Context) error {
			order = append(order, name)
			if _, limited := ctx.Deadline(); !limited {
				t.Errorf("the context of the %s step has no deadline", name)
			}
			if name == "second" {
				return errors.New("still running")
			}
			return nil
		})
	}
	err := down.run(time.Hour)
	if !slices.Equal(order, []string{"third", "second", "first"}) {
		t.Errorf("stopped %v", order)
	}
	if err == nil || !strings.Contains(err.Error(), "stopping the second: still running") {
		t.Errorf("the error is %v", err)
	}
}

func TestParts_FailureCancelsTheContext(t *testing.T) {
	t.Parallel()
	p := newParts(t.Context())
	stopped := make(chan struct{})
	stopGood := p.run("good", func(ctx context.Context) error {
		<-ctx.Done()
		close(stopped)
		return ctx.Err()
	})
	bad := errors.New("broken")
	stopBad := p.run("bad", func(context.Context) error { return bad })
	<-p.ctx.Done()
	if err := context.Cause(p.ctx); !errors.Is(err, bad) || !strings.HasPrefix(err.Error(), "bad: ") {
		t.Errorf("the cause is %v", err)
	}
	select {
	case <-stopped:
		t.Error("the other part was stopped early")
	default:
	}
	if err := errors.Join(stopBad(t.Context()), stopGood(t.Context())); err != nil {
		t.Error(err)
	}
	<-stopped
}

package main

import (
	"context"
	"flag"
	"fmt"
	"time"
)

// window is a little longer than the server keeps later changes back to send
// them as one: a change after that time is a first one again.
const window = 150 * time.Millisecond

// click presses "next" and waits each time until every watcher of the board
// has the new number: the straight line of the design, once a press.
type click struct{ watchers, calls, line int }

func (c *click) flags(fs *flag.FlagSet) {
	countVar(fs, &c.watchers, "watchers", 100, 10_000, "sockets that watch the board")
	countVar(fs, &c.calls, "calls", 200, 10_000, "presses")
	countVar(fs, &c.line, "line", 30, 2000, "tickets that wait all the while")
}

func (c *click) short() { c.watchers, c.calls = 50, 5 }

func (c *click) play(ctx context.Context, s *stage, r *result) error {
	r.Settings = fmt.Sprintf("%d presses of \"next\", %d waiting, %d watchers of one board", c.calls, c.line, c.watchers)
	if err := s.open(ctx); err != nil {
		return err
	}
	if err := s.desk.fill(ctx, c.line); err != nil {
		return err
	}
	trips, err := s.trips(ctx)
	if optional(err) != nil {
		return err
	}
	if err == nil {
		r.add("redis round trips an act", trips, "round trips")
	}
	f, err := s.watch(ctx, c.watchers)
	if err != nil {
		return err
	}
	p, err := s.press(ctx, f, c.calls)
	if err != nil {
		return err
	}
	r.spread("answer to the desk", p.answered)
	r.spread("first watcher", p.first)
	r.spread("last watcher", p.last)
	return s.desk.verify(ctx, f)
}

// trips counts the round trips to Redis of acts that nobody watches, so that
// nobody's board is read; the server's probes are among them, one in a second.
func (s *stage) trips(ctx context.Context) (float64, error) {
	const acts = 100
	before, err := s.redisReads(ctx)
	if err != nil {
		return 0, err
	}
	for range acts / 2 {
		if _, err := s.desk.walkin(ctx); err != nil {
			return 0, err
		}
		if _, err := s.desk.call(ctx); err != nil {
			return 0, err
		}
	}
	after, err := s.redisReads(ctx)
	return float64(after-before-2) / acts, err
}

// presses are what was seen of many.
type presses struct {
	answered, first, last durations // one a press
	all                   durations // one a delivery
}

// press presses "next" n times, each as a first change, and puts another ticket
// into the line each time, so that it stays as long as it was.
func (s *stage) press(ctx context.Context, f *fleet, n int) (presses, error) {
	var p presses
	said := time.Now()
	for i := range n {
		if _, _, err := s.desk.change(ctx, f, func(ctx context.Context) error {
			_, err := s.desk.walkin(ctx)
			return err
		}); err != nil {
			return p, err
		}
		if !sleep(ctx, window) {
			return p, ctx.Err()
		}
		var number int
		sent, seen, err := s.desk.change(ctx, f, func(ctx context.Context) (err error) {
			sent := time.Now()
			number, err = s.desk.call(ctx)
			p.answered = append(p.answered, time.Since(sent))
			return err
		})
		if err != nil {
			return p, fmt.Errorf("press %d: %w", i+1, err)
		}
		took := since(sent, seen)
		p.first = append(p.first, took[0])
		p.last = append(p.last, took[len(took)-1])
		p.all = append(p.all, took...)
		if err := s.shown(ctx, f, number); err != nil {
			return p, fmt.Errorf("press %d: %w", i+1, err)
		}
		if time.Since(said) > 2*time.Second {
			said = time.Now()
			s.sayf("%d of %d presses, the last one took %.1f ms", i+1, n, milliseconds(took[len(took)-1]))
		}
		if !sleep(ctx, window) {
			return p, ctx.Err()
		}
	}
	return p, nil
}

// shown checks that what all watchers got is the call of that number.
func (s *stage) shown(ctx context.Context, f *fleet, number int) error {
	now, err := s.desk.board(ctx)
	if err != nil {
		return err
	}
	if !calls(now.Board, number) {
		return fmt.Errorf("number %d was called, and the board does not call it", number)
	}
	return nil
}

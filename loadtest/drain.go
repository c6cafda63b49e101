package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"
)

// drain ends one of two servers on the same Redis; everybody is to move to the
// other, evenly. When rolling, it starts that one again and ends the other:
// everybody moves back. Half leave as soon as they are told goodbye, as our
// pages do, and half stay until they are closed; all come back when they were
// told to.
type drain struct {
	watchers int
	grace    time.Duration
	rolling  bool
}

func (c *drain) flags(fs *flag.FlagSet) {
	countVar(fs, &c.watchers, "watchers", 10_000, 18_000, "sockets that watch the board")
	spanVar(fs, &c.grace, "grace", 10*time.Second, 5*time.Minute, "time that the server is given to end")
	fs.BoolVar(&c.rolling, "rolling", true, "then start it again and end the other")
}

func (c *drain) short() { c.watchers, c.grace = 400, 10*time.Second }

// slot is how fine the evenness of the returns is looked at: finer, and two
// servers and ten thousand clients on two processors measure their scheduler.
const slot = 250 * time.Millisecond

func (c *drain) play(ctx context.Context, s *stage, r *result) error {
	r.Settings = fmt.Sprintf("%d watchers, %v of grace", c.watchers, c.grace)
	if s.workshop == nil {
		return errors.New("it ends a server, so it starts its own: leave out --url")
	}
	redis, err := s.workshop.startRedis(ctx)
	if err != nil {
		return err
	}
	s.later(redis.stop)
	args := []string{"--redis", redis.url(), "--drain", c.grace.String()}
	var servers [2]*server
	for i := range servers {
		if servers[i], err = s.workshop.start(ctx, args...); err != nil {
			return err
		}
		s.later(servers[i].stop)
	}
	s.url = servers[1].url
	if err := s.sit(ctx, redis.password); err != nil {
		return err
	}
	if err := s.desk.fill(ctx, 30); err != nil {
		return err
	}
	f, err := s.watchAs(ctx, Order{N: c.watchers, URLs: []string{servers[0].url, servers[1].url}})
	if err != nil {
		return err
	}
	moves := make([]move, 1, 2)
	if moves[0], err = c.end(ctx, s, f, servers[0], 2); err != nil {
		return err
	}
	if c.rolling {
		s.url = servers[0].url
		again, err := s.workshop.startAt(ctx, strings.TrimPrefix(s.url, "http://"), args...)
		if err != nil {
			return err
		}
		s.later(again.stop)
		if err := s.sit(ctx, redis.password); err != nil {
			return err
		}
		back, err := c.end(ctx, s, f, servers[1], 3)
		if err != nil {
			return err
		}
		moves = append(moves, back)
	}
	tally, err := f.count()
	if err != nil {
		return err
	}
	var all move // the slowest and the least even of both, and everybody's returns
	for _, m := range moves {
		all.ended, all.uneven = max(all.ended, m.ended), max(all.uneven, m.uneven)
		all.back, all.late = append(all.back, m.back...), append(all.late, m.late...)
	}
	r.add("server ended after", milliseconds(all.ended), "ms")
	r.add("server ended after, against its grace", all.ended.Seconds()/c.grace.Seconds(), "ratio")
	r.spread("back on the other server", all.back)
	r.spread("right again after its own delay", all.late)
	r.add("most returns in 250 ms against the mean", all.uneven, "ratio")
	r.add("told goodbye", float64(tally.Byes)/float64(c.watchers*len(moves)), "ratio")
	r.add("closed with 1012, of those that stayed", float64(tally.Closes[1012])/float64(tally.Stayed), "ratio")
	r.add("handshakes refused", float64(tally.Refused), "handshakes")
	return nil
}

// move is what was seen while everybody went from one server to the other.
type move struct {
	ended  time.Duration // the server, after it was asked to
	back   durations     // each watcher with the newest board, after the server was asked to end
	late   durations     // the same, after the moment that the watcher was told
	uneven float64
}

// end ends a server, has the desk press "next" at the other meanwhile, and
// returns when everybody shows that there, on the connection of that number.
func (c *drain) end(ctx context.Context, s *stage, f *fleet, leaving *server, opens int) (m move, err error) {
	goal, err := s.desk.next(ctx)
	if err != nil {
		return m, err
	}
	goal.Opens = opens
	if err := f.aim(goal); err != nil {
		return m, err
	}
	start := time.Now()
	if err := leaving.terminate(); err != nil {
		return m, err
	}
	if _, err := s.desk.call(ctx); err != nil {
		return m, err
	}
	select {
	case <-leaving.ended:
	case <-time.After(c.grace + patience):
		return m, fmt.Errorf("the server has not ended %v after its grace", patience)
	}
	m.ended = time.Since(start)
	s.sayf("the server ended after %v", m.ended.Round(time.Millisecond))
	back, err := f.wait(c.grace + patience)
	if err != nil {
		return m, err
	}
	m.back = since(start, back)
	m.uneven = evenness(m.back)
	if m.late, err = f.late(); err != nil {
		return m, err
	}
	// They are not only back: they are told what happens next.
	if _, _, err := s.desk.change(ctx, f, func(ctx context.Context) error {
		_, err := s.desk.call(ctx)
		return err
	}); err != nil {
		return m, err
	}
	return m, s.desk.verify(ctx, f)
}

// evenness is the fullest slot against the mean of those from the first return
// to the last.
func evenness(took durations) float64 {
	sorted := slices.Sorted(slices.Values(took))
	counts := make([]int, int((sorted[len(sorted)-1]-sorted[0])/slot)+1)
	for _, at := range sorted {
		counts[int((at-sorted[0])/slot)]++
	}
	return float64(slices.Max(counts)) * float64(len(counts)) / float64(len(sorted))
}

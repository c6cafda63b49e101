package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"
)

// drain ends one of two servers on the same Redis; everybody is to move to the
// other, evenly. Half leave as soon as they are told goodbye, as our pages do,
// and half stay until they are closed; all come back when they were told to.
type drain struct {
	watchers int
	grace    time.Duration
}

func (c *drain) flags(fs *flag.FlagSet) {
	countVar(fs, &c.watchers, "watchers", 10_000, 18_000, "sockets that watch the board")
	spanVar(fs, &c.grace, "grace", 10*time.Second, 5*time.Minute, "time that the server is given to end")
}

func (c *drain) short() { c.watchers, c.grace = 400, 3*time.Second }

// slot is how fine the evenness of the returns is looked at.
const slot = 100 * time.Millisecond

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
	var servers [2]*server
	for i := range servers {
		if servers[i], err = s.workshop.start(ctx, "--redis", redis.url(), "--drain", c.grace.String()); err != nil {
			return err
		}
		s.later(servers[i].stop)
	}
	leaving, staying := servers[0], servers[1]
	s.url = staying.url
	if err := s.sit(ctx, redis.password); err != nil {
		return err
	}
	if err := s.desk.fill(ctx, 30); err != nil {
		return err
	}
	f, err := s.watchAs(ctx, Order{N: c.watchers, URLs: []string{leaving.url, staying.url}})
	if err != nil {
		return err
	}
	was, err := s.desk.board(ctx)
	if err != nil {
		return err
	}
	if err := f.aim(Goal{Epoch: was.Epoch, Version: was.Version, Opens: 2}); err != nil {
		return err
	}
	start := time.Now()
	if err := leaving.terminate(); err != nil {
		return err
	}
	select {
	case <-leaving.ended:
	case <-time.After(c.grace + patience):
		return fmt.Errorf("the server has not ended %v after its grace", patience)
	}
	ended := time.Since(start)
	s.sayf("the server ended after %v", ended.Round(time.Millisecond))
	back, err := f.wait(c.grace + patience)
	if err != nil {
		return err
	}
	tally, err := f.count()
	if err != nil {
		return err
	}
	took := since(start, back)
	r.add("server ended after", milliseconds(ended), "ms")
	r.add("server ended after, against its grace", ended.Seconds()/c.grace.Seconds(), "ratio")
	r.spread("back on the other server", took)
	r.add("most returns in 100 ms against the mean", evenness(took), "ratio")
	r.add("told goodbye", float64(tally.Byes)/float64(c.watchers), "ratio")
	r.add("closed with 1012, of those that stayed", float64(tally.Closes[1012])/float64(tally.Stayed), "ratio")
	// They are not only back: they are told what happens next.
	if _, _, err := s.desk.change(ctx, f, func(ctx context.Context) error {
		_, err := s.desk.call(ctx)
		return err
	}); err != nil {
		return err
	}
	return s.desk.verify(ctx, f)
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

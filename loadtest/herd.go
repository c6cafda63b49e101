package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"slices"
	"sync"
	"time"

	"junban/api/wire"
)

// herd is the opening second: everybody presses the button, and some press it
// twice, with the answer to the first press or without.
type herd struct {
	patients, connections, retries, watchers int
	over                                     time.Duration
}

func (c *herd) flags(fs *flag.FlagSet) {
	countVar(fs, &c.patients, "patients", 10_000, 100_000, "tickets that are taken")
	countVar(fs, &c.connections, "connections", 1000, 8000, "connections that stay open, each of one address, patients one after another on each")
	countVar(fs, &c.retries, "retries", 10, 100, "percent of the patients that ask again with the same key")
	countVar(fs, &c.watchers, "watchers", 100, 10_000, "sockets that watch the board meanwhile")
	spanVar(fs, &c.over, "over", time.Second, time.Minute, "time in which they press")
}

func (c *herd) short() { c.patients, c.connections, c.watchers = 600, 100, 20 }

func (c *herd) play(ctx context.Context, s *stage, r *result) error {
	r.Settings = fmt.Sprintf("%d patients within %v on %d connections, %d%% ask twice", c.patients, c.over, c.connections, c.retries)
	if err := s.open(ctx); err != nil {
		return err
	}
	f, err := s.watch(ctx, c.watchers)
	if err != nil {
		return err
	}
	before, err := s.desk.board(ctx)
	if err != nil {
		return err
	}
	phones, err := s.phones(ctx, c.connections)
	if err != nil {
		return err
	}
	s.sayf("%d connections are open", len(phones))

	run := pressing{herd: c, service: s.desk.service, nonce: rand.Text(), issued: make([]wire.Issued, c.patients), took: make(durations, c.patients)}
	run.start = time.Now()
	var queue sync.WaitGroup
	for i, phone := range phones {
		queue.Go(func() { run.all(ctx, phone, i) })
	}
	queue.Wait()
	took := time.Since(run.start)
	if run.failed != nil {
		return fmt.Errorf("%d of %d patients were refused, the first: %w", run.failures, c.patients, run.failed)
	}
	s.sayf("%d tickets after %v", c.patients, took.Round(time.Millisecond))
	numbers := make([]int, c.patients)
	for i, issued := range run.issued {
		numbers[i] = issued.Ticket.Number
	}
	twice, gaps := density(numbers)
	r.spread("ticket after the press", run.took)
	r.add("tickets a second", float64(c.patients)/took.Seconds(), "tickets/s")
	r.add("asked again", float64(run.again), "requests")
	r.add("numbers given twice", float64(twice), "numbers")
	r.add("numbers left out", float64(gaps), "numbers")
	r.add("failures", float64(run.failures), "requests")
	after, err := s.desk.board(ctx)
	if err != nil {
		return err
	}
	if was, is := waiting(before.Board), waiting(after.Board); is-was != c.patients {
		return fmt.Errorf("%d tickets were taken, and %d more wait", c.patients, is-was)
	}
	return s.desk.verify(ctx, f)
}

// density tells how many of the numbers were given before, and how many between
// the first and the last were not given.
func density(numbers []int) (twice, gaps int) {
	different := slices.Compact(slices.Sorted(slices.Values(numbers)))
	return len(numbers) - len(different), different[len(different)-1] - different[0] + 1 - len(different)
}

func waiting(b *wire.Board) int {
	if b.Waiting == nil {
		return 0
	}
	return b.Waiting.Tickets
}

// phones opens connections, each from its own address, and leaves them open.
func (s *stage) phones(ctx context.Context, n int) ([]*client, error) {
	phones := make([]*client, n)
	errs := make([]error, n)
	var opening sync.WaitGroup
	doors := make(chan struct{}, 64)
	for i := range phones {
		opening.Go(func() {
			doors <- struct{}{}
			defer func() { <-doors }()
			if phones[i], errs[i] = newClient(s.url, address(1<<17+i)); errs[i] == nil {
				errs[i] = phones[i].do(ctx, "GET", "/v1/services/"+s.desk.service+"/board", "", nil, nil)
			}
		})
	}
	opening.Wait()
	s.later(func() {
		for _, p := range phones {
			if p != nil {
				p.close()
			}
		}
	})
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return nil, fmt.Errorf("phone %d: %w", i, errs[i])
	}
	return phones, nil
}

// pressing is the second itself.
type pressing struct {
	*herd
	service, nonce string
	start          time.Time
	issued         []wire.Issued // of each patient
	took           durations     // of each, from when it wanted to press

	mu       sync.Mutex // guards what follows
	again    int
	failures int
	failed   error
}

// all plays the patients of one connection.
func (p *pressing) all(ctx context.Context, phone *client, first int) {
	for i := first; i < p.patients; i += p.connections {
		due := p.start.Add(p.over * time.Duration(i) / time.Duration(p.patients))
		if !sleep(ctx, time.Until(due)) {
			return
		}
		err := p.one(ctx, phone, i, due)
		if err != nil {
			p.mu.Lock()
			p.failures++
			if p.failed == nil {
				p.failed = err
			}
			p.mu.Unlock()
		}
	}
}

// one takes a ticket. Of those that ask twice, every other gives the first
// request up before its answer can be there.
func (p *pressing) one(ctx context.Context, phone *client, i int, due time.Time) error {
	ask := func(ctx context.Context) (wire.Issued, error) {
		var answer wire.Issued
		err := phone.post(ctx, "/v1/services/"+p.service+"/tickets", fmt.Sprint(p.nonce, "-", i),
			wire.IssueRequest{PartySize: 1, Patient: wire.Patient{Name: fmt.Sprint("patient ", i)}}, &answer)
		return answer, err
	}
	twice := i%100 < p.retries
	if twice && i%2 == 1 {
		hasty, cancel := context.WithTimeout(ctx, time.Millisecond)
		_, _ = ask(hasty) // answered or not, the ticket is the same
		cancel()
	}
	answer, err := ask(ctx)
	if err != nil {
		return err
	}
	p.took[i], p.issued[i] = time.Since(due), answer
	if !twice {
		return nil
	}
	p.mu.Lock()
	p.again++
	p.mu.Unlock()
	second, err := ask(ctx)
	if err != nil {
		return err
	}
	if second.Ticket.ID != answer.Ticket.ID || second.Ticket.Number != answer.Ticket.Number ||
		second.Token != answer.Token || second.CancelCode != answer.CancelCode {
		return fmt.Errorf("the same key gave number %d, and then %d", answer.Ticket.Number, second.Ticket.Number)
	}
	return nil
}

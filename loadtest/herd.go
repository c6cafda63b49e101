package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"slices"
	"sync"
	"time"

	"junban/api/wire"
)

// herd is the opening second, in which all patients take a ticket. Some send
// their request twice, with or without the response to the first. With slots, a
// second herd then asks for the seats of a day that opens.
type herd struct {
	patients, connections, retries, watchers int
	duration                                 time.Duration
	slots                                    bool
	opened                                   bool // the day of the slots is open already
}

func (c *herd) flags(fs *flag.FlagSet) {
	countVar(fs, &c.patients, "patients", 10_000, 100_000, "tickets that are taken")
	countVar(fs, &c.connections, "connections", 1000, 8000, "open connections, each from an address of its own; the patients share them in turn")
	countVar(fs, &c.retries, "retries", 10, 100, "percent of the patients that repeat the request with the same key")
	watchersVar(fs, &c.watchers, 100, 10_000)
	durationVar(fs, &c.duration, "over", time.Second, time.Minute, "time within which the patients take their tickets")
	fs.BoolVar(&c.slots, "slots", false, "as many patients also ask for the 300 seats of a day in slot mode, when it opens at the next full minute")
}

func (c *herd) shorten() {
	c.patients, c.connections, c.watchers = 600, 100, 20
	c.slots, c.opened = true, true
}

func (c *herd) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d patients within %v on %d connections, %d%% ask twice", c.patients, c.duration, c.connections, c.retries)
	r.Partial = !c.slots
	if c.slots {
		if t.launcher == nil {
			return errors.New("--slots imports a clinic of its own; leave out --url")
		}
		t.trustForwarded()
	}
	if _, err := t.prepare(ctx, 0, c.watchers); err != nil {
		return err
	}
	before, err := t.desk.board(ctx)
	if err != nil {
		return err
	}
	clients, err := t.openClients(ctx, c.connections)
	if err != nil {
		return err
	}
	t.progressf("%d connections are open", len(clients))

	rush := openingRush{herd: c, service: t.desk.service, nonce: rand.Text(), tickets: make([]wire.Issued, c.patients), took: make(durations, c.patients)}
	rush.start = time.Now()
	used, err := t.redisUse(ctx)
	if ignoreUnavailable(err) != nil {
		return err
	}
	var patients sync.WaitGroup
	for i, client := range clients {
		patients.Go(func() { rush.runClient(ctx, client, i) })
	}
	patients.Wait()
	took := time.Since(rush.start)
	now, err := t.redisUse(ctx)
	if ignoreUnavailable(err) != nil {
		return err
	}
	if rush.failed != nil {
		return fmt.Errorf("%d of %d patients were refused, the first: %w", rush.failures, c.patients, rush.failed)
	}
	t.progressf("%d tickets after %v", c.patients, took.Round(time.Millisecond))
	numbers := make([]int, c.patients)
	for i, issued := range rush.tickets {
		numbers[i] = issued.Ticket.Number
	}
	duplicates, gaps := duplicatesAndGaps(numbers)
	r.addDistribution("ticket after the click", rush.took)
	r.add("tickets a second", float64(c.patients)/took.Seconds(), "tickets/s")
	r.add("retries", float64(rush.retried), "requests")
	r.add("numbers given twice", float64(duplicates), "numbers")
	r.add("numbers left out", float64(gaps), "numbers")
	r.add("failures", float64(rush.failures), "requests")
	r.addRedisUse("a ticket", now.sub(used), c.patients)
	after, err := t.desk.board(ctx)
	if err != nil {
		return err
	}
	if more := waitingTickets(after.Board) - waitingTickets(before.Board); more != c.patients {
		return fmt.Errorf("%d tickets were taken, and %d more wait", c.patients, more)
	}
	if c.slots {
		return c.runSlots(ctx, t, r, clients)
	}
	return nil
}

// duplicatesAndGaps counts the numbers that repeat another one, and those that
// are missing between the least and the greatest.
func duplicatesAndGaps(numbers []int) (duplicates, gaps int) {
	unique := slices.Compact(slices.Sorted(slices.Values(numbers)))
	return len(numbers) - len(unique), unique[len(unique)-1] - unique[0] + 1 - len(unique)
}

func waitingTickets(b *wire.Board) int {
	if b.Waiting == nil {
		return 0
	}
	return b.Waiting.Tickets
}

// openClients opens n connections, each from an address of its own.
func (t *testbed) openClients(ctx context.Context, n int) ([]*client, error) {
	clients := make([]*client, n)
	errs := make([]error, n)
	var opening sync.WaitGroup
	limit := make(chan struct{}, maxHandshakes)
	for i := range clients {
		opening.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			if clients[i], errs[i] = newClient(t.url, loopbackAddress(1<<17+i)); errs[i] == nil {
				errs[i] = clients[i].do(ctx, "GET", "/v1/services/"+t.desk.service+"/board", "", nil, nil)
			}
		})
	}
	opening.Wait()
	t.onClose(func() {
		for _, c := range clients {
			if c != nil {
				c.close()
			}
		}
	})
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return nil, fmt.Errorf("client %d: %w", i, errs[i])
	}
	return clients, nil
}

// openingRush issues the tickets of a herd. Each patient's entries are written
// by one goroutine.
type openingRush struct {
	*herd
	service, nonce string
	start          time.Time
	tickets        []wire.Issued // one for each patient
	took           durations     // from the time at which each patient is due

	mu       sync.Mutex // guards the fields below
	retried  int
	failures int
	failed   error // the first
}

// runClient issues the tickets of the patients on one connection.
func (p *openingRush) runClient(ctx context.Context, c *client, first int) {
	for i := first; i < p.patients; i += p.connections {
		due := p.start.Add(p.duration * time.Duration(i) / time.Duration(p.patients))
		if !sleep(ctx, time.Until(due)) {
			return
		}
		if err := p.issue(ctx, c, i, due); err != nil {
			p.mu.Lock()
			p.failures++
			if p.failed == nil {
				p.failed = err
			}
			p.mu.Unlock()
		}
	}
}

// issue takes a ticket for patient i. Half of the patients that retry cancel the
// first request before they can have its response.
func (p *openingRush) issue(ctx context.Context, c *client, i int, due time.Time) error {
	request := func(ctx context.Context) (wire.Issued, error) {
		var issued wire.Issued
		err := c.post(ctx, "/v1/services/"+p.service+"/tickets", fmt.Sprint(p.nonce, "-", i),
			wire.IssueRequest{PartySize: 1, Patient: wire.Patient{Name: fmt.Sprint("patient ", i)}}, &issued)
		return issued, err
	}
	retries := i%100 < p.retries
	if retries && i%2 == 1 {
		short, cancel := context.WithTimeout(ctx, time.Millisecond)
		_, _ = request(short) // the key makes the outcome irrelevant
		cancel()
	}
	issued, err := request(ctx)
	if err != nil {
		return err
	}
	p.took[i], p.tickets[i] = time.Since(due), issued
	if !retries {
		return nil
	}
	p.mu.Lock()
	p.retried++
	p.mu.Unlock()
	second, err := request(ctx)
	if err != nil {
		return err
	}
	if second.Ticket.ID != issued.Ticket.ID || second.Ticket.Number != issued.Ticket.Number ||
		second.Token != issued.Token || second.CancelCode != issued.CancelCode {
		return fmt.Errorf("the same key gave number %d, and then %d", issued.Ticket.Number, second.Ticket.Number)
	}
	return nil
}

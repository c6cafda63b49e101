package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"junban/api/wire"
)

const (
	// slotTries is how many slots a patient asks for at most.
	slotTries = 10
	// slotRepeats is how often a patient repeats a request that a limit refused.
	slotRepeats = 3
	// slotPatience is the longest Retry-After that a patient waits for.
	slotPatience = 10 * time.Second
	// earlyPatients is the percent of the patients that ask before the day is open.
	earlyPatients = 5
	// refusalSample is how many patients measure what a refusal costs at the end.
	refusalSample = 2000
)

// slotRush is the herd at a day that opens. Half of the patients have an address of
// their own. The others share one, as the phones of a carrier do.
type slotRush struct {
	*herd
	clinic  *slotClinic
	nonce   string
	clients []*lockedClient
	start   time.Time
	sample  bool // measures refusals alone: addresses and persons differ from those of the herd

	mu sync.Mutex // guards the fields below
	slotTally
}

// lockedClient is a connection that patients share in turn.
type lockedClient struct {
	mu sync.Mutex
	*client
}

// runSlots imports the clinic, lets the herd in, checks every seat, and measures what a
// refusal costs when all are gone.
func (c *herd) runSlots(ctx context.Context, t *testbed, r *result, clients []*client) error {
	clinic, err := t.openSlotClinic(ctx, c.opened)
	if err != nil {
		return err
	}
	t.progressf("%s opens at %s", clinic.day, clinic.opens.Format(time.TimeOnly))
	rush := &slotRush{herd: c, clinic: clinic, nonce: rand.Text(), start: time.Now()}
	for _, client := range clients {
		rush.clients = append(rush.clients, &lockedClient{client: client})
	}
	if !c.opened {
		rush.start = clinic.opens
		if !sleep(ctx, time.Until(clinic.opens.Add(-2*time.Second))) {
			return ctx.Err()
		}
	}
	use, err := rush.play(ctx, t, c.patients)
	if err != nil {
		return err
	}
	t.progressf("%d patients have %d seats", c.patients, len(rush.bookings))
	seats, err := clinic.seats(ctx)
	if err != nil {
		return err
	}
	listed, err := clinic.bookings(ctx)
	if err != nil {
		return err
	}
	rush.addRows(r, c.patients)
	r.addRedisUse("a patient of slots", use, c.patients)
	r.addRedisUse("a request of slots", use, rush.requests)
	if err := errors.Join(rush.failed, rush.check(clinic, c.patients, seats, listed)); err != nil {
		return fmt.Errorf("herd of slots: %w", err)
	}
	late := &slotRush{herd: c, clinic: clinic, nonce: rand.Text(), clients: rush.clients, start: time.Now(), sample: true}
	n := min(refusalSample, c.patients)
	if use, err = late.play(ctx, t, n); err != nil {
		return err
	}
	if late.failed != nil || late.ended["slot_full"] != n {
		return fmt.Errorf("all seats are taken, and %d of %d patients were refused for that: %w", late.ended["slot_full"], n, late.failed)
	}
	r.addDistribution("refusal when all seats are gone", late.refusalTook)
	r.addRedisUse("a refusal", use, n)
	return nil
}

// play lets n patients ask, each when it is due, and returns what Redis has done.
func (p *slotRush) play(ctx context.Context, t *testbed, n int) (redisUse, error) {
	before, err := t.redisUse(ctx)
	if ignoreUnavailable(err) != nil {
		return redisUse{}, err
	}
	p.slotTally = newSlotTally()
	var patients sync.WaitGroup
	for i := range n {
		patients.Go(func() {
			if err := p.patient(ctx, i, n); err != nil {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.failures++
				if p.failed == nil {
					p.failed = err
				}
			}
		})
	}
	patients.Wait()
	after, err := t.redisUse(ctx)
	return after.sub(before), errors.Join(ignoreUnavailable(err), ctx.Err())
}

// address returns the address of a patient, as a proxy reports it.
func (p *slotRush) address(i int) string {
	switch {
	case p.sample:
		return netip.AddrFrom4([4]byte{11, byte(i >> 16), byte(i >> 8), byte(i)}).String()
	case i%2 == 0:
		return "100.64.0.1" // of the carrier
	default:
		return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}).String()
	}
}

// wanted returns the slot that a patient wants. Half of them want one of four.
func (p *slotRush) wanted(random *mathrand.Rand) string {
	u := random.Float64()
	rank := int(float64(len(p.clinic.slots)) * u * u * u)
	return p.clinic.slots[rank*7%len(p.clinic.slots)] // the popular ones are apart
}

// patient asks for the slot that it wants, and then for those that are offered. It
// returns an error for an answer that is neither a seat nor a refusal for a reason
// that the herd expects.
func (p *slotRush) patient(ctx context.Context, i, n int) error {
	random := mathrand.New(mathrand.NewPCG(uint64(i), 0))
	due := p.start.Add(p.duration * time.Duration(i) / time.Duration(n))
	if !p.opened && !p.sample && i%100 < earlyPatients {
		due = p.start.Add(-time.Second * time.Duration(i) / time.Duration(n))
	}
	if !sleep(ctx, time.Until(due)) {
		return ctx.Err()
	}
	a := slotPatient{slotRush: p, client: p.clients[i%len(p.clients)], number: i, retries: !p.sample && i%100 >= 100-p.retries, due: due}
	if due.Before(p.start) {
		if err := a.readDays(ctx); err != nil {
			return err
		}
	}
	slot, asked := p.wanted(random), map[string]bool{}
	for range slotTries {
		asked[slot] = true
		got, err := a.ask(ctx, slot)
		if err != nil || got.status == http.StatusCreated {
			return err
		}
		if got.code != "slot_full" || len(got.offers) == 0 {
			p.end(got.reason())
			return nil
		}
		slot = got.offers[0].Slot
		for _, o := range got.offers {
			if !asked[o.Slot] {
				slot = o.Slot
				break
			}
		}
	}
	p.end("gave up")
	return nil
}

// slotPatient is one patient of the herd. One goroutine runs it.
type slotPatient struct {
	*slotRush
	client          *lockedClient
	number, attempt int
	retries         bool
	due             time.Time
}

// slotAnswer is what a patient got.
type slotAnswer struct {
	status     int
	code       string // of a refusal
	retryAfter time.Duration
	offers     []wire.Offer
	issued     wire.Issued
	sent, got  time.Time
}

// readDays reads the days as the page does, before the day is open.
func (a *slotPatient) readDays(ctx context.Context) error {
	a.client.mu.Lock()
	defer a.client.mu.Unlock()
	_, err := a.client.exchange(ctx, http.MethodGet, "/v1/services/"+a.clinic.desk.service+"/days?from="+a.clinic.day+"&to="+a.clinic.day, a.header(""), nil)
	return err
}

// header returns the header of a request with a key.
func (a *slotPatient) header(key string) http.Header {
	h := http.Header{"X-Forwarded-For": {a.address(a.number)}}
	if key != "" {
		h.Set("Idempotency-Key", key)
	}
	return h
}

// ask asks for one slot until there is an answer that counts: a seat, a refusal for
// want of seats, or that of a limit after some repeats. A patient that retries sends
// the request again, and expects the same answer.
func (a *slotPatient) ask(ctx context.Context, slot string) (slotAnswer, error) {
	a.attempt++
	key := fmt.Sprint(a.nonce, "-", a.number, "-", a.attempt)
	first := time.Now()
	if a.retries && a.number/2%2 == 1 {
		short, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
		_, _ = a.send(short, key, slot) // the key makes the outcome irrelevant
		cancel()
	}
	var got slotAnswer
	for repeats := 0; ; repeats++ {
		var err error
		if got, err = a.send(ctx, key, slot); err != nil {
			return got, err
		}
		if got.code == "" || got.code == "slot_full" || got.retryAfter > slotPatience || repeats == slotRepeats {
			break
		}
		if !sleep(ctx, got.retryAfter) {
			return got, ctx.Err()
		}
	}
	if a.retries {
		again, err := a.send(ctx, key, slot)
		if err != nil {
			return got, err
		}
		if again.retryAfter == 0 { // a limit may refuse any request
			a.repeated(got, again)
		}
	}
	if got.code == "" {
		a.booked(slotBooking{ticket: got.issued.Ticket.ID, slot: got.issued.Ticket.Slot, wanted: slot, sent: first}, got.got.Sub(a.due))
	}
	return got, nil
}

// send sends the request once and counts the answer. An answer that the herd does not
// expect is an error.
func (a *slotPatient) send(ctx context.Context, key, slot string) (slotAnswer, error) {
	a.client.mu.Lock()
	defer a.client.mu.Unlock()
	person := fmt.Sprint(a.number)
	if a.sample {
		person = "late " + person
	}
	answer := slotAnswer{sent: time.Now()}
	reply, err := a.client.exchange(ctx, http.MethodPost, "/v1/services/"+a.clinic.desk.service+"/tickets", a.header(key), wire.IssueRequest{
		PartySize: 1, Day: a.clinic.day, Slot: slot,
		Patient: wire.Patient{Name: "patient " + person, Phone: fmt.Sprintf("090%08d", a.phone())},
	})
	if err != nil {
		return answer, err
	}
	answer.status, answer.got = reply.status, time.Now()
	if reply.status == http.StatusCreated {
		err := json.Unmarshal(reply.body, &answer.issued)
		a.answered(answer, slot)
		return answer, err
	}
	problem := reply.problem()
	answer.code, answer.offers = problem.Code, problem.Offers
	seconds, _ := strconv.Atoi(reply.header.Get("Retry-After")) // 0 without one
	answer.retryAfter = time.Duration(seconds) * time.Second
	if problem.Code == "" || problem.Code != "slot_full" && seconds == 0 {
		return answer, fmt.Errorf("refused with %d %s and no Retry-After: %s", reply.status, problem.Code, problem.Detail)
	}
	a.answered(answer, slot)
	return answer, nil
}

// phone returns the end of the patient's phone number, which no other patient has.
func (a *slotPatient) phone() int {
	if a.sample {
		return 10_000_000 + a.number
	}
	return a.number
}

package notify

import (
	"net/url"
	"sync"
	"time"

	"junban/internal/idle"
	"junban/notify/message"
	"junban/queue/outbox"
)

const (
	faultsAtMost = 5                // in a row, before a provider rests
	probeEvery   = 10 * time.Second // of a provider that rests
	callEvery    = 2 * time.Second  // the same of calls, which are soon too late
)

// breakers let providers rest that fail. What a provider answers for one address does not
// count, else a stranger's addresses could silence it for all clinics. It is safe for
// concurrent use.
type breakers struct {
	mu sync.Mutex // guards the values of of
	of idle.Map[string, *breaker]

	sound idle.Map[string, bool] // providers that have accepted a notice since they last refused one
}

// breaker is one provider's.
type breaker struct {
	faults int       // in a row
	call   time.Time // when the next try of a call may be, once there are faultsAtMost
	other  time.Time // the same of the other kinds
}

func newBreakers() *breakers {
	return &breakers{of: idle.Map[string, *breaker]{Age: 10 * time.Minute}, sound: idle.Map[string, bool]{Age: 24 * time.Hour}}
}

// providerOf names the provider that an address belongs to: the origin of an endpoint,
// or the relay of all mail.
func providerOf(ch outbox.Channel, a outbox.Address) string {
	if ch != outbox.Push {
		return string(ch)
	}
	u, err := url.Parse(a.Endpoint)
	if err != nil {
		return string(ch)
	}
	return string(ch) + " " + u.Scheme + "://" + u.Host
}

// allow reports whether a provider may be tried now, else how long it rests. The try that
// it allows after a rest is the only one until [probeEvery] later. Calls have tries of their
// own then, each [callEvery]: none waits behind what is less urgent.
func (b *breakers) allow(provider string, kind outbox.Kind) (rest time.Duration, ok bool) {
	one, known := b.of.Get(provider)
	if !known {
		return 0, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if one.faults < faultsAtMost {
		return 0, true
	}
	probe, every := &one.other, probeEvery
	if kind == outbox.Call {
		probe, every = &one.call, callEvery
	}
	now := time.Now()
	if rest := probe.Sub(now); rest > 0 {
		return rest, false
	}
	*probe = now.Add(every)
	return 0, true
}

// note counts the result of a try.
func (b *breakers) note(provider string, r message.Result) {
	if !faulty(r) {
		b.of.Delete(provider)
		return
	}
	one := b.of.GetOrSet(provider, &breaker{})
	b.mu.Lock()
	defer b.mu.Unlock()
	if one.faults++; one.faults == faultsAtMost {
		now := time.Now()
		one.call, one.other = now.Add(callEvery), now.Add(probeEvery)
	}
}

// faulty reports whether a result is the fault of the provider, or of our own settings.
func faulty(r message.Result) bool {
	return !r.Address && (r.Fault || r.Outcome == message.Retry || r.Outcome == message.Uncertain)
}

// accepted notes that a provider has accepted a notice.
func (b *breakers) accepted(provider string) { b.sound.Set(provider, true) }

// refused notes that a provider has refused an address, and reports whether the address
// is the reason: the provider has accepted another since the last refusal. Refusals in a
// row mean that our keys are wrong.
func (b *breakers) refused(provider string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, sound := b.sound.Get(provider)
	b.sound.Delete(provider)
	return sound
}

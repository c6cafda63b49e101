package notify_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"junban/notify"
	"junban/notify/message"
	"junban/notify/text"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/feed"
	"junban/queue/journal"
	"junban/queue/outbox"
	"junban/queue/queuetest"
)

// bench is a clinic on a real Redis, whose notices go to channels of the test.
type bench struct {
	testing.TB
	line   *queue.Store
	box    *outbox.Store
	clinic clinic.Clinic
	push   *phones
	mail   *phones
	set    func(time.Time) // of a bench with a clock
	now    time.Time
}

// newBench returns a clinic on a Redis of its own: a notifier looks after all clinics.
func newBench(t testing.TB, change ...func(*clinic.Clinic)) *bench {
	t.Helper()
	return benchOn(t, queuetest.StoreOn(t, queuetest.NewServer(t).Client), change...)
}

// another returns a second clinic of the same nodes.
func (b *bench) another() *bench {
	b.Helper()
	other := *b
	other.clinic = queuetest.FreshClinic()
	other.clinic.Zone = queuetest.Noon()
	b.fine(b.line.PutClinic(b.Context(), other.clinic, queue.Act{}))
	return &other
}

// clocked returns a clinic on a Redis whose clock the test sets.
func clocked(t testing.TB, change ...func(*clinic.Clinic)) *bench {
	t.Helper()
	rdb, set := queuetest.Clocked(t)
	clock := &atomic.Pointer[time.Time]{}
	now := time.Now().Truncate(time.Millisecond)
	clock.Store(&now)
	set(now)
	line, err := queue.NewStore(rdb, queue.Options{Clock: func() time.Time { return *clock.Load() }})
	if err != nil {
		t.Fatal(err)
	}
	b := benchOn(t, line, change...)
	b.now, b.set = now, func(at time.Time) {
		set(at)
		clock.Store(&at)
	}
	return b
}

func benchOn(t testing.TB, line *queue.Store, change ...func(*clinic.Clinic)) *bench {
	t.Helper()
	c := queuetest.FreshClinic()
	c.Zone = queuetest.Noon()
	for _, f := range change {
		f(&c)
	}
	b := &bench{TB: t, line: line, clinic: c, push: newPhones(), mail: newPhones()}
	b.box = outbox.New(line.Redis(), line, outbox.Options{Secret: []byte("secret")})
	b.fine(line.PutClinic(t.Context(), c, queue.Act{}))
	return b
}

func (b *bench) fine(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// pass moves the clock.
func (b *bench) pass(d time.Duration) {
	b.Helper()
	b.now = b.now.Add(d)
	b.set(b.now)
}

// run runs a node with its notifier until the test ends, or until the node is stopped.
func (b *bench) run() (n *notify.Notifier, stop func()) {
	b.Helper()
	return b.runWith(b.box)
}

// deaf is an outbox of which no message comes.
type deaf struct{ *outbox.Store }

// Listen waits.
func (deaf) Listen(ctx context.Context, _ func(clinic.ID, clinic.Day), lost func()) error {
	lost()
	<-ctx.Done()
	return ctx.Err()
}

func (b *bench) runWith(box notify.Outbox) (*notify.Notifier, func()) {
	b.Helper()
	line := b.line
	f, err := feed.New(line, feed.Options{})
	b.fine(err)
	n, err := notify.New(notify.Options{
		Line: line, Journal: journal.New(line), Feed: f, Outbox: box, Composer: plain{}, Log: slog.New(slog.NewTextHandler(b.Output(), nil)),
		Channels: map[outbox.Channel]message.Channel{outbox.Push: b.push, outbox.Mail: b.mail, outbox.Inbox: b.push},
	})
	b.fine(err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(b.Context()))
	var parts sync.WaitGroup
	parts.Go(func() { _ = f.Run(ctx) })
	parts.Go(func() { _ = n.Run(ctx) })
	stop := sync.OnceFunc(func() { cancel(); b.push.release(); b.mail.release(); parts.Wait() })
	b.Cleanup(stop)
	return n, stop
}

func (b *bench) issue() queue.Ticket {
	b.Helper()
	issued, err := b.line.Issue(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "1"}, queue.Request{Channel: "web", Party: 1}, queue.Act{By: clinic.Actor{Kind: "web"}})
	b.fine(err)
	return issued.Ticket
}

func (b *bench) call(id queue.TicketID) queue.Ticket {
	b.Helper()
	t, err := b.line.Call(b.Context(), id, "1", queue.Act{By: clinic.Actor{Kind: "staff"}})
	b.fine(err)
	return t
}

func (b *bench) do(id queue.TicketID, kind queue.ActKind) queue.Ticket {
	b.Helper()
	t, err := b.line.Do(b.Context(), id, kind, queue.Act{By: clinic.Actor{Kind: "staff"}})
	b.fine(err)
	return t
}

// want has a ticket's patient ask for notices of some kinds.
func (b *bench) want(id queue.TicketID, wants ...outbox.Want) {
	b.Helper()
	for i := range wants {
		wants[i].At = b.line.Now()
	}
	b.fine(b.box.PutWants(b.Context(), b.clinic, id, wants))
}

func pushTo(name string, kinds ...outbox.Kind) outbox.Want {
	return outbox.Want{Channel: outbox.Push, Address: outbox.Address{Endpoint: "https://" + name + ".example/1", P256DH: "k", Auth: "a"}, Language: "ja", Kinds: kinds}
}

func mailTo(name string, kinds ...outbox.Kind) outbox.Want {
	return outbox.Want{Channel: outbox.Mail, Address: outbox.Address{Mail: name + "@junban.example"}, Language: "ja", Kinds: kinds}
}

func inboxOf(name string, kinds ...outbox.Kind) outbox.Want {
	return outbox.Want{Channel: outbox.Inbox, Address: outbox.Address{Inbox: name}, Language: "ja", Kinds: kinds}
}

// plain writes notices whose title is kind, stage and attempt, and whose body is the
// number.
type plain struct{}

func (plain) Compose(in text.Input) message.Message {
	to := message.Address{Mail: in.Want.Address.Mail}
	if in.Want.Address.Endpoint != "" {
		to = message.Address{Push: &message.Subscription{Endpoint: in.Want.Address.Endpoint}}
	}
	return message.Message{
		ID: string(in.Job.NoticeID()), To: to, Title: strings.TrimSpace(fmt.Sprintf("%s %s", in.Job.Kind, in.Job.Stage)),
		Body: fmt.Sprint(in.Ticket.Number),
	}
}

// phones are the addresses of one channel: they keep what came.
type phones struct {
	mu     sync.Mutex
	came   []message.Message
	answer func(message.Message) message.Result // nil: sent
	hang   chan struct{}                        // closed: nothing hangs any more
}

func newPhones() *phones { return &phones{hang: make(chan struct{})} }

func (p *phones) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.hang:
	default:
		close(p.hang)
	}
}

// Send takes a message.
func (p *phones) Send(ctx context.Context, m message.Message) message.Result {
	p.mu.Lock()
	p.came = append(p.came, m)
	answer := p.answer
	p.mu.Unlock()
	if answer != nil {
		return answer(m)
	}
	return message.Result{Outcome: message.Sent}
}

// titles returns what came for a number, each as its title.
func (p *phones) titles(number int) (titles []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.came {
		if m.Body == fmt.Sprint(number) {
			titles = append(titles, m.Title)
		}
	}
	return titles
}

// all returns how many messages came.
func (p *phones) all() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.came)
}

// addresses returns to how many addresses messages came.
func (p *phones) addresses() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := map[string]bool{}
	for _, m := range p.came {
		if m.To.Push != nil {
			found[m.To.Push.Endpoint] = true
		}
	}
	return len(found)
}

// to returns how many came for an address.
func (p *phones) to(name string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.came {
		if m.To.Push != nil && strings.HasPrefix(m.To.Push.Endpoint, "https://"+name+".") {
			n++
		}
	}
	return n
}

// await waits until exactly these titles have come for a number.
func (b *bench) await(p *phones, number int, titles ...string) {
	b.Helper()
	queuetest.Eventually(b, fmt.Sprintf("notices %q of %d", titles, number), func() bool {
		return strings.Join(p.titles(number), ",") == strings.Join(titles, ",")
	})
}

// planned waits until a ticket has a job of a kind.
func (b *bench) planned(id queue.TicketID, kind outbox.Kind) {
	b.Helper()
	queuetest.Eventually(b, fmt.Sprintf("a %s", kind), func() bool {
		jobs, err := b.box.JobsOf(b.Context(), id)
		b.fine(err)
		return slices.ContainsFunc(jobs, func(j outbox.Job) bool { return j.Kind == kind })
	})
}

// state waits until a ticket has a job of a kind in a state, and returns it.
func (b *bench) state(id queue.TicketID, kind outbox.Kind, state outbox.State) (found outbox.Job) {
	b.Helper()
	queuetest.Eventually(b, fmt.Sprintf("a %s that is %s", kind, state), func() bool {
		jobs, err := b.box.JobsOf(b.Context(), id)
		b.fine(err)
		for _, j := range jobs {
			if j.Kind == kind && j.State == state {
				found = j
				return true
			}
		}
		return false
	})
	return found
}

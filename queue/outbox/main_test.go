package outbox_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/queuetest"
)

// bench is a clinic with an outbox, at noon, and a clock that the test sets.
type bench struct {
	*testing.T
	line   *queue.Store
	box    *outbox.Store
	clinic clinic.Clinic
	day    clinic.Day
	ref    clinic.Ref
	now    time.Time
	set    func(time.Time)
	voided map[string]int // by kind and reason
}

// everywhere runs a test on a real Redis and on the one in memory that serves the demo.
func everywhere(t *testing.T, test func(*bench)) {
	t.Parallel()
	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		rdb, set := queuetest.Clocked(t)
		test(newBench(t, queuetest.StoreOn(t, rdb), set))
	})
	t.Run("Memory", func(t *testing.T) {
		t.Parallel()
		s, set := queuetest.MemoryStore(t)
		test(newBench(t, s, set))
	})
}

func newBench(t *testing.T, line *queue.Store, set func(time.Time)) *bench {
	t.Helper()
	b := &bench{T: t, line: line, set: set, voided: map[string]int{}, now: time.Now().Truncate(time.Millisecond)}
	b.box = b.open()
	b.set(b.now)
	b.found()
	return b
}

// fresh returns a bench with another clinic on the same Redis.
func (b *bench) fresh() *bench {
	b.Helper()
	other := &bench{T: b.T, line: b.line, set: b.set, voided: map[string]int{}, now: b.now}
	other.box = other.open()
	other.found()
	return other
}

// found opens a clinic at noon.
func (b *bench) found() {
	b.Helper()
	b.clinic = queuetest.FreshClinic()
	b.clinic.Zone = queuetest.Noon()
	b.ref = clinic.Ref{Clinic: b.clinic.ID, Service: "1"}
	b.put()
	b.day = b.look().Day
}

// put writes the clinic's record, as the test has changed it.
func (b *bench) put() {
	b.Helper()
	b.fine(b.line.PutClinic(b.Context(), b.clinic, queue.Act{}))
}

// open returns another node's outbox.
func (b *bench) open() *outbox.Store {
	return outbox.New(b.line.Redis(), b.line, outbox.Options{Secret: []byte("secret"), Voided: func(k outbox.Kind, why string) {
		b.voided[string(k)+" "+why]++
	}})
}

func (b *bench) look() *queue.Snapshot {
	b.Helper()
	snap, err := b.line.Snapshot(b.Context(), b.clinic.ID)
	b.fine(err)
	return snap
}

func (b *bench) fine(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// pass moves the clock, which the line then knows.
func (b *bench) pass(d time.Duration) {
	b.Helper()
	b.now = b.now.Add(d)
	b.set(b.now)
	b.look()
}

func (b *bench) issue() queue.Ticket {
	b.Helper()
	issued, err := b.line.Issue(b.Context(), b.ref, queue.Request{Channel: "web", Party: 1}, queue.Act{})
	b.fine(err)
	return issued.Ticket
}

func (b *bench) call(id queue.TicketID) queue.Ticket {
	b.Helper()
	t, err := b.line.Call(b.Context(), id, "1", queue.Act{})
	b.fine(err)
	return t
}

func (b *bench) do(id queue.TicketID, kind queue.ActKind) queue.Ticket {
	b.Helper()
	t, err := b.line.Do(b.Context(), id, kind, queue.Act{})
	b.fine(err)
	return t
}

func mail(name string) outbox.Want {
	return outbox.Want{Channel: outbox.Mail, Address: outbox.Address{Mail: name + "@junban.example"}, Language: "ja", Travel: 20}
}

func push(name string) outbox.Want {
	return outbox.Want{Channel: outbox.Push, Address: outbox.Address{Endpoint: "https://push.example/" + name, P256DH: "k", Auth: "a"}, Language: "ja"}
}

func (b *bench) want(id queue.TicketID, wants ...outbox.Want) {
	b.Helper()
	b.fine(b.box.PutWants(b.Context(), b.clinic, id, wants))
}

// job is a job of a kind for a want of a ticket as it is now, due at once.
func (b *bench) job(kind outbox.Kind, id queue.TicketID, w outbox.Want) outbox.Job {
	b.Helper()
	j := outbox.Job{Clinic: b.clinic.ID, Box: string(id.Day()), Kind: kind, Ticket: id, Channel: w.Channel, Want: b.box.Hash(w.Address),
		Due: b.now.UnixMilli(), Until: b.now.Add(10 * time.Minute).UnixMilli()}
	t, err := b.line.Ticket(b.Context(), id)
	b.fine(err)
	j.Leg = t.Leg
	if kind == outbox.Call || kind == outbox.Missed {
		j.Attempt, j.Start = t.Attempt, t.Called.UnixMilli()
	}
	if kind == outbox.Call {
		j.Until = t.Called.Add(2 * time.Minute).UnixMilli()
	}
	if !t.SlotFrom.IsZero() && kind == outbox.Reminder {
		j.Start = t.SlotFrom.UnixMilli()
	}
	j.ID = b.box.JobID(j, w.Address)
	return j
}

// plan plans jobs of one box, and returns how many were inserted.
func (b *bench) plan(jobs ...outbox.Job) int {
	b.Helper()
	n, err := b.box.Plan(b.Context(), b.clinic.ID, jobs[0].Box, outbox.Plan{Jobs: jobs})
	b.fine(err)
	return n
}

const leaseTime = 15 * time.Second

func lease(outbox.Channel) time.Duration { return leaseTime }

func (b *bench) take(n int) []outbox.Claimed {
	b.Helper()
	claimed, err := b.box.Take(b.Context(), b.clinic, n, lease, false)
	b.fine(err)
	return claimed
}

// one claims a job, which must be the only one that is due.
func (b *bench) one() outbox.Claimed {
	b.Helper()
	claimed := b.take(10)
	if len(claimed) != 1 {
		b.Fatalf("%d jobs were claimed, want one: %+v", len(claimed), claimed)
	}
	return claimed[0]
}

func (b *bench) none() {
	b.Helper()
	if claimed := b.take(10); len(claimed) != 0 {
		b.Fatalf("claimed %+v, want none", claimed)
	}
}

func (b *bench) tell(c outbox.Claimed, state outbox.State) {
	b.Helper()
	b.fine(b.box.Tell(b.Context(), b.clinic, outbox.Told{Job: c.Job, Fence: c.Job.Fence, State: state, RetryAt: b.now.Add(time.Second)}))
}

// stands holds a job to its state and its reason.
func (b *bench) stands(j outbox.Job, state outbox.State, why string) outbox.Job {
	b.Helper()
	found, _, err := b.box.Notice(b.Context(), j.NoticeID())
	b.fine(err)
	if found.Job.State != state || found.Job.Why != why {
		b.Fatalf("job %s of %s is %q, why %q; want %q, %q", j.Kind, j.Channel, found.Job.State, found.Job.Why, state, why)
	}
	return found.Job
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// planCheck sets when the bench's day is to be looked at.
func (b *bench) planCheck(at time.Time) error {
	_, err := b.box.Plan(b.Context(), b.clinic.ID, string(b.day), outbox.Plan{Check: at})
	return err
}

func contains(all []string, text string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, text) })
}

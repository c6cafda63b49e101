package outbox_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"junban/queue/outbox"
	"junban/queue/queuetest"
)

// TestTake_TwoSendersNeverClaimTheSame lets senders of two nodes claim at once.
func TestTake_TwoSendersNeverClaimTheSame(t *testing.T) {
	t.Parallel()
	b := newBench(t, queuetest.Store(t), func(time.Time) {})
	const jobs = 200 // of one ticket, the most
	ticket := b.issue()
	b.want(ticket.ID, mail("a"))
	var planned []outbox.Job
	for n := range jobs {
		j := b.job(outbox.Confirm, ticket.ID, mail("a"))
		j.Stage, j.Due = fmt.Sprint(n), 0
		j.ID = b.box.JobID(j, mail("a").Address)
		planned = append(planned, j)
	}
	if n := b.plan(planned...); n != jobs {
		t.Fatalf("planned %d", n)
	}
	var mu sync.Mutex
	claims := map[string]int{}
	var senders sync.WaitGroup
	for range 4 {
		box := b.open()
		senders.Go(func() {
			for {
				claimed, err := box.Take(t.Context(), b.clinic, 7, func(outbox.Channel) time.Duration { return time.Hour }, false)
				if err != nil {
					t.Error(err)
				}
				if len(claimed) == 0 {
					return
				}
				mu.Lock()
				for _, c := range claimed {
					claims[c.Job.ID]++
				}
				mu.Unlock()
			}
		})
	}
	senders.Wait()
	if len(claims) != jobs {
		t.Errorf("%d jobs were claimed, want %d", len(claims), jobs)
	}
	for id, n := range claims {
		if n != 1 {
			t.Errorf("job %s was claimed %d times", id, n)
		}
	}
}

func TestTell_RefusesAnOldClaim(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, push("a"))
		j := b.job(outbox.Approach, ticket.ID, push("a"))
		b.plan(j)
		first := b.one()
		b.pass(leaseTime - time.Millisecond)
		b.none()
		b.pass(time.Millisecond)
		second := b.one()
		if second.Job.ID != j.ID || second.Job.Fence != first.Job.Fence+1 || second.Job.Tries != 1 || second.Job.Crashes != 1 {
			b.Fatalf("the second claim is %+v", second.Job)
		}
		told := outbox.Told{Job: first.Job, Fence: first.Job.Fence, State: outbox.Sent}
		if err := b.box.Tell(b.Context(), b.clinic, told); !errors.Is(err, outbox.ErrFence) {
			b.Errorf("the old claim: %v", err)
		}
		b.stands(j, outbox.Sending, "")
		b.tell(second, outbox.Sent)
		b.tell(second, outbox.Sent) // a repeat of the client library
		told = outbox.Told{Job: second.Job, Fence: second.Job.Fence, State: outbox.Dead}
		if err := b.box.Tell(b.Context(), b.clinic, told); !errors.Is(err, outbox.ErrFence) {
			b.Errorf("another result of the same claim: %v", err)
		}
		if sent := b.stands(j, outbox.Sent, ""); sent.Sent != b.now.UnixMilli() {
			b.Errorf("sent at %d, want %d", sent.Sent, b.now.UnixMilli())
		}
		b.pass(time.Minute)
		b.none()
	})
}

func TestTell_RetriesUntilTheJobIsOver(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		j := b.job(outbox.Approach, ticket.ID, mail("a"))
		b.plan(j)
		for n := 1; n <= 3; n++ {
			c := b.one()
			if c.Job.Tries != n || c.Job.Crashes != 0 {
				b.Errorf("claim %d: %+v", n, c.Job)
			}
			b.fine(b.box.Tell(b.Context(), b.clinic, outbox.Told{Job: c.Job, Fence: c.Job.Fence, State: outbox.Due, RetryAt: b.now.Add(30 * time.Second), Why: "451"}))
			b.stands(j, outbox.Due, "451")
			b.pass(30*time.Second - time.Millisecond)
			b.none()
			b.pass(time.Millisecond)
		}
		c := b.one()
		b.fine(b.box.Tell(b.Context(), b.clinic, outbox.Told{Job: c.Job, Fence: c.Job.Fence, State: outbox.Due, RetryAt: b.now.Add(time.Hour)}))
		b.pass(10 * time.Minute)
		b.none()
		b.stands(j, outbox.Void, outbox.WhyLate)
	})
}

func TestTake_CrashesAreNoTriesAndHaveAnEnd(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, push("a"))
		j := b.job(outbox.Approach, ticket.ID, push("a"))
		b.plan(j)
		for n := range 5 {
			if c := b.one(); c.Job.Crashes != n || c.Job.Tries != 1 {
				b.Errorf("claim %d: %+v", n, c.Job)
			}
			b.pass(leaseTime)
		}
		b.none()
		b.stands(j, outbox.Dead, outbox.WhyCrashed)
	})
}

// TestTake_RepeatsAMailOnlyWhereItIsHarmless: a sender that disappeared may have sent it.
func TestTake_RepeatsAMailOnlyWhereItIsHarmless(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		approach, confirm := b.job(outbox.Approach, ticket.ID, mail("a")), b.job(outbox.Confirm, ticket.ID, mail("a"))
		b.plan(approach, confirm)
		if n := len(b.take(2)); n != 2 {
			b.Fatalf("claimed %d", n)
		}
		b.pass(leaseTime)
		if c := b.one(); c.Job.Kind != outbox.Confirm {
			b.Errorf("claimed %+v", c.Job)
		}
		b.stands(approach, outbox.Uncertain, outbox.WhyCrashed)
		b.pass(leaseTime)
		b.none()
		b.stands(confirm, outbox.Uncertain, outbox.WhyCrashed)
	})
}

// TestTake_WhatMayHaveLeftIsNotVoid: its reason went while it was being sent.
func TestTake_WhatMayHaveLeftIsNotVoid(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, push("a"))
		j := b.job(outbox.Approach, ticket.ID, push("a"))
		b.plan(j)
		b.one()
		b.do(ticket.ID, "cancel")
		b.pass(leaseTime)
		b.none()
		b.stands(j, outbox.Uncertain, outbox.WhyCrashed)
	})
}

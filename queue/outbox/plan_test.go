package outbox_test

import (
	"errors"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

func TestPlan_MakesAJobOnceAndMovesTheCursor(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		j := b.job(outbox.Confirm, ticket.ID, mail("a"))
		plan := func(from, to string) (int, error) {
			return b.open().Plan(b.Context(), b.clinic.ID, string(b.day), outbox.Plan{From: from, To: to, Jobs: []outbox.Job{j}})
		}
		if n, err := plan("", "1-0"); n != 1 || err != nil {
			b.Errorf("planned %d, error %v", n, err)
		}
		if _, err := plan("", "2-0"); !errors.Is(err, outbox.ErrMoved) {
			b.Errorf("from an old cursor: %v", err)
		}
		if n, err := plan("1-0", "2-0"); n != 0 || err != nil {
			b.Errorf("the same job again: %d, error %v", n, err)
		}
		if n, err := plan("", ""); n != 0 || err != nil { // of a snapshot
			b.Errorf("the same job again: %d, error %v", n, err)
		}
		if at, err := b.box.Cursor(b.Context(), b.clinic.ID, b.day); at != "2-0" || err != nil {
			b.Errorf("the cursor is %q, error %v", at, err)
		}
		if at, err := b.box.Cursor(b.Context(), b.clinic.ID, b.day.Add(1)); at != "" || err != nil {
			b.Errorf("the cursor of tomorrow is %q, error %v", at, err)
		}
		b.tell(b.one(), outbox.Sent)
		b.none()
		if n, err := plan("2-0", "3-0"); n != 0 || err != nil {
			b.Errorf("the same job again: %d, error %v", n, err)
		}
		b.none()
	})
}

// TestPlan_AnEntryMakesAVoidJobDueAgain: a cancellation was taken back, and done again.
func TestPlan_AnEntryMakesAVoidJobDueAgain(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		j := b.job(outbox.Changed, ticket.ID, mail("a"))
		j.Stage, j.Reason = "cancelled", "1-0"
		b.plan(j)
		b.fine(b.box.Void(b.Context(), b.clinic.ID, j.Box, []string{j.ID, "unknown"}, "undone"))
		b.stands(j, outbox.Void, "undone")
		if n := b.plan(j); n != 0 {
			b.Errorf("the same entry made %d jobs again", n)
		}
		j.Reason = "2-0"
		if n := b.plan(j); n != 1 {
			b.Errorf("another entry made %d jobs", n)
		}
		b.do(ticket.ID, "cancel")
		b.tell(b.one(), outbox.Sent)
		j.Reason = "3-0"
		if n := b.plan(j); n != 0 {
			b.Errorf("what was sent was planned again: %d", n)
		}
		if jobs, err := b.box.JobsOf(b.Context(), ticket.ID); err != nil || len(jobs) != 1 {
			b.Errorf("the ticket has the jobs %v, error %v", jobs, err)
		}
	})
}

func TestDue_IsTheNextOfJobsAndLooks(t *testing.T) {
	everywhere(t, func(b *bench) {
		due := func() time.Time {
			b.Helper()
			all, err := b.box.Due(b.Context(), []clinic.ID{b.clinic.ID, "0000"})
			b.fine(err)
			if _, ok := all["0000"]; ok {
				b.Error("a clinic without jobs is due")
			}
			return all[b.clinic.ID]
		}
		if at := due(); !at.IsZero() {
			b.Errorf("due at %v", at)
		}
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		if at := due(); !at.Equal(b.now) {
			b.Errorf("due at %v, want now", at)
		}
		j := b.job(outbox.Confirm, ticket.ID, mail("a"))
		j.Due += 10_000
		if _, err := b.box.Plan(b.Context(), b.clinic.ID, string(b.day), outbox.Plan{Jobs: []outbox.Job{j}, Check: b.now.Add(time.Minute)}); err != nil {
			b.Fatal(err)
		}
		if at := due(); !at.Equal(b.now.Add(10 * time.Second)) {
			b.Errorf("due at %v", at)
		}
		b.pass(10 * time.Second)
		b.one()
		if at := due(); !at.Equal(b.now.Add(leaseTime)) {
			b.Errorf("due at %v, want the end of the lease", at)
		}
		if _, err := b.box.Plan(b.Context(), b.clinic.ID, string(b.day), outbox.Plan{Over: true}); err != nil {
			b.Fatal(err)
		}
		if days, err := b.box.Checks(b.Context(), b.clinic.ID, b.now.Add(time.Hour)); err != nil || len(days) != 0 {
			b.Errorf("to be looked at: %v, error %v", days, err)
		}
	})
}

func TestTell_RemovesAnAddressThatIsGone(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, push("a"), mail("a"))
		first, second := b.job(outbox.Approach, ticket.ID, push("a")), b.job(outbox.Confirm, ticket.ID, push("a"))
		second.Due += 60_000
		b.plan(first, second)
		c := b.one()
		b.fine(b.box.Tell(b.Context(), b.clinic, outbox.Told{Job: c.Job, Fence: c.Job.Fence, State: outbox.Dead, Why: "410", Remove: true}))
		b.stands(first, outbox.Dead, "410")
		b.stands(second, outbox.Void, outbox.WhyGone)
		if wants := b.wants(ticket.ID); len(wants) != 1 || wants[0].Channel != outbox.Mail || wants[0].Address != mail("a").Address || !wants[0].At.Equal(mail("a").At) {
			b.Errorf("wants: %+v", wants)
		}
	})
}

// TestPlan_AfterALossTheSameJobsAreMade: Redis forgets its last writes, and a node that does
// not know plans again.
func TestPlan_AfterALossTheSameJobsAreMade(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, push("a"))
		j := b.job(outbox.Approach, ticket.ID, push("a"))
		b.plan(j)
		b.tell(b.one(), outbox.Sent)
		rdb := b.line.Redis()
		for _, what := range []string{"jobs", "jobs-of", "planned"} {
			b.fine(rdb.Del(b.Context(), queue.DayKey(b.clinic.ID, b.day, what)).Err())
		}
		b.none()
		again := b.job(outbox.Approach, ticket.ID, push("a"))
		if b.plan(again) != 1 || again.ID != j.ID {
			b.Errorf("planned %s, before it was %s", again.ID, j.ID)
		}
		b.one() // the provider, and the device, replace the first by the second
	})
}

// TestTake_WhatCannotBeReadStopsNobody: somebody has written nonsense.
func TestTake_WhatCannotBeReadStopsNobody(t *testing.T) {
	everywhere(t, func(b *bench) {
		rdb, key := b.line.Redis(), queue.DayKey(b.clinic.ID, b.day, "jobs")
		var jobs []outbox.Job
		for _, nonsense := range []string{"{", "5", "[]", `{"kind":"fax","state":"due"}`, "wants", "ticket", "none", ""} {
			ticket := b.issue()
			b.want(ticket.ID, mail("a"))
			j := b.job(outbox.Confirm, ticket.ID, mail("a"))
			b.plan(j)
			switch nonsense {
			case "":
				jobs = append(jobs, j)
			case "wants":
				b.fine(rdb.HSet(b.Context(), queue.DayKey(b.clinic.ID, b.day, "wants"), string(ticket.ID), "[{").Err())
			case "ticket":
				b.fine(rdb.HDel(b.Context(), queue.DayKey(b.clinic.ID, b.day, "tickets"), string(ticket.ID)).Err())
			case "none":
				b.fine(rdb.HDel(b.Context(), key, j.ID).Err())
			default:
				b.fine(rdb.HSet(b.Context(), key, j.ID, nonsense).Err())
			}
		}
		if c := b.one(); c.Job.ID != jobs[0].ID {
			b.Errorf("claimed %+v", c.Job)
		}
		if due, err := rdb.ZCard(b.Context(), "junban:{"+string(b.clinic.ID)+"}:due").Result(); err != nil || due != 1 {
			b.Errorf("%d are still due, error %v", due, err)
		}
	})
}

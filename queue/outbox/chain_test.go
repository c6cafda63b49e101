package outbox_test

import (
	"testing"
	"time"

	"junban/queue"
	"junban/queue/outbox"
)

// chained plans an approach by push, and one by mail that goes only if that fails.
func (b *bench) chained() (first, second outbox.Job) {
	b.Helper()
	ticket := b.issue()
	b.want(ticket.ID, push("a"), mail("a"))
	first, second = b.job(outbox.Approach, ticket.ID, push("a")), b.job(outbox.Approach, ticket.ID, mail("a"))
	second.After = first.ID
	b.plan(first, second)
	return first, second
}

func TestTake_TheNextChannelWaitsForTheOneBefore(t *testing.T) {
	everywhere(t, func(b *bench) {
		_, second := b.chained()
		c := b.one() // the push
		b.none()
		b.pass(5 * time.Second) // the mail is looked at again
		b.none()
		b.tell(c, outbox.Dead)
		b.pass(5 * time.Second)
		if c := b.one(); c.Job.ID != second.ID {
			b.Errorf("claimed %+v", c.Job)
		}
	})
}

func TestTake_TheNextChannelGoesWhereAPushIsNotShown(t *testing.T) {
	everywhere(t, func(b *bench) {
		_, second := b.chained()
		b.tell(b.one(), outbox.Sent)
		b.none()
		b.pass(20*time.Second - time.Millisecond)
		b.none()
		b.pass(time.Millisecond)
		if c := b.one(); c.Job.ID != second.ID {
			b.Errorf("claimed %+v", c.Job)
		}

		b = b.fresh()
		first, second := b.chained()
		b.tell(b.one(), outbox.Sent)
		b.none()
		b.fine(b.box.Shown(b.Context(), first.NoticeID()))
		b.pass(20 * time.Second)
		b.none()
		b.stands(second, outbox.Void, outbox.WhyReached)

		b = b.fresh()
		first, second = b.chained()
		b.one()
		b.fine(b.box.Shown(b.Context(), first.NoticeID())) // before the sender's result, which never comes
		b.pass(leaseTime)
		b.none()
		b.stands(first, outbox.Shown, "")
		b.stands(second, outbox.Void, outbox.WhyReached)
	})
}

func TestTake_TheNextChannelGoesWhereTheOneBeforeFails(t *testing.T) {
	everywhere(t, func(b *bench) {
		for name, told := range map[string]outbox.Told{
			"refused for now":    {State: outbox.Due, Why: "503"},
			"its provider rests": {State: outbox.Due, Why: outbox.WhyRests, Untried: true},
		} {
			b = b.fresh()
			first, second := b.chained()
			c := b.one() // the push
			b.none()
			told.Job, told.Fence, told.RetryAt = c.Job, c.Job.Fence, b.now.Add(time.Minute)
			b.fine(b.box.Tell(b.Context(), b.clinic, told))
			b.pass(5 * time.Second)
			c = b.one()
			if c.Job.ID != second.ID {
				b.Fatalf("%s: claimed %+v", name, c.Job)
			}
			if j := b.stands(first, outbox.Void, outbox.WhySuperseded); j.By != second.ID {
				b.Errorf("%s: it gave way to %q", name, j.By)
			}
			b.pass(time.Minute)
			b.tell(c, outbox.Sent)
			b.none()
			b.stands(first, outbox.Void, outbox.WhySuperseded)
		}
	})
}

func TestTake_TheNextChannelGoesWhereTheOneBeforeHasNoPlace(t *testing.T) {
	everywhere(t, func(b *bench) {
		first, second := b.chained()
		take := func() []outbox.Claimed {
			b.Helper()
			claimed, err := b.box.Take(b.Context(), b.clinic, 10, func(ch outbox.Channel) time.Duration {
				if ch == outbox.Push {
					return 0
				}
				return leaseTime
			}, false)
			b.fine(err)
			return claimed
		}
		for range 4 {
			if claimed := take(); len(claimed) != 0 {
				b.Fatalf("claimed %+v", claimed)
			}
			b.pass(5 * time.Second)
		}
		if claimed := take(); len(claimed) != 1 || claimed[0].Job.ID != second.ID {
			b.Errorf("claimed %+v", claimed)
		}
		b.stands(first, outbox.Void, outbox.WhySuperseded)
	})
}

func TestTell_WhatGaveWayIsDueAgainIfTheOtherIsNotSent(t *testing.T) {
	everywhere(t, func(b *bench) {
		for _, state := range []outbox.State{outbox.Due, outbox.Dead} {
			b = b.fresh()
			first, second := b.chained()
			c := b.one()
			b.fine(b.box.Tell(b.Context(), b.clinic, outbox.Told{Job: c.Job, Fence: c.Job.Fence, State: outbox.Due, RetryAt: b.now.Add(time.Minute)}))
			b.pass(5 * time.Second)
			c = b.one()
			if c.Job.ID != second.ID {
				b.Fatalf("claimed %+v", c.Job)
			}
			b.stands(first, outbox.Void, outbox.WhySuperseded)
			b.tell(c, state)
			c = b.one()
			if c.Job.ID != first.ID {
				b.Fatalf("claimed %+v", c.Job)
			}
			b.pass(5 * time.Second)
			b.none() // the mail waits again
			b.tell(c, outbox.Sent)
		}
	})
}

func TestTake_EveryChannelBeforeCounts(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, push("a"), push("b"), mail("a"))
		first, second, third := b.job(outbox.Approach, ticket.ID, push("a")), b.job(outbox.Approach, ticket.ID, push("b")), b.job(outbox.Approach, ticket.ID, mail("a"))
		second.After, third.After = first.ID, second.ID
		b.plan(first, second, third)
		b.tell(b.one(), outbox.Sent)
		b.pass(20 * time.Second)
		c := b.one()
		if c.Job.ID != second.ID {
			b.Fatalf("claimed %+v", c.Job)
		}
		b.fine(b.box.Shown(b.Context(), first.NoticeID()))
		b.tell(c, outbox.Dead)
		b.pass(20 * time.Second)
		b.none()
		b.stands(third, outbox.Void, outbox.WhyReached)
	})
}

func TestTake_TheNextChannelGoesWhereTheOneBeforeIsVoid(t *testing.T) {
	everywhere(t, func(b *bench) {
		first, second := b.chained()
		b.want(first.Ticket, mail("a")) // the push is not wanted any more
		b.stands(first, outbox.Void, outbox.WhyUnwanted)
		if c := b.one(); c.Job.ID != second.ID {
			b.Errorf("claimed %+v", c.Job)
		}
	})
}

func TestTake_AnotherChannelThatHasSentIsEnough(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, mail("a"), push("a"), mail("b"))
		first, second, third := b.job(outbox.Approach, ticket.ID, mail("a")), b.job(outbox.Approach, ticket.ID, push("a")), b.job(outbox.Approach, ticket.ID, mail("b"))
		second.After, third.After = first.ID, second.ID
		b.plan(first, second, third)
		b.tell(b.one(), outbox.Sent)
		b.pass(5 * time.Second)
		b.none()
		b.pass(5 * time.Second)
		b.none()
		b.stands(second, outbox.Void, outbox.WhyReached)
		b.stands(third, outbox.Void, outbox.WhyReached)
	})
}

func TestTake_VoidsWhatAHigherRankHasOvertaken(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		approach, delay := b.job(outbox.Approach, ticket.ID, mail("a")), b.job(outbox.Delay, ticket.ID, mail("a"))
		delay.Unless = []string{approach.ID}
		approach.Due += 1
		b.plan(approach, delay)
		b.pass(time.Millisecond)
		claimed := b.take(1)
		b.tell(claimed[0], outbox.Sent)
		b.none()
		b.stands(delay, outbox.Void, outbox.WhySuperseded)
	})
}

func TestShown_IsRecordedOnce(t *testing.T) {
	everywhere(t, func(b *bench) {
		first, _ := b.chained()
		if err := b.box.Shown(b.Context(), first.NoticeID()); err != outbox.ErrNoNotice {
			b.Errorf("shown before it was sent: %v", err)
		}
		b.tell(b.one(), outbox.Sent)
		b.pass(time.Second)
		at := b.now
		b.fine(b.box.Shown(b.Context(), first.NoticeID()))
		b.pass(time.Second)
		b.fine(b.box.Shown(b.Context(), first.NoticeID()))
		if j := b.stands(first, outbox.Shown, ""); j.Shown != at.UnixMilli() || j.Sent != at.Add(-time.Second).UnixMilli() {
			b.Errorf("sent at %d, shown at %d", j.Sent, j.Shown)
		}
		if err := b.box.Shown(b.Context(), "0000-261201-aaaaaaaaaaaaaaaaaaaa"); err != outbox.ErrNoNotice {
			b.Errorf("an unknown notice: %v", err)
		}
	})
}

func TestTell_KeepsTheNewestNoticeForTheDesk(t *testing.T) {
	everywhere(t, func(b *bench) {
		published := b.line.Redis().Subscribe(b.Context(), queue.PokeChannel)
		b.Cleanup(func() { published.Close() })
		if _, err := published.Receive(b.Context()); err != nil {
			b.Fatal(err)
		}
		told := func(id queue.TicketID) string {
			b.Helper()
			all, err := b.box.Told(b.Context(), b.clinic.ID, b.day)
			b.fine(err)
			return all[id]
		}
		first, _ := b.chained()
		at := func() string { return itoa(b.now.UnixMilli()) }
		b.tell(b.one(), outbox.Sent)
		if want := at() + " approach push sent"; told(first.Ticket) != want {
			b.Errorf("the desk has %q, want %q", told(first.Ticket), want)
		}
		if mark := b.look().Told[first.Ticket]; mark.Kind != "approach" || mark.Channel != "push" || mark.State != "sent" || !mark.At.Equal(b.now) {
			b.Errorf("the snapshot has %+v", mark)
		}
		want := string(b.clinic.ID) + " told " + string(b.day) + " " + string(first.Ticket) + " " + told(first.Ticket)
		for {
			m, err := published.ReceiveMessage(b.Context())
			b.fine(err)
			if m.Payload == want {
				break
			}
		}
		b.pass(20 * time.Second)
		b.tell(b.one(), outbox.Dead) // a failure hides nothing that was sent
		if want := itoa(b.now.Add(-20*time.Second).UnixMilli()) + " approach push sent"; told(first.Ticket) != want {
			b.Errorf("the desk has %q, want %q", told(first.Ticket), want)
		}
		b.fine(b.box.Shown(b.Context(), first.NoticeID()))
		if want := at() + " approach push shown"; told(first.Ticket) != want {
			b.Errorf("the desk has %q, want %q", told(first.Ticket), want)
		}
	})
}

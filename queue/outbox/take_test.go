package outbox_test

import (
	"testing"
	"time"

	"junban/queue"
	"junban/queue/outbox"
)

func TestTake_ClaimsTheHighestRankFirst(t *testing.T) {
	everywhere(t, func(b *bench) {
		first, second, third := b.issue(), b.issue(), b.issue()
		for _, ticket := range []queue.Ticket{first, second, third} {
			b.want(ticket.ID, mail("a"))
			b.plan(b.job(outbox.Confirm, ticket.ID, mail("a")))
		}
		b.plan(b.job(outbox.Approach, third.ID, mail("a")))
		b.call(first.ID)
		b.plan(b.job(outbox.Call, first.ID, mail("a")))
		claimed := b.take(10)
		var kinds []outbox.Kind
		for _, c := range claimed {
			kinds = append(kinds, c.Job.Kind)
		}
		if len(kinds) != 4 || kinds[0] != outbox.Call || kinds[1] != outbox.Approach || kinds[2] != outbox.Confirm {
			b.Fatalf("claimed %v", kinds)
		}
		c := claimed[1]
		if c.Job.Ahead != 1 || c.Ticket.ID != third.ID || c.Want.Address != mail("a").Address || c.Job.Tries != 1 || c.Job.Fence != 1 || c.Job.State != outbox.Sending {
			b.Errorf("claimed %+v", c)
		}
		if want := b.now.Add(leaseTime); !c.Lease.Equal(want) {
			b.Errorf("the lease ends at %v, want %v", c.Lease, want)
		}
		if b.voided["confirm state"] != 1 { // of the first, which is called
			b.Errorf("voided: %v", b.voided)
		}
	})
}

func TestTake_VoidsAfterUntil(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		b.call(ticket.ID)
		j := b.job(outbox.Call, ticket.ID, mail("a"))
		b.plan(j)
		b.pass(2*time.Minute - time.Millisecond)
		other := b.issue()
		b.want(other.ID, mail("b"))
		c := b.one()
		b.tell(c, outbox.Due)
		b.pass(time.Second)
		b.none()
		b.stands(j, outbox.Void, outbox.WhyLate)
	})
}

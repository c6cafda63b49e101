package outbox_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"junban/queue/outbox"
)

func TestPutWants_KeepsTheTimeOfWhatIsReplaced(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		at := func(w outbox.Want, minutes int) outbox.Want {
			w.At = b.now.Add(time.Duration(minutes) * time.Minute).UTC()
			return w
		}
		stand := func(minutes ...int) {
			b.Helper()
			for i, w := range b.wants(ticket.ID) {
				if want := at(w, minutes[i]).At; !w.At.Equal(want) {
					b.Errorf("want %d is of %s, want %s", i, w.At, want)
				}
			}
		}
		b.want(ticket.ID, at(push("a"), 1), at(mail("a"), 1))
		stand(1, 1)
		b.want(ticket.ID, at(mail("a"), 2), at(push("b"), 2), at(push("c"), 2))
		stand(1, 1, 2) // the same, in the place of a, and one more
		b.want(ticket.ID, at(push("c"), 3))
		stand(2)
		b.want(ticket.ID)
		b.want(ticket.ID, at(push("c"), 4))
		stand(4)
	})
}

func TestPutWants_BoundsTheAddressesOfATicket(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket, other := b.issue(), b.issue()
		list := func(n int) (wants []outbox.Want) {
			for i := range 8 {
				wants = append(wants, push(fmt.Sprint(n, "-", i)))
			}
			return wants
		}
		for n := range 5 {
			b.want(ticket.ID, list(n)...)
		}
		if err := b.box.PutWants(b.Context(), b.clinic, ticket.ID, append(list(0)[:7], mail("a"))); !errors.Is(err, outbox.ErrWantsOften) {
			b.Errorf("the 41st address: %v", err)
		}
		if wants := b.wants(ticket.ID); len(wants) != 8 || wants[0].Address != list(4)[0].Address {
			b.Errorf("after the refusal the wants are %+v", wants)
		}
		b.want(ticket.ID, list(0)...)
		b.want(ticket.ID)
		b.want(ticket.ID, list(1)...)
		b.want(other.ID, mail("a"))
	})
}

func TestPlan_BoundsTheJobsOfATicket(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket, other := b.issue(), b.issue()
		b.want(ticket.ID, push("a"))
		many := func(kind outbox.Kind, n int) (jobs []outbox.Job) {
			for i := range n {
				j := b.job(kind, ticket.ID, push("a"))
				j.Attempt = i + 1
				j.ID = b.box.JobID(j, push("a").Address)
				jobs = append(jobs, j)
			}
			return jobs
		}
		jobs := many(outbox.Approach, 205)
		if n := b.plan(jobs...); n != 200 {
			b.Errorf("planned %d", n)
		}
		if n := b.plan(many(outbox.Call, 50)...); n != 40 {
			b.Errorf("planned %d calls more", n)
		}
		if n := b.plan(b.job(outbox.Approach, other.ID, push("a"))); n != 1 {
			b.Errorf("planned %d of another ticket", n)
		}
		if err := b.box.PutWants(b.Context(), b.clinic, ticket.ID, []outbox.Want{mail("b")}); !errors.Is(err, outbox.ErrWantsOften) {
			b.Errorf("a new address: %v", err)
		}
		b.want(ticket.ID, push("a"))
	})
}

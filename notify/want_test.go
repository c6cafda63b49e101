package notify_test

import (
	"fmt"
	"testing"
	"time"

	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/queuetest"
)

func hideMinutes(c *clinic.Clinic) { c.Services[0].Hide = []string{"waitMinutes"} }

func TestNotifier_ACallReachesAWantThatIsPutAfterIt(t *testing.T) {
	t.Parallel()
	b := clocked(t)
	b.run()
	one := b.issue()
	b.call(one.ID)
	b.pass(30 * time.Second)
	b.want(one.ID, pushTo("one"))
	b.await(b.push, one.Number, "call")
}

// TestNotifier_ARenewedAddressGetsTheCallOnce has a page renew its subscription while the
// call settles, and again after the call was sent.
func TestNotifier_ARenewedAddressGetsTheCallOnce(t *testing.T) {
	t.Parallel()
	b := clocked(t)
	b.run()
	one := b.issue()
	b.want(one.ID, pushTo("old", outbox.Call))
	b.call(one.ID)
	b.state(one.ID, outbox.Call, outbox.Due)
	b.pass(1200 * time.Millisecond)
	b.want(one.ID, pushTo("new", outbox.Call))
	b.state(one.ID, outbox.Call, outbox.Void)
	b.state(one.ID, outbox.Call, outbox.Due)
	b.pass(3 * time.Second)
	b.state(one.ID, outbox.Call, outbox.Sent)
	b.want(one.ID, pushTo("newest", outbox.Call))
	b.later()
	if old, renewed, newest := b.push.to("old"), b.push.to("new"), b.push.to("newest"); old != 0 || renewed != 1 || newest != 0 {
		b.Errorf("the call went to the old address %d times, to the new %d, to the newest %d", old, renewed, newest)
	}
}

// later waits until a want that is put now is confirmed: what was put before is planned.
func (b *bench) later() {
	b.Helper()
	other := b.issue()
	b.want(other.ID, pushTo("later", outbox.Confirm))
	b.state(other.ID, outbox.Confirm, outbox.Sent)
}

func TestNotifier_AConfirmationKnowsThatItIsTimeToSetOut(t *testing.T) {
	t.Parallel()
	b := clocked(t)
	b.run()
	for range 4 {
		b.issue()
	}
	one := b.issue()
	want := pushTo("one")
	want.Travel, want.Ahead = 60, 1
	b.want(one.ID, want)
	b.state(one.ID, outbox.Confirm, outbox.Sent)
	b.await(b.push, one.Number, "confirm now")
}

func TestNotifier_TheInboxNeedsNoTimeToSettle(t *testing.T) {
	t.Parallel()
	b := clocked(t)
	b.run()
	one := b.issue()
	b.want(one.ID, inboxOf("one", outbox.Call))
	b.call(one.ID)
	b.await(b.push, one.Number, "call")
}

// TestNotifier_BoundsTheConfirmationsOfATicket has a ticket's addresses changed all the
// time.
func TestNotifier_BoundsTheConfirmationsOfATicket(t *testing.T) {
	t.Parallel()
	b := clocked(t, hideMinutes)
	b.run()
	one := b.issue()
	confirmed := func() (n int) {
		jobs, err := b.box.JobsOf(t.Context(), one.ID)
		b.fine(err)
		for _, j := range jobs {
			if j.Kind == outbox.Confirm && j.State == outbox.Sent {
				n++
			}
		}
		return n
	}
	put := func(round int) {
		wants := make([]outbox.Want, outbox.WantsMost)
		for i := range wants {
			wants[i] = pushTo(fmt.Sprintf("w%d-%d", round, i), outbox.Confirm)
		}
		b.want(one.ID, wants...)
	}
	put(1)
	queuetest.Eventually(b, "eight confirmations", func() bool { return confirmed() == outbox.WantsMost })
	put(2)
	b.later()
	if n := confirmed(); n != outbox.WantsMost {
		t.Errorf("there are %d confirmations", n)
	}
	b.pass(11 * time.Minute)
	b.want(one.ID)
	put(3)
	queuetest.Eventually(b, "eight more", func() bool { return confirmed() == 2*outbox.WantsMost })
}

package notify_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"junban/notify/message"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
	"junban/queue/queuetest"
)

func TestNotifier_SendsACallAfterItHasSettled(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.run()
	one := b.issue()
	b.want(one.ID, pushTo("one", outbox.Call))
	b.call(one.ID)
	b.await(b.push, one.Number, "call")
	j := b.state(one.ID, outbox.Call, outbox.Sent)
	if settled := j.Sent - j.Due; settled < 0 {
		t.Errorf("it was sent %d ms before it was due", -settled)
	}
}

func TestNotifier_AnUndoneCallIsNotSent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.run()
	one, two := b.issue(), b.issue()
	b.want(one.ID, pushTo("one", outbox.Call))
	b.want(two.ID, pushTo("two", outbox.Call))
	b.call(one.ID)
	b.state(one.ID, outbox.Call, outbox.Due)
	b.do(one.ID, queue.Undo)
	b.state(one.ID, outbox.Call, outbox.Void)
	b.call(two.ID)
	b.await(b.push, two.Number, "call") // the later call has come, so the former would have
	b.await(b.push, one.Number)
}

func TestNotifier_ACallThatIsDoneAgainAfterAnUndoIsSentOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.run()
	one := b.issue()
	b.want(one.ID, pushTo("one", outbox.Call))
	b.call(one.ID)
	b.do(one.ID, queue.Undo)
	b.call(one.ID)
	b.state(one.ID, outbox.Call, outbox.Sent)
	two := b.issue()
	b.want(two.ID, pushTo("two", outbox.Call))
	b.do(one.ID, queue.Finish)
	b.call(two.ID)
	b.await(b.push, two.Number, "call")
	b.await(b.push, one.Number, "call")
}

func TestNotifier_ConfirmsAWantAndSaysToComeWhenItIsTime(t *testing.T) {
	t.Parallel()
	b := clocked(t, func(c *clinic.Clinic) { c.Services[0].Hide = []string{"waitMinutes"} })
	b.run()
	near := b.issue()
	b.want(near.ID, pushTo("near"))
	b.planned(near.ID, outbox.Confirm)
	b.pass(time.Second)
	b.await(b.push, near.Number, "confirm now")
	for range 6 {
		b.issue()
	}
	far := b.issue()
	b.want(far.ID, pushTo("far"))
	b.planned(far.ID, outbox.Confirm)
	b.pass(time.Second)
	b.await(b.push, far.Number, "confirm")
	b.await(b.push, near.Number, "confirm now") // and no approach
}

func TestNotifier_SendsTheApproachOnce(t *testing.T) {
	t.Parallel()
	b := clocked(t, func(c *clinic.Clinic) { c.Services[0].Hide = []string{"waitMinutes"} })
	b.run()
	before := []queue.Ticket{b.issue(), b.issue(), b.issue(), b.issue()}
	one := b.issue()
	b.want(one.ID, pushTo("one", outbox.Approach))
	b.do(b.call(before[0].ID).ID, queue.Finish)
	j := b.state(one.ID, outbox.Approach, outbox.Due)
	if j.Stage != "go" || j.Ahead != 3 {
		t.Errorf("planned is %+v", j)
	}
	b.pass(11 * time.Second)
	b.await(b.push, one.Number, "approach go")
	b.do(b.call(before[1].ID).ID, queue.Finish)
	b.do(b.call(before[2].ID).ID, queue.Finish)
	b.pass(61 * time.Second)
	b.pass(61 * time.Second)
	b.await(b.push, one.Number, "approach go")
}

func TestNotifier_SendsWhatTheDeskHasCancelledAndNotWhatTheOwnerHas(t *testing.T) {
	t.Parallel()
	b := clocked(t)
	b.run()
	one, two := b.issue(), b.issue()
	b.want(one.ID, pushTo("one", outbox.Changed))
	b.want(two.ID, pushTo("two", outbox.Changed))
	_, err := b.line.Do(t.Context(), two.ID, queue.Cancel, queue.Act{By: clinic.Actor{Kind: "web"}})
	b.fine(err)
	b.do(one.ID, queue.Cancel)
	b.state(one.ID, outbox.Changed, outbox.Due)
	b.pass(11 * time.Second)
	b.await(b.push, one.Number, "changed cancelled")
	b.await(b.push, two.Number)
}

func TestNotifier_TwoNodesSendEachNoticeOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.run()
	b.run()
	for range 5 {
		one := b.issue()
		b.want(one.ID, pushTo("one", outbox.Call, outbox.Confirm))
		b.await(b.push, one.Number, "confirm now")
		b.call(one.ID)
		b.await(b.push, one.Number, "confirm now", "call")
		b.do(one.ID, queue.Finish)
	}
}

func TestNotifier_AnotherNodeGoesOnAfterAStop(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, stop := b.run()
	one, two := b.issue(), b.issue()
	b.want(one.ID, pushTo("one", outbox.Confirm))
	b.await(b.push, one.Number, "confirm now")
	stop()
	b.want(two.ID, pushTo("two", outbox.Call))
	b.call(two.ID)
	b.run()
	b.await(b.push, two.Number, "call")
	b.await(b.push, one.Number, "confirm now")
}

func TestNotifier_SendsNewsToEachFollowerOnce(t *testing.T) {
	t.Parallel()
	b := clocked(t)
	b.run()
	const followers = 150
	for i := range followers {
		f := outbox.Follower{Channel: outbox.Push, Address: pushTo(fmt.Sprint("one", i)).Address, Language: "ja", At: b.line.Now()}
		b.fine(b.box.Follow(t.Context(), b.clinic.ID, f))
	}
	item := outbox.NewsItem{ID: outbox.NewNewsID(), Title: "休診", Body: "明日は休みです", At: b.line.Now(), Due: b.line.Now()}
	b.fine(b.box.PutNews(t.Context(), b.clinic.ID, item))
	queuetest.Eventually(t, "all jobs of the news", func() bool {
		made, err := b.box.NewsByID(t.Context(), b.clinic.ID, item.ID)
		b.fine(err)
		return made.Done && made.Planned == followers
	})
	b.pass(61 * time.Second) // the bucket lets 5 of them through at once, and 5 a second
	one := b.issue()
	b.want(one.ID, pushTo("patient", outbox.Confirm))
	b.planned(one.ID, outbox.Confirm)
	b.pass(time.Second)
	b.await(b.push, one.Number, "confirm now")
	if n := len(b.push.titles(0)); n == followers {
		t.Errorf("the confirmation waited for %d news", n)
	}
	b.fine(b.box.WithdrawNews(t.Context(), b.clinic.ID, item.ID))
}

// TestNotifier_ACallIsNotLostThatWasReadBeforeItsWantWasKnown loses the messages of the
// outbox: the node reads the log first, and the wants at its next look.
func TestNotifier_ACallIsNotLostThatWasReadBeforeItsWantWasKnown(t *testing.T) {
	t.Parallel()
	b := clocked(t)
	one, two := b.issue(), b.issue()
	b.want(one.ID, pushTo("one", outbox.Call))
	b.runWith(deaf{b.box})
	b.call(one.ID)
	b.planned(one.ID, outbox.Call)
	b.pass(time.Second)
	b.want(two.ID, pushTo("two", outbox.Call))
	b.do(one.ID, queue.Finish)
	b.call(two.ID)
	b.pass(61 * time.Second)
	b.await(b.push, two.Number, "call")
}

// TestNotifier_SlowAddressesOfAClinicDelayNoOther has more calls of a clinic hang than
// there are places. A call of another clinic arrives while all of them hang.
func TestNotifier_SlowAddressesOfAClinicDelayNoOther(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.push.answer = func(m message.Message) message.Result {
		if strings.Contains(m.To.Push.Endpoint, "slow") {
			<-b.push.hang
		}
		return message.Result{Outcome: message.Sent}
	}
	b.run()
	other := b.another()
	const slow = 100
	for i := range slow {
		one := b.issue()
		b.want(one.ID, pushTo(fmt.Sprint("slow", i), outbox.Changed))
		b.do(one.ID, queue.Cancel)
	}
	queuetest.Eventually(t, "tries of the slow clinic", func() bool { return b.push.all() > 0 })
	one := other.issue()
	other.want(one.ID, pushTo("quick", outbox.Call))
	other.call(one.ID)
	queuetest.Eventually(t, "the call of the other clinic", func() bool { return b.push.to("quick") == 1 })
	if n := b.push.addresses() - 1; n >= slow {
		t.Errorf("%d slow addresses were tried at once", n)
	}
	b.push.release()
	queuetest.Eventually(t, "all others", func() bool { return b.push.addresses() == slow+1 })
}

// TestNotifier_AnAddressThatIsRefusedThreeTimesIsSuppressed has a push service refuse one
// subscription among others. A success of its own begins the count again.
func TestNotifier_AnAddressThatIsRefusedThreeTimesIsSuppressed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var refuses atomic.Bool
	b.push.answer = func(m message.Message) message.Result {
		if refuses.Load() && strings.HasSuffix(m.To.Push.Endpoint, "bad") {
			return message.Result{Outcome: message.Refused, Answer: "403", Fault: true, Address: true}
		}
		return message.Result{Outcome: message.Sent}
	}
	b.run()
	why := func() string {
		why, err := b.box.Suppressed(t.Context(), b.clinic.ID, outbox.Push, b.box.Hash(at("bad").Address))
		b.fine(err)
		return why
	}
	try := func(refused bool) {
		b.Helper()
		refuses.Store(refused)
		state := outbox.Sent
		if refused {
			state = outbox.Dead
		}
		good, bad := b.issue(), b.issue()
		b.want(good.ID, at("good", outbox.Confirm))
		b.state(good.ID, outbox.Confirm, outbox.Sent)
		b.want(bad.ID, at("bad", outbox.Confirm))
		b.state(bad.ID, outbox.Confirm, state)
		if got := why(); got != "" {
			b.Fatalf("it is suppressed: %s", got)
		}
	}
	try(true)
	try(true)
	try(false)
	try(true)
	try(true)
	refuses.Store(true)
	good, bad := b.issue(), b.issue()
	b.want(good.ID, at("good", outbox.Confirm))
	b.state(good.ID, outbox.Confirm, outbox.Sent)
	b.want(bad.ID, at("bad", outbox.Confirm))
	queuetest.Eventually(t, "the address is suppressed", func() bool { return why() == "refused 403" })
}

// TestNotifier_KeepsAddressesThatAreAllRefused has a push service refuse everything, as
// with wrong keys.
func TestNotifier_KeepsAddressesThatAreAllRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.push.answer = func(message.Message) message.Result {
		return message.Result{Outcome: message.Refused, Answer: "403", Fault: true, Address: true}
	}
	b.run()
	for range 4 {
		one := b.issue()
		b.want(one.ID, at("bad", outbox.Confirm))
		b.state(one.ID, outbox.Confirm, outbox.Dead)
	}
	why, err := b.box.Suppressed(t.Context(), b.clinic.ID, outbox.Push, b.box.Hash(at("bad").Address))
	if b.fine(err); why != "" {
		t.Errorf("it is suppressed: %s", why)
	}
}

func TestNotifier_AMailAddressThatIsRefusedThreeTimesIsSuppressed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.mail.answer = func(message.Message) message.Result {
		return message.Result{Outcome: message.Refused, Answer: "550 5.7.1 refused", Address: true}
	}
	b.run()
	for n := 1; n <= 3; n++ {
		one := b.issue()
		b.want(one.ID, mailTo("bad", outbox.Confirm))
		b.state(one.ID, outbox.Confirm, outbox.Dead)
		queuetest.Eventually(t, "its count", func() bool {
			why, err := b.box.Suppressed(t.Context(), b.clinic.ID, outbox.Mail, b.box.Hash(mailTo("bad").Address))
			b.fine(err)
			return (why != "") == (n == 3)
		})
	}
}

// at wants notices at an address of one push service.
func at(name string, kinds ...outbox.Kind) outbox.Want {
	w := pushTo("service", kinds...)
	w.Address.Endpoint += name
	return w
}

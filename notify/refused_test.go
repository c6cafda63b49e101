package notify_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"junban/notify/message"
	"junban/queue/outbox"
	"junban/queue/queuetest"
)

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

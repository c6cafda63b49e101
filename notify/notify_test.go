package notify_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"junban/notify/message"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
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

// TestNotifier_GoesByTheTimeOfRedis has a node whose clock is a minute behind.
func TestNotifier_GoesByTheTimeOfRedis(t *testing.T) {
	t.Parallel()
	rdb := queuetest.NewServer(t).Client
	line, err := queue.NewStore(rdb, queue.Options{Clock: func() time.Time { return time.Now().Add(-time.Minute) }})
	if err != nil {
		t.Fatal(err)
	}
	b := benchOn(t, line)
	b.run()
	one := b.issue()
	b.want(one.ID, pushTo("one", outbox.Call))
	b.call(one.ID)
	b.await(b.push, one.Number, "call")
	j := b.state(one.ID, outbox.Call, outbox.Sent)
	if late := time.Duration(j.Sent-j.Due) * time.Millisecond; late > 30*time.Second {
		t.Errorf("the call was sent %s after it was due", late)
	}
}

func TestNotifier_RemindsOfABookingThatStands(t *testing.T) {
	t.Parallel()
	b := clocked(t, func(c *clinic.Clinic) {
		week := map[string][]hours.Frame{}
		for _, d := range hours.Weekdays() {
			week[d] = []hours.Frame{{Session: hours.Morning, Consult: hours.Span{From: "09:00", To: "18:00"}}}
		}
		c.Calendar = &hours.Calendar{Weekly: week}
		c.Services[0].Booking.Days = 7
		c.Services[0].Reminders = []clinic.Reminder{{Days: 1, At: "18:00"}}
	})
	b.run()
	book := func() queue.Ticket {
		zone, err := b.clinic.Location()
		b.fine(err)
		day := b.clinic.DayOf(b.now, zone).Add(2)
		issued, err := b.line.Issue(t.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "1"}, queue.Request{Channel: "web", Party: 1, Day: day, Session: hours.Morning}, queue.Act{By: clinic.Actor{Kind: "web"}})
		b.fine(err)
		return issued.Ticket
	}
	one, two := book(), book()
	for _, id := range []queue.TicketID{one.ID, two.ID} {
		b.want(id, mailTo("patient", outbox.Reminder))
		b.planned(id, outbox.Reminder)
	}
	b.do(two.ID, queue.Cancel)
	b.pass(31 * time.Hour) // from noon until after 18:30 of the next day
	j := b.state(one.ID, outbox.Reminder, outbox.Sent)
	if j.Stage != "1d" {
		t.Errorf("the reminder is %+v", j)
	}
	b.state(two.ID, outbox.Reminder, outbox.Void)
}

func TestNotifier_GoesOnToTheNextChannelWhenOneFails(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.push.answer = func(message.Message) message.Result { return message.Result{Outcome: message.Gone, Answer: "410"} }
	b.run()
	one := b.issue()
	b.want(one.ID, pushTo("one", outbox.Call), mailTo("one", outbox.Call))
	b.call(one.ID)
	b.await(b.mail, one.Number, "call")
	b.await(b.push, one.Number, "call")
	wants, err := b.box.Wants(t.Context(), one.ID)
	b.fine(err)
	if len(wants) != 1 || wants[0].Channel != outbox.Mail {
		t.Errorf("the wants are %+v", wants)
	}
}

// TestNotifier_WhatWasUndoneWhileItIsSentIsNotTriedAgain has a transfer taken back while
// its first try hangs. The try fails, and there is no other.
func TestNotifier_WhatWasUndoneWhileItIsSentIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	b := clocked(t)
	answered := make(chan struct{})
	b.push.answer = func(message.Message) message.Result {
		<-answered
		return message.Result{Outcome: message.Retry}
	}
	b.run()
	answer := sync.OnceFunc(func() { close(answered) })
	t.Cleanup(answer)
	one := b.issue()
	b.want(one.ID, pushTo("one", outbox.Changed))
	_, err := b.line.Transfer(t.Context(), one.ID, "2", queue.Act{By: clinic.Actor{Kind: "staff"}})
	b.fine(err)
	b.state(one.ID, outbox.Changed, outbox.Due)
	b.pass(11 * time.Second)
	b.state(one.ID, outbox.Changed, outbox.Sending)
	b.do(one.ID, queue.Undo)
	two := b.issue()
	b.want(two.ID, pushTo("two", outbox.Changed))
	b.do(two.ID, queue.Cancel)
	b.planned(two.ID, outbox.Changed) // so the undo was read
	answer()
	if j := b.state(one.ID, outbox.Changed, outbox.Void); j.Why != "undone" {
		t.Errorf("it is void for %q", j.Why)
	}
}

// TestNotifier_AddressesThatAreRefusedSilenceNoProvider has a stranger's addresses refused by
// a push service. A call of another clinic goes to the same service.
func TestNotifier_AddressesThatAreRefusedSilenceNoProvider(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.push.answer = func(m message.Message) message.Result {
		if strings.HasSuffix(m.To.Push.Endpoint, "/bad") {
			return message.Result{Outcome: message.Refused, Answer: "403", Fault: true, Address: true}
		}
		return message.Result{Outcome: message.Sent}
	}
	b.run()
	for range 10 {
		one := b.issue()
		bad := pushTo("service", outbox.Confirm)
		bad.Address.Endpoint = "https://service.example/bad"
		b.want(one.ID, bad)
		if j := b.state(one.ID, outbox.Confirm, outbox.Dead); j.Fence != 1 {
			t.Fatalf("the service rests: %+v", j)
		}
	}
	other := b.another()
	one := other.issue()
	other.want(one.ID, pushTo("service", outbox.Call))
	other.call(one.ID)
	if j := other.state(one.ID, outbox.Call, outbox.Sent); j.Fence != 1 {
		t.Errorf("the call had to wait: %+v", j)
	}
}

// TestNotifier_TheNextChannelGoesInAnOutage has a push service be down: the mail leaves
// long before the tries of the push are over.
func TestNotifier_TheNextChannelGoesInAnOutage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.push.answer = func(message.Message) message.Result { return message.Result{Outcome: message.Retry, Answer: "503"} }
	b.run()
	one := b.issue()
	b.want(one.ID, pushTo("one", outbox.Call), mailTo("one", outbox.Call))
	b.call(one.ID)
	b.await(b.mail, one.Number, "call")
	b.state(one.ID, outbox.Call, outbox.Sent)
	j := b.state(one.ID, outbox.Call, outbox.Void)
	if j.Channel != outbox.Push || j.Why != outbox.WhySuperseded || j.By == "" {
		t.Errorf("the push is %+v", j)
	}
}

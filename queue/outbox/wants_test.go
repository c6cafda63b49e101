package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/outbox"
)

func TestPutWants_RefusesBadLists(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		var nine []outbox.Want
		for n := range 9 {
			nine = append(nine, mail(fmt.Sprint(n)))
		}
		both := mail("a")
		both.Address.Endpoint = "https://push.example/"
		b.want(ticket.ID, nine[:8]...)
		for _, c := range []struct {
			wants []outbox.Want
			err   error
		}{
			{nine, outbox.ErrTooManyWants},
			{[]outbox.Want{mail("a"), mail("A")}, outbox.ErrWantTwice}, // a mail provider takes them for one
			{[]outbox.Want{both}, outbox.ErrWantAddress},
			{[]outbox.Want{{Channel: outbox.Push, Address: outbox.Address{Endpoint: "https://push.example/"}}}, outbox.ErrWantAddress},
			{[]outbox.Want{{Channel: "fax", Address: outbox.Address{Mail: "a"}}}, outbox.ErrWantAddress},
			{[]outbox.Want{{Channel: outbox.Mail}}, outbox.ErrWantAddress},
		} {
			if err := b.box.PutWants(b.Context(), b.clinic, ticket.ID, c.wants); !errors.Is(err, c.err) {
				b.Errorf("%v: %v, want %v", c.wants, err, c.err)
			}
		}
		if wants := b.wants(ticket.ID); len(wants) != 8 {
			b.Errorf("after refusals there are %d wants", len(wants))
		}
	})
}

func (b *bench) wants(id queue.TicketID) []outbox.Want {
	b.Helper()
	wants, err := b.box.Wants(b.Context(), id)
	b.fine(err)
	return wants
}

func TestPutWants_ReplacesTheListAndVoidsWhatIsNotWanted(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket, other := b.issue(), b.issue()
		full := mail("a")
		full.Kinds, full.Ahead, full.Origin, full.Token, full.Consent, full.At = []outbox.Kind{outbox.Call}, 3, "https://junban.example", "token", "1", b.now.UTC()
		b.want(ticket.ID, full, push("a"))
		b.want(other.ID, mail("a"))
		if wants := b.wants(ticket.ID); !reflect.DeepEqual(wants, []outbox.Want{full, push("a")}) {
			b.Errorf("wants: %+v", wants)
		}
		jobs := []outbox.Job{b.job(outbox.Approach, ticket.ID, mail("a")), b.job(outbox.Approach, ticket.ID, push("a")), b.job(outbox.Approach, other.ID, mail("a"))}
		b.plan(jobs...)
		b.want(ticket.ID, push("a"))
		b.stands(jobs[0], outbox.Void, outbox.WhyUnwanted)
		b.stands(jobs[1], outbox.Due, "")
		b.stands(jobs[2], outbox.Due, "")
		b.want(ticket.ID)
		b.stands(jobs[1], outbox.Void, outbox.WhyUnwanted)
		all, err := b.box.WantsOf(b.Context(), b.clinic.ID, b.day)
		b.fine(err)
		if want := map[queue.TicketID][]outbox.Want{other.ID: {mail("a")}}; !reflect.DeepEqual(all, want) {
			b.Errorf("wants of the day: %+v", all)
		}
	})
}

// TestPutWants_VoidsWhatIsBeingSentOnlyAfterIt: the sender may have sent it already.
func TestPutWants_VoidsWhatIsBeingSentOnlyAfterIt(t *testing.T) {
	everywhere(t, func(b *bench) {
		for _, c := range []struct{ told, stands outbox.State }{{outbox.Sent, outbox.Sent}, {outbox.Due, outbox.Void}, {outbox.Dead, outbox.Dead}} {
			b := b.fresh()
			ticket := b.issue()
			b.want(ticket.ID, mail("a"))
			j := b.job(outbox.Approach, ticket.ID, mail("a"))
			b.plan(j)
			claim := b.one()
			b.want(ticket.ID)
			b.tell(claim, c.told)
			why := ""
			if c.stands == outbox.Void {
				why = outbox.WhyUnwanted
			}
			b.stands(j, c.stands, why)
			b.pass(time.Minute)
			b.none()
		}
	})
}

func TestPutWants_WakesTheOwner(t *testing.T) {
	everywhere(t, func(b *bench) {
		published := b.line.Redis().Subscribe(b.Context(), outbox.NotifyChannel)
		b.Cleanup(func() { published.Close() })
		if _, err := published.Receive(b.Context()); err != nil {
			b.Fatal(err)
		}
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		m, err := published.ReceiveMessage(b.Context())
		if err != nil || m.Payload != string(b.clinic.ID)+" "+string(b.day) {
			b.Errorf("published %v, error %v", m, err)
		}
		days, err := b.box.Checks(b.Context(), b.clinic.ID, b.now)
		if err != nil || len(days) != 1 || days[0] != b.day {
			b.Errorf("to be looked at: %v, error %v", days, err)
		}
	})
}

func TestWants_ExpireWithThePatients(t *testing.T) {
	everywhere(t, func(b *bench) {
		b.clinic.Retention.Patients, b.clinic.Retention.Days = 2, 5
		b.put()
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		j := b.job(outbox.Confirm, ticket.ID, mail("a"))
		b.plan(j)
		loc, err := b.clinic.Location()
		b.fine(err)
		_, end := b.clinic.Bounds(b.day, loc)
		b.pass(end.Add(48*time.Hour - time.Second).Sub(b.now))
		if len(b.wants(ticket.ID)) != 1 {
			b.Error("the wants are gone too early")
		}
		b.pass(2 * time.Second)
		if len(b.wants(ticket.ID)) != 0 {
			b.Error("the wants are still there")
		}
		if jobs, err := b.box.JobsOf(b.Context(), ticket.ID); err != nil || len(jobs) != 1 {
			b.Errorf("jobs: %v, error %v", jobs, err)
		}
		b.pass(3 * 24 * time.Hour)
		if jobs, err := b.box.JobsOf(b.Context(), ticket.ID); err != nil || len(jobs) != 0 {
			b.Errorf("jobs are still there: %v, error %v", jobs, err)
		}
	})
}

func TestMoveWants_GoWithABooking(t *testing.T) {
	everywhere(t, func(b *bench) {
		was := b.slots()
		b.want(was.ID, mail("a"), push("a"))
		j := b.job(outbox.Reminder, was.ID, mail("a"))
		b.plan(j)
		is, err := b.line.Rebook(b.Context(), was.ID, b.day.Add(2), "11:00", false, queue.Act{})
		b.fine(err)
		for range 2 { // a repeat changes nothing
			b.fine(b.box.MoveWants(b.Context(), was.ID, is.ID))
			if len(b.wants(was.ID)) != 0 || !reflect.DeepEqual(b.wants(is.ID), []outbox.Want{mail("a"), push("a")}) {
				b.Errorf("wants: %+v and %+v", b.wants(was.ID), b.wants(is.ID))
			}
		}
		b.stands(j, outbox.Void, outbox.WhyMoved)
		days, err := b.box.Checks(b.Context(), b.clinic.ID, b.now)
		if err != nil || len(days) != 2 { // of both days: the first had wants
			b.Errorf("to be looked at: %v, error %v", days, err)
		}
	})
}

func TestErase_LeavesNoAddress(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket, other := b.issue(), b.issue()
		b.want(ticket.ID, mail("secret"))
		b.want(other.ID, mail("other"))
		j := b.job(outbox.Approach, ticket.ID, mail("secret"))
		b.plan(j)
		b.fine(b.box.Erase(b.Context(), b.clinic.ID, []queue.TicketID{ticket.ID}))
		b.stands(j, outbox.Void, outbox.WhyErased)
		if len(b.wants(ticket.ID)) != 0 || len(b.wants(other.ID)) != 1 {
			b.Errorf("wants: %+v and %+v", b.wants(ticket.ID), b.wants(other.ID))
		}
		if err := b.box.Erase(b.Context(), "0000", []queue.TicketID{other.ID}); !errors.Is(err, queue.ErrNoTicket) {
			b.Errorf("a ticket of another clinic: %v", err)
		}
		b.holds("secret@junban.example", false)
		b.holds("other@junban.example", true)
		b.fine(b.box.RemoveWants(b.Context(), b.clinic.ID, b.day))
		b.holds("other@junban.example", false)
	})
}

// holds reports an error unless some key of the clinic has a text, or none has.
func (b *bench) holds(text string, want bool) {
	b.Helper()
	dump, err := everything(b.Context(), b)
	b.fine(err)
	if got := contains(dump, text); got != want {
		b.Errorf("Redis has %q: %v, want %v", text, got, want)
	}
}

// everything is the text of all hashes and strings of the clinic, and the names of keys.
func everything(ctx context.Context, b *bench) (all []string, err error) {
	rdb := b.line.Redis()
	keys, err := rdb.Keys(ctx, "junban:{"+string(b.clinic.ID)+"}*").Result()
	for _, key := range keys {
		kind := rdb.Type(ctx, key).Val()
		all = append(all, key)
		switch kind {
		case "hash":
			for field, value := range rdb.HGetAll(ctx, key).Val() {
				all = append(all, field, value)
			}
		case "string":
			all = append(all, rdb.Get(ctx, key).Val())
		case "zset":
			all = append(all, rdb.ZRange(ctx, key, 0, -1).Val()...)
		}
	}
	return all, err
}

package outbox_test

import (
	"strconv"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

func TestTake_StopsAtTheMonthsCap(t *testing.T) {
	everywhere(t, func(b *bench) {
		b.clinic.Notices.Caps = []clinic.NoticeCap{{Channel: "mail", Month: 10}}
		loc, err := b.clinic.Location()
		b.fine(err)
		month := b.now.In(loc).Format("2006-01")
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		spend := func(to int) {
			b.Helper()
			for {
				spent, err := b.box.Spent(b.Context(), b.clinic.ID, month)
				b.fine(err)
				if spent[outbox.Mail] >= to {
					return
				}
				ticket := b.issue()
				b.want(ticket.ID, mail("a"))
				b.call(ticket.ID)
				b.plan(b.job(outbox.Call, ticket.ID, mail("a")))
				c := b.one()
				b.fine(b.box.Tell(b.Context(), b.clinic, outbox.Told{Job: c.Job, Fence: c.Job.Fence, State: outbox.Sent, Spent: true}))
				b.do(ticket.ID, "finish")
			}
		}
		for _, c := range []struct {
			spent int
			kind  outbox.Kind
			goes  bool
		}{
			{9, outbox.Reminder, true}, {10, outbox.Reminder, false}, {10, outbox.Approach, true},
			{11, outbox.Approach, false}, {11, outbox.Confirm, false}, {11, outbox.Call, true}, {12, outbox.Call, false},
		} {
			spend(c.spent)
			ticket := b.issue()
			b.want(ticket.ID, mail("a"))
			if c.kind == outbox.Call {
				b.call(ticket.ID)
			}
			j := b.job(c.kind, ticket.ID, mail("a"))
			b.plan(j)
			if claimed := b.take(10); len(claimed) > 0 != c.goes {
				b.Errorf("%d spent, %s: claimed %d", c.spent, c.kind, len(claimed))
			}
			if !c.goes {
				b.stands(j, outbox.Void, outbox.WhyCap)
			}
			if c.kind == outbox.Call {
				b.do(ticket.ID, "finish")
			}
		}
		if spent, err := b.box.Spent(b.Context(), b.clinic.ID, "2001-01"); err != nil || len(spent) != 0 {
			b.Errorf("another month: %v, error %v", spent, err)
		}
	})
}

func TestTake_VoidsWhatTheClinicDoesNotSend(t *testing.T) {
	everywhere(t, func(b *bench) {
		for why, change := range map[string]func(*bench, outbox.Job){
			outbox.WhyOff + " kind":    func(b *bench, _ outbox.Job) { b.clinic.Notices.Off = []string{"approach"} },
			outbox.WhyOff + " channel": func(b *bench, _ outbox.Job) { b.clinic.Notices.Channels = []string{"mail"} },
			outbox.WhySuppressed: func(b *bench, j outbox.Job) {
				b.fine(b.box.Suppress(b.Context(), b.clinic.ID, outbox.Mail, j.Want, "550 no such user"))
			},
			outbox.WhyUnwanted: func(b *bench, j outbox.Job) { b.want(j.Ticket, mail("other")) },
		} {
			b := b.fresh()
			ticket := b.issue()
			b.want(ticket.ID, mail("a"))
			j := b.job(outbox.Approach, ticket.ID, mail("a"))
			b.plan(j)
			change(b, j)
			b.none()
			word := why
			if len(why) > 3 && why[:3] == "off" {
				word = "off"
			}
			b.stands(j, outbox.Void, word)
		}
	})
}

func TestSuppress_IsTakenBack(t *testing.T) {
	everywhere(t, func(b *bench) {
		hash := b.box.Hash(mail("a").Address)
		suppressed := func() string {
			b.Helper()
			why, err := b.box.Suppressed(b.Context(), b.clinic.ID, outbox.Mail, hash)
			b.fine(err)
			return why
		}
		b.fine(b.box.Suppress(b.Context(), b.clinic.ID, outbox.Mail, hash, "550 no such user"))
		if suppressed() != "550 no such user" {
			b.Errorf("suppressed: %q", suppressed())
		}
		b.fine(b.box.Unsuppress(b.Context(), b.clinic.ID, outbox.Mail, hash))
		if suppressed() != "" {
			b.Errorf("suppressed: %q", suppressed())
		}
	})
}

// TestTake_WaitsForTheEndOfTheQuietHours: the clinic is at noon.
func TestTake_WaitsForTheEndOfTheQuietHours(t *testing.T) {
	everywhere(t, func(b *bench) {
		b.clinic.Notices.Quiet = clinic.Quiet{From: "11:30", Until: "13:30"}
		ticket := b.issue()
		b.want(ticket.ID, mail("a"))
		reminder, approach := b.job(outbox.Reminder, ticket.ID, mail("a")), b.job(outbox.Approach, ticket.ID, mail("a"))
		reminder.Until = b.now.Add(5 * time.Hour).UnixMilli()
		b.plan(reminder, approach)
		if c := b.one(); c.Job.Kind != outbox.Approach {
			b.Errorf("claimed %+v", c.Job)
		}
		loc, err := b.clinic.Location()
		b.fine(err)
		b.tell(outbox.Claimed{Job: b.stands(approach, outbox.Sending, "")}, outbox.Sent)
		b.fine(b.planCheck(b.now.Add(6 * time.Hour)))
		due, err := b.box.Due(b.Context(), []clinic.ID{b.clinic.ID})
		b.fine(err)
		end := due[b.clinic.ID].In(loc)
		if end.Format("15:04:05") != "13:30:00" {
			b.Errorf("the reminder is due at %v", end)
		}
		b.pass(end.Sub(b.now))
		b.one()
	})
}

// TestTake_AFullChannelHidesNoOther: hundreds of jobs of a channel without a place are due.
func TestTake_AFullChannelHidesNoOther(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.issue()
		b.want(ticket.ID, mail("a"), push("a"))
		second := b.issue() // a ticket has at most 200
		b.want(second.ID, mail("a"))
		var jobs []outbox.Job
		for n := range 300 {
			j := b.job(outbox.Confirm, []queue.TicketID{ticket.ID, second.ID}[n%2], mail("a"))
			j.Stage, j.Due = strconv.Itoa(n), j.Due-1
			j.ID = b.box.JobID(j, mail("a").Address)
			jobs = append(jobs, j)
		}
		b.plan(jobs[:150]...)
		b.plan(jobs[150:]...)
		last := b.job(outbox.Confirm, ticket.ID, push("a"))
		b.plan(last)
		full := func(ch outbox.Channel) time.Duration {
			if ch == outbox.Mail {
				return 0
			}
			return leaseTime
		}
		claimed, err := b.box.Take(b.Context(), b.clinic, 4, full, false)
		if err != nil || len(claimed) != 1 || claimed[0].Job.ID != last.ID {
			b.Errorf("claimed %+v, error %v", claimed, err)
		}
		if n := len(b.take(4)); n != 4 {
			b.Errorf("with a place, %d are claimed", n)
		}
	})
}

// TestTake_FindsACallBehindAllThatIsDue has more confirmations due than one look takes.
func TestTake_FindsACallBehindAllThatIsDue(t *testing.T) {
	everywhere(t, func(b *bench) {
		other := b.issue()
		b.want(other.ID, push("a"))
		var jobs []outbox.Job
		var ticket queue.Ticket
		for n := range 2_100 {
			if n%150 == 0 {
				ticket = b.issue()
				b.want(ticket.ID, mail("a"))
			}
			j := b.job(outbox.Confirm, ticket.ID, mail("a"))
			j.Stage, j.Due = strconv.Itoa(n), j.Due-1
			j.ID = b.box.JobID(j, mail("a").Address)
			jobs = append(jobs, j)
		}
		for i := 0; i < len(jobs); i += 150 {
			b.plan(jobs[i:min(i+150, len(jobs))]...)
		}
		b.call(other.ID)
		call := b.job(outbox.Call, other.ID, push("a"))
		b.plan(call)
		if claimed := b.take(1); len(claimed) != 1 || claimed[0].Job.ID != call.ID {
			b.Errorf("claimed %+v", claimed)
		}
	})
}

func TestTake_PlacesForCallsAlone(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket, other := b.issue(), b.issue()
		b.want(ticket.ID, mail("a"))
		b.want(other.ID, mail("b"))
		b.plan(b.job(outbox.Confirm, ticket.ID, mail("a")))
		b.call(other.ID)
		call := b.job(outbox.Call, other.ID, mail("b"))
		b.plan(call)
		claimed, err := b.box.Take(b.Context(), b.clinic, 10, func(ch outbox.Channel) time.Duration {
			if ch == outbox.Mail {
				return -leaseTime
			}
			return leaseTime
		}, false)
		if err != nil || len(claimed) != 1 || claimed[0].Job.ID != call.ID || !claimed[0].Lease.Equal(b.now.Add(leaseTime)) {
			b.Errorf("claimed %+v, error %v", claimed, err)
		}
	})
}

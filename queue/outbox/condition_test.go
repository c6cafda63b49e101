package outbox_test

import (
	"strings"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/hours"
	"junban/queue/outbox"
)

// TestTake_ChecksTheReasonAgainstTheTicketAsItIs plans a job, does acts on its ticket, and
// looks whether the job is claimed, and whether a device reads that its reason is gone.
func TestTake_ChecksTheReasonAgainstTheTicketAsItIs(t *testing.T) {
	everywhere(t, func(b *bench) {
		for _, c := range []struct {
			kind   outbox.Kind
			stage  string
			before string // acts before the plan
			after  string // acts between plan and claim
			goes   bool
		}{
			{outbox.Call, "", "call", "", true},
			{outbox.Call, "", "call", "undo", false},
			{outbox.Call, "", "call", "undo wait call", false}, // the later call has a job of its own
			{outbox.Call, "", "call", "recall", false},
			{outbox.Call, "", "call", "enter", false},
			{outbox.Call, "", "call", "absent", false},
			{outbox.Call, "", "call", "exam", false},
			{outbox.Missed, "", "call absent", "", true},
			{outbox.Missed, "", "call absent", "undo", false},
			{outbox.Missed, "", "call absent", "return", false},
			{outbox.Missed, "", "call absent return wait call absent", "", true},
			{outbox.Changed, "cancelled", "cancel", "", true},
			{outbox.Changed, "cancelled", "cancel", "undo", false},
			{outbox.Changed, "transfer", "", "", true},
			{outbox.Changed, "transfer", "", "cancel", false},
			{outbox.Changed, "back", "", "call", true},
			{outbox.Changed, "back", "", "call finish", false},
			{outbox.Approach, "", "", "", true},
			{outbox.Approach, "", "", "call", false},
			{outbox.Approach, "", "", "cancel", false},
			{outbox.Approach, "", "", "here", false},
			{outbox.Approach, "", "", "out", true},
			{outbox.Approach, "", "", "hold", false},
			{outbox.Approach, "", "", "call exam resume", false}, // another leg
			{outbox.Approach, "", "call exam resume out", "", true},
			{outbox.Delay, "", "", "", true},
			{outbox.Delay, "", "", "here", false},
			{outbox.Confirm, "", "", "", true},
			{outbox.Confirm, "", "", "call", false},
			{outbox.Confirm, "", "", "cancel", false},
			{outbox.Confirm, "", "", "cancel undo", true},
			{outbox.Reminder, "", "", "", true},
			{outbox.Reminder, "", "", "no_show", false},
		} {
			b := b.fresh()
			name := strings.Join(strings.Fields(string(c.kind)+" "+c.before+" then "+c.after), " ")
			ticket := b.issue()
			b.want(ticket.ID, mail("a"))
			b.acts(ticket.ID, c.before)
			j := b.job(c.kind, ticket.ID, mail("a"))
			j.Stage = c.stage
			j.ID = b.box.JobID(j, mail("a").Address)
			b.plan(j)
			b.acts(ticket.ID, c.after)
			if _, over, err := b.box.Notice(b.Context(), j.NoticeID()); err != nil || over == c.goes {
				b.Errorf("%s: its reason is gone: %v, error %v", name, over, err)
			}
			if claimed := b.take(10); len(claimed) > 0 != c.goes {
				b.Errorf("%s: claimed %d, want that it goes: %v", name, len(claimed), c.goes)
			}
			if !c.goes {
				b.stands(j, outbox.Void, outbox.WhyState)
				if b.voided[string(c.kind)+" state"] != 1 {
					b.Errorf("%s: voided: %v", name, b.voided)
				}
			}
		}
	})
}

// acts does acts on a ticket.
func (b *bench) acts(id queue.TicketID, acts string) {
	b.Helper()
	for act := range strings.FieldsSeq(acts) {
		switch act {
		case "wait":
			b.pass(time.Second)
		case "call":
			b.call(id)
		case "here", "out":
			_, err := b.line.Arrive(b.Context(), id, queue.Presence(act), queue.Act{})
			b.fine(err)
		default:
			b.do(id, queue.ActKind(act))
		}
	}
}

func TestTake_VoidsAReminderOfAnotherStart(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket := b.slots()
		b.want(ticket.ID, mail("a"))
		j := b.job(outbox.Reminder, ticket.ID, mail("a"))
		b.plan(j)
		other := j
		other.Start += time.Hour.Milliseconds()
		other.ID = b.box.JobID(other, mail("a").Address)
		if other.ID == j.ID {
			b.Fatal("another start makes the same id")
		}
		approach := b.job(outbox.Approach, ticket.ID, mail("a")) // of a booked ticket, before it arrives
		b.plan(other, approach)
		for job, gone := range map[outbox.NoticeID]bool{j.NoticeID(): false, other.NoticeID(): true, approach.NoticeID(): false} {
			if _, over, err := b.box.Notice(b.Context(), job); err != nil || over != gone {
				b.Errorf("notice %s: its reason is gone: %v, error %v", job, over, err)
			}
		}
		if claimed := b.take(10); len(claimed) != 2 || claimed[0].Job.ID != approach.ID || claimed[1].Job.ID != j.ID {
			b.Errorf("claimed %+v", claimed)
		}
		b.stands(other, outbox.Void, outbox.WhyState)
	})
}

// slots has the service give slots, and books one of tomorrow.
func (b *bench) slots() queue.Ticket {
	b.Helper()
	weekly := map[string][]hours.Frame{}
	for _, day := range hours.Weekdays() {
		weekly[day] = []hours.Frame{{Session: hours.Morning, Consult: hours.Span{From: "09:00", To: "18:00"}}}
	}
	b.clinic.Calendar = &hours.Calendar{Weekly: weekly}
	b.clinic.Services[0].FillSlotDefaults()
	b.put()
	issued, err := b.line.Issue(b.Context(), b.ref, queue.Request{Channel: "web", Party: 1, Day: b.day.Add(1), Slot: "10:00"}, queue.Act{})
	b.fine(err)
	return issued.Ticket
}

package outbox_test

import (
	"testing"
	"time"

	"junban/queue/outbox"
)

func TestReturned_SuppressesAtOnceOrAfterThree(t *testing.T) {
	everywhere(t, func(b *bench) {
		returned := func(hash string, gone, want bool) {
			b.Helper()
			got, err := b.box.Returned(b.Context(), b.clinic.ID, outbox.Mail, hash, "returned 5.2.2", gone)
			b.fine(err)
			why, err := b.box.Suppressed(b.Context(), b.clinic.ID, outbox.Mail, hash)
			b.fine(err)
			if got != want || (why != "") != want {
				b.Errorf("suppressed %v with %q, want %v", got, why, want)
			}
		}
		gone, full := b.box.Hash(mail("a").Address), b.box.Hash(mail("b").Address)
		returned(gone, true, true)
		returned(full, false, false)
		returned(full, false, false)
		returned(full, false, true)
	})
}

// TestReturn_TheHistoryHasWhatCameBack returns notices in each state. The desk reads that
// the newest one failed, and keeps the mark of a later one.
func TestReturn_TheHistoryHasWhatCameBack(t *testing.T) {
	everywhere(t, func(b *bench) {
		plan := func(kind outbox.Kind) (outbox.Job, outbox.Claimed) {
			b.Helper()
			ticket := b.issue()
			b.want(ticket.ID, mail("a"))
			j := b.job(kind, ticket.ID, mail("a"))
			b.plan(j)
			return j, b.one()
		}
		back := func(j outbox.Job) {
			b.Helper()
			b.fine(b.box.Return(b.Context(), j.NoticeID(), "returned 5.1.1"))
		}
		sent, claim := plan(outbox.Confirm)
		back(sent) // it is being sent
		b.stands(sent, outbox.Sending, "")
		b.tell(claim, outbox.Sent)
		back(sent)
		b.pass(time.Second)
		b.fine(b.box.Return(b.Context(), sent.NoticeID(), "filtered 5.2.2")) // a repeat
		b.stands(sent, outbox.Dead, "returned 5.1.1")
		if got := b.look().Told[sent.Ticket].State; got != string(outbox.Dead) {
			b.Errorf("the desk reads that it is %q", got)
		}

		later := b.job(outbox.Approach, sent.Ticket, mail("a"))
		b.plan(later)
		b.tell(b.one(), outbox.Sent)
		earlier, claim := plan(outbox.Confirm)
		b.tell(claim, outbox.Sent)
		b.pass(time.Second)
		newest := b.job(outbox.Approach, earlier.Ticket, mail("a"))
		b.plan(newest)
		b.tell(b.one(), outbox.Sent)
		back(earlier)
		b.stands(earlier, outbox.Dead, "returned 5.1.1")
		if got := b.look().Told[earlier.Ticket]; got.State != string(outbox.Sent) || got.Kind != "approach" {
			b.Errorf("the desk reads %+v", got)
		}
		back(outbox.Job{ID: "00000000000000000000", Clinic: b.clinic.ID, Box: earlier.Box}) // it is not kept
	})
}

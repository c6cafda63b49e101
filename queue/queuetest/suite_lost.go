package queuetest

import (
	"junban/queue"
)

// testLost files tickets that the line does not know, as after a failover onto a
// replica that lagged, and takes them in again.
func testLost(b *bench) {
	here := b.issue(3)
	sibling := func(suffix string) queue.TicketID {
		id := string(here[0].ID)
		return queue.TicketID(id[:len(id)-12] + suffix)
	}
	claim := func(t queue.Ticket, number int, place string) queue.Claim {
		return queue.Claim{
			Number: number, Issued: t.Issued, Place: place, Session: t.Session, Channel: "web", Party: 2,
			Patient: queue.Patient{Name: "順番 花子", Phone: "09012345678"},
		}
	}
	// Number 2 was given again since; numbers 4 to 6 were not.
	twin, err := b.FileLost(b.Context(), sibling("aaaaaaaaaaaa"), claim(here[1], 2, here[1].Place))
	b.ok(err)
	b.equal("the state", twin.State, queue.Lost)
	six := here[2].Place[:7] + "65"
	last, err := b.FileLost(b.Context(), sibling("bbbbbbbbbbbb"), claim(here[2], 6, six))
	b.ok(err)
	again, err := b.FileLost(b.Context(), last.ID, claim(here[2], 6, six))
	b.ok(err)
	b.equal("a second request of its owner", again.Place, last.Place)
	kept, err := b.FileLost(b.Context(), here[0].ID, claim(here[0], 1, here[0].Place))
	b.ok(err)
	b.equal("a ticket that is there", kept.State, queue.Waiting)

	b.waits(1, 2, 3)
	b.equal("the lost", numbersOf(b.line().Lost), []int{2, 6})
	snap, err := b.Snapshot(b.Context(), b.clinic.ID)
	b.ok(err)
	other, ok := snap.Twin(twin)
	b.equal("the ticket with that number now", other.ID, here[1].ID)
	b.equal("there is one", ok, true)
	if _, ok := snap.Twin(last); ok {
		b.Error("number 6 was given once")
	}
	b.equal("the patient", snap.Patients[twin.ID].Phone, "09012345678")
	l := b.line()
	b.equal("people", l.People(), 3)

	// Nobody gets number 6 again, or a place before it.
	seven := b.issue(1)[0]
	b.equal("the next number", seven.Number, 7)
	_, err = b.Do(b.Context(), here[0].ID, queue.Readmit, staff)
	b.refused(err, queue.ErrState)
	back := b.do(last, queue.Readmit)
	b.equal("it waits", back.State, queue.Waiting)
	b.do(twin, queue.Readmit)
	b.waits(1, 2, 2, 3, 6, 7)
	b.equal("the one that was lost came first", b.line().Waiting[1].ID, twin.ID)
	b.do(back, queue.Undo)
	b.waits(1, 2, 2, 3, 7)
	b.equal("an undo puts it back among the lost", numbersOf(b.line().Lost), []int{6})
	gone := b.do(last, queue.Cancel)
	b.equal("the desk may dismiss it", gone.State, queue.Cancelled)
	b.do(gone, queue.Undo)
	b.equal("the desk may dismiss it by mistake", numbersOf(b.line().Lost), []int{6})

	// A booking that had no number yet gets one from the desk.
	booking, err := b.FileLost(b.Context(), sibling("cccccccccccc"), claim(here[2], 0, here[2].Place[:7]+"85"))
	b.ok(err)
	b.equal("a booking has no number", booking.Number, 0)
	b.equal("it gets the next", b.do(booking, queue.Readmit).Number, 8)
	b.waits(1, 2, 2, 3, 7, 8)
	b.next("1")
	b.next("1")
	b.equal("the lost one is called at its place", b.line().Open[0].ID, twin.ID)
}

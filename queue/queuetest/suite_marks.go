package queuetest

import (
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

func testMarks(b *bench) {
	today := b.mustSnapshot().Day
	from := func(service, channel, origin string) queue.Ticket {
		b.Helper()
		i, err := b.Issue(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: service}, queue.Request{
			Channel: channel, Party: 1, CodeHash: "good", Origin: origin, FirstVisit: true, Patient: queue.Patient{Name: "花子"},
		}, queue.Act{})
		b.ok(err)
		return i.Ticket
	}
	mark := queue.MarkOf("a prefix", today)
	if !queue.ValidMark(mark) || mark == queue.MarkOf("a prefix", b.after(today, 1)) || mark == queue.MarkOf("another", today) {
		b.Fatalf("mark %q", mark)
	}
	b.capacity(func(c *clinic.Capacity) { c.Web, c.Release = new(20), 30 })
	inRoom := from("1", "web", "a prefix")
	b.equal("mark", inRoom.Mark, mark)
	b.next("1")
	other := from("1", "web", "another")
	b.equal("the desk's own has none", from("1", "desk", "a prefix").Mark, "")
	waits, held, kept := from("1", "web", "a prefix"), from("1", "web", "a prefix"), from("1", "web", "a prefix")
	b.do(held, queue.Hold)
	children := from("2", "web", "a prefix")
	snap := b.mustSnapshot()
	b.equal("marks", snap.Marks(), map[string]int{mark: 4, queue.MarkOf("another", today): 1})
	listed := numbersOf(snap.Marked(mark))
	slices.Sort(listed) // all may be of one millisecond
	b.equal("those of the mark", listed, []int{children.Number, waits.Number, held.Number, kept.Number})

	cancel := queue.Marked{Mark: mark, Until: time.Now().Add(-time.Hour), Keep: []queue.TicketID{kept.ID}}
	b.cancelled(cancel, "", 0) // no ticket that the desk has seen
	cancel.Until = time.Now().Add(time.Hour)
	b.cancelled(cancel, "flood", 3)
	b.cancelled(cancel, "flood", 3) // a repeat
	cancel.Keep = nil
	_, err := b.CancelMarked(b.Context(), b.clinic.ID, cancel, queue.Act{Key: "flood", By: staff.By})
	b.refused(err, queue.ErrKeyConflict)
	l := b.line()
	b.equal("waiting", numbersOf(l.Waiting), []int{other.Number, 3, kept.Number})
	b.equal("the one in the room stays", numbersOf(l.Open), []int{inRoom.Number})
	b.equal("held", numbersOf(l.Held), []int{})
	b.equal("seats at once", l.Taken[""].Web, 3)
	b.equal("ended, the newest first", numbersOf(l.Ended), []int{held.Number, waits.Number})

	// Each cancel is taken back by itself.
	back := b.do(waits, queue.Undo)
	b.equal("state", back.State, queue.Waiting)
	b.equal("mark", back.Mark, mark)
	b.equal("seats", b.line().Taken[""].Web, 4)
	b.cancelled(cancel, "", 2)
	for _, bad := range []queue.Marked{{Mark: "short"}, {Mark: "ABCDEFGH"}, {Mark: mark, Keep: make([]queue.TicketID, queue.MarkedKept+1)}} {
		_, err := b.CancelMarked(b.Context(), b.clinic.ID, bad, staff)
		b.refused(err, queue.ErrState)
	}
	cancel.Day = b.after(today, -1)
	_, err = b.CancelMarked(b.Context(), b.clinic.ID, cancel, staff)
	b.refused(err, queue.ErrDayOver)
}

// testMarkedFlood cancels more than one script does.
func testMarkedFlood(b *bench) {
	const flood = 510
	q := queue.Request{Channel: "web", Party: 1, Origin: "a prefix"}
	for range flood {
		_, err := b.Issue(b.Context(), b.ref, q, queue.Act{})
		b.ok(err)
	}
	patient := b.issue(1)[0]
	cancel := queue.Marked{Mark: queue.MarkOf("a prefix", b.mustSnapshot().Day), Until: time.Now().Add(time.Hour)}
	b.cancelled(cancel, "flood", flood)
	b.cancelled(cancel, "flood", flood)
	b.waits(patient.Number)
}

func (b *bench) cancelled(m queue.Marked, key string, want int) {
	b.Helper()
	n, err := b.CancelMarked(b.Context(), b.clinic.ID, m, queue.Act{Key: key, By: staff.By})
	b.ok(err)
	b.equal("cancelled", n, want)
}

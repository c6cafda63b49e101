package queuetest

import (
	"errors"
	"sync"

	"junban/internal/refusal"
	"junban/queue"
)

// seen is an act of a desk that sees a ticket in the room.
func seen(inside queue.TicketID) queue.Act {
	return queue.Act{By: staff.By, Expect: queue.Expect{Inside: inside}}
}

// atOnce does the same act from several desks and returns how many were done. All
// others must end in one refusal.
func (b *bench) atOnce(refusal *refusal.Refusal, act func() error) (done int) {
	b.Helper()
	errs := make([]error, 6)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = act() })
	}
	all.Wait()
	for _, err := range errs {
		if err == nil {
			done++
		} else if !errors.Is(err, refusal) {
			b.Errorf("got %v, want the refusal %q", err, refusal)
		}
	}
	return done
}

func testExpectedRoom(b *bench) {
	ts := b.issue(6)
	next := func(inside queue.TicketID) func() error {
		return func() error {
			_, err := b.CallNext(b.Context(), b.ref, "1", seen(inside))
			return err
		}
	}
	b.equal("desks that see a free room", b.atOnce(queue.ErrRoomChanged, next(queue.Nobody)), 1)
	b.equal("open", numbersOf(b.line().Open), []int{1})
	b.equal("desks that see number 1", b.atOnce(queue.ErrRoomChanged, next(ts[0].ID)), 1)
	b.equal("open", numbersOf(b.line().Open), []int{2})
	b.equal("ended", numbersOf(b.line().Ended), []int{1})
	named := func() error {
		_, err := b.Call(b.Context(), ts[4].ID, "1", seen(ts[0].ID))
		return err
	}
	b.equal("desks that still see number 1", b.atOnce(queue.ErrRoomChanged, named), 0)
	b.equal("open", numbersOf(b.line().Open), []int{2})
	t, err := b.Call(b.Context(), ts[4].ID, "1", seen(ts[1].ID))
	b.ok(err)
	b.equal("called", t.Number, 5)

	// The room is the reason of the refusal, also on an empty line.
	b.do(t, queue.Finish)
	for range 3 {
		b.next("2")
	}
	b.refused(next(ts[0].ID)(), queue.ErrRoomChanged)
	b.refused(next(queue.Nobody)(), queue.ErrEmpty)

	// A repeat is the first call, whatever stands in the room by now.
	more := b.issue(2)
	a := seen(queue.Nobody)
	a.Key = "call-once"
	first, err := b.CallNext(b.Context(), b.ref, "1", a)
	b.ok(err)
	b.equal("called", first.ID, more[0].ID)
	again, err := b.CallNext(b.Context(), b.ref, "1", a)
	b.ok(err)
	b.equal("called again", again.ID, more[0].ID)
	b.waits(8)
}

func testExpectedTicket(b *bench) {
	b.issue(3)
	at := func(t queue.Ticket, kind queue.ActKind) func() error {
		a := queue.Act{By: staff.By, Expect: queue.Expect{Rev: t.Rev}}
		return func() error {
			var err error
			switch kind {
			case queue.Transfer:
				_, err = b.Transfer(b.Context(), t.ID, "2", a)
			case queue.Move:
				_, err = b.Move(b.Context(), t.ID, 0, queue.ReasonDesk, a)
			default:
				_, err = b.Do(b.Context(), t.ID, kind, a)
			}
			return err
		}
	}
	fresh := b.line().Waiting[0]
	called := b.next("1")
	for _, kind := range []queue.ActKind{ // another desk has called the patient a moment ago
		queue.Hold, queue.Transfer, queue.Cancel, queue.Drop, queue.Move, queue.Finish, queue.Undo,
	} {
		b.refused(at(fresh, kind)(), queue.ErrTicketChanged)
	}
	b.equal("open", numbersOf(b.line().Open), []int{1})
	b.equal("the call and the snapshot agree", b.line().Open[0].Rev, called.Rev)

	b.equal("recalls at once", b.atOnce(queue.ErrTicketChanged, at(called, queue.Recall)), 1)
	b.equal("attempts", b.line().Open[0].Attempt, 2)
	recalled := b.line().Open[0]
	b.refused(at(called, queue.Miss)(), queue.ErrTicketChanged)
	b.equal("undone at once", b.atOnce(queue.ErrTicketChanged, at(recalled, queue.Undo)), 1)
	b.equal("the call stays", numbersOf(b.line().Open), []int{1})
	b.equal("undo restores the former one", b.line().Open[0].Rev, called.Rev)

	// Called to another room meanwhile: the visit there goes on.
	b.do(called, queue.Undo)
	t, err := b.Call(b.Context(), called.ID, "2", staff)
	b.ok(err)
	b.refused(at(called, queue.Finish)(), queue.ErrTicketChanged)
	b.ok(at(t, queue.Finish)())
	b.waits(2, 3)
}

package queuetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"junban/queue"
	"junban/queue/clinic"
)

func testDense(b *bench) {
	const desks, each = 8, 25
	var mu sync.Mutex
	var got []int
	var all sync.WaitGroup
	for range desks {
		all.Go(func() {
			for range each {
				i, err := b.Issue(b.Context(), b.ref, queue.Request{Channel: "web", Party: 1}, queue.Act{})
				if err != nil {
					b.Error(err)
					return
				}
				mu.Lock()
				got = append(got, i.Number)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	slices.Sort(got)
	for i, n := range got {
		if n != i+1 {
			b.Fatalf("number %d at place %d of %d", n, i+1, len(got))
		}
	}
	b.equal("issued", len(got), desks*each)
	if line := numbersOf(b.line().Waiting); !slices.IsSorted(line) || len(line) != desks*each {
		b.Fatalf("the line is %v", line)
	}
}

func testKeys(b *bench) {
	key := queue.Act{Key: "press-1", By: clinic.Actor{Kind: "web"}}
	q := queue.Request{Channel: "web", Party: 2, Patient: queue.Patient{Name: "山田"}}
	first, err := b.Issue(b.Context(), b.ref, q, key)
	b.ok(err)
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			again, err := b.Issue(b.Context(), b.ref, q, key)
			if err != nil || again.ID != first.ID || !again.Replayed || again.Ahead != first.Ahead {
				b.Errorf("got %+v, %v; want %+v again", again, err, first)
			}
		})
	}
	all.Wait()
	q.Party = 3
	_, err = b.Issue(b.Context(), b.ref, q, key)
	b.refused(err, queue.ErrKeyConflict)
	_, err = b.CallNext(b.Context(), b.ref, "1", key)
	b.refused(err, queue.ErrKeyConflict)
	b.waits(1)

	b.issue(2)
	press := queue.Act{Key: "next-1", By: staff.By}
	called, err := b.CallNext(b.Context(), b.ref, "1", press)
	b.ok(err)
	again, err := b.CallNext(b.Context(), b.ref, "1", press)
	b.ok(err)
	b.equal("a double click calls one", again.Number, called.Number)
	b.waits(2, 3)
}

func testReception(b *bench) {
	for r, want := range map[queue.Reception]error{queue.Closed: queue.ErrReceptionClosed, queue.Paused: queue.ErrReceptionPaused} {
		b.ok(b.SetReception(b.Context(), b.ref, r, "", staff))
		_, err := b.Issue(b.Context(), b.ref, queue.Request{Channel: "web", Party: 1}, queue.Act{})
		b.refused(err, want)
		b.equal("reception", b.line().Reception, r)
		_, err = b.Issue(b.Context(), b.ref, queue.Request{Channel: "desk", Party: 1}, staff)
		b.ok(err)
	}
	other, _ := b.mustSnapshot().Line("2")
	b.equal("the other service stays open", other.Reception, queue.Open)
	b.ok(b.SetReception(b.Context(), b.ref, queue.Open, "", staff))
	b.issue(1)
}

func (b *bench) mustSnapshot() *queue.Snapshot {
	b.Helper()
	snap, err := b.Snapshot(b.Context(), b.clinic.ID)
	b.ok(err)
	return snap
}

func testParty(b *bench) {
	for _, party := range []int{-1, 0, 6, 1 << 40} {
		_, err := b.Issue(b.Context(), b.ref, queue.Request{Channel: "desk", Party: party}, staff)
		b.refused(err, queue.ErrPartySize)
	}
	_, err := b.Issue(b.Context(), clinic.Ref{Clinic: b.clinic.ID, Service: "9"}, queue.Request{Channel: "web", Party: 1}, queue.Act{})
	b.refused(err, clinic.ErrNoService)
	b.waits()
}

func testNext(b *bench) {
	b.issue(3)
	one := b.next("1")
	b.equal("number", one.Number, 1)
	b.equal("state", one.State, queue.Called)
	b.equal("room", one.Room, "1")
	b.equal("attempt", one.Attempt, 1)
	b.equal("other room", b.next("2").Number, 2)
	b.equal("number", b.next("1").Number, 3)
	l := b.line()
	b.equal("open", numbersOf(l.Open), []int{3, 2})
	b.equal("ended", numbersOf(l.Ended), []int{1})
	b.equal("state of the former", l.Ended[0].State, queue.Done)
}

func testClerks(b *bench) {
	b.issue(40)
	var mu sync.Mutex
	seen := map[int]int{}
	var all sync.WaitGroup
	for _, room := range []string{"1", "2"} {
		for range 2 {
			all.Go(func() {
				for range 10 {
					t, err := b.CallNext(b.Context(), b.ref, room, staff)
					if err != nil {
						b.Error(err)
						return
					}
					mu.Lock()
					seen[t.Number]++
					mu.Unlock()
				}
			})
		}
	}
	all.Wait()
	for n := 1; n <= 40; n++ {
		if seen[n] != 1 {
			b.Fatalf("number %d was called %d times", n, seen[n])
		}
	}
	if open := b.line().Open; len(open) != 2 {
		b.Fatalf("two rooms hold %v", numbersOf(open))
	}
}

func testEmpty(b *bench) {
	_, err := b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrEmpty)
	b.issue(1)
	b.next("1")
	_, err = b.CallNext(b.Context(), b.ref, "1", staff)
	b.refused(err, queue.ErrEmpty)
	b.equal("the room's patient stays", numbersOf(b.line().Open), []int{1})
}

func testCallOne(b *bench) {
	ts := b.issue(3)
	t, err := b.Call(b.Context(), ts[2].ID, "2", staff)
	b.ok(err)
	b.equal("number", t.Number, 3)
	b.waits(1, 2)
	_, err = b.Call(b.Context(), ts[2].ID, "2", staff)
	b.refused(err, queue.ErrState)
}

func testRooms(b *bench) {
	b.issue(1)
	for _, room := range []string{"9", "", "3"} { // 3 serves service 2 only
		_, err := b.CallNext(b.Context(), b.ref, room, staff)
		b.refused(err, queue.ErrNoRoom)
	}
	// A room of two services holds one patient, of whichever.
	two := clinic.Ref{Clinic: b.clinic.ID, Service: "2"}
	_, err := b.Issue(b.Context(), two, queue.Request{Channel: "desk", Party: 1}, staff)
	b.ok(err)
	b.next("1")
	child, err := b.CallNext(b.Context(), two, "1", staff)
	b.ok(err)
	snap := b.mustSnapshot()
	b.equal("open of service 1", numbersOf(snap.Lines[0].Open), []int{})
	b.equal("open of service 2", numbersOf(snap.Lines[1].Open), []int{1})
	_, err = b.Do(b.Context(), child.ID, queue.Undo, staff)
	b.ok(err)
	snap = b.mustSnapshot()
	b.equal("undo gives the room back across services", numbersOf(snap.Lines[0].Open), []int{1})
	b.equal("open of service 2", numbersOf(snap.Lines[1].Open), []int{})
}

func testCalling(b *bench) {
	ts := b.issue(5)
	_, err := b.Call(b.Context(), ts[4].ID, "1", staff)
	b.ok(err)
	b.next("1")
	l := b.line()
	b.equal("newest in room 1", numbersOf(l.Calling()), []int{1})
	b.next("2")
	l = b.line()
	b.equal("newest room first", numbersOf(l.Calling()), []int{2, 1})
	b.do(l.Open[1], queue.Recall)
	l = b.line()
	b.equal("a recall is the newest", numbersOf(l.Calling()), []int{1, 2})
	b.equal("attempt", l.Open[0].Attempt, 2)
}

// reach brings a fresh ticket into a state.
func (b *bench) reach(s queue.State) queue.Ticket {
	b.Helper()
	t := b.issue(1)[0]
	path := map[queue.State][]queue.ActKind{
		queue.Called: {queue.Call}, queue.InService: {queue.Call, queue.Enter}, queue.Absent: {queue.Call, queue.Miss},
		queue.Held: {queue.Hold}, queue.Done: {queue.Call, queue.Finish}, queue.Cancelled: {queue.Cancel}, queue.NoShow: {queue.Drop},
	}
	return b.do(t, path[s]...)
}

func testGuards(b *bench) {
	// domain §5.2, written out a second time.
	allowed := map[queue.State]string{
		queue.Waiting: "call hold cancel no_show transfer move", queue.Called: "recall enter finish absent hold exam transfer",
		queue.InService: "finish exam transfer", queue.Absent: "return cancel no_show transfer move",
		queue.Held: "return resume cancel no_show transfer move", queue.Done: "", queue.Cancelled: "", queue.NoShow: "",
	}
	for _, v := range []queue.ActKind{
		queue.Call, queue.Recall, queue.Enter, queue.Finish, queue.Miss, queue.Return, queue.Exam, queue.Transfer, queue.Move,
		queue.Hold, queue.Resume, queue.Cancel, queue.Drop,
	} {
		for s, acts := range allowed {
			t := b.reach(s)
			may := slices.Contains(strings.Fields(acts), string(v))
			b.equal(fmt.Sprintf("%s listed on %s", v, s), slices.Contains(t.Acts(), v), may)
			var err error
			switch v {
			case queue.Call:
				_, err = b.Call(b.Context(), t.ID, "2", staff)
			case queue.Transfer:
				_, err = b.Transfer(b.Context(), t.ID, "2", staff)
			case queue.Move:
				_, err = b.Move(b.Context(), t.ID, 0, queue.ReasonDesk, staff)
			default:
				_, err = b.Do(b.Context(), t.ID, v, staff)
			}
			if may {
				b.ok(err)
			} else {
				b.refused(err, queue.ErrState)
			}
			if now, err := b.Ticket(b.Context(), t.ID); err != nil || !may && now.State != s {
				b.Fatalf("%s on %s left %+v, %v", v, s, now, err)
			}
		}
	}
	gone := queue.TicketID(b.ref.String() + string(b.issue(1)[0].ID[6:13]) + "-" + "aaaaaaaaaaaa")
	_, err := b.Do(b.Context(), gone, queue.Finish, staff)
	b.refused(err, queue.ErrNoTicket)
	_, err = b.Ticket(b.Context(), gone)
	b.refused(err, queue.ErrNoTicket)
	yesterday := queue.TicketID(b.ref.String() + "-200101-aaaaaaaaaaaa")
	_, err = b.Do(b.Context(), yesterday, queue.Finish, staff)
	b.refused(err, queue.ErrDayOver)
}

func testHold(b *bench) {
	ts := b.issue(3)
	b.do(ts[1], queue.Hold)
	b.waits(1, 3)
	b.equal("held", numbersOf(b.line().Held), []int{2})
	b.do(ts[1], queue.Resume)
	b.waits(1, 2, 3)
	called := b.next("1")
	held := b.do(called, queue.Hold)
	b.equal("the room is free", numbersOf(b.line().Open), []int{})
	b.do(held, queue.Return)
	b.waits(1, 2, 3)
	b.equal("a held one who returns is not marked", b.line().Waiting[0].Returned, false)
}

func testCancel(b *bench) {
	ts := b.issue(4)
	t, err := b.CancelByOwner(b.Context(), ts[1].ID, "good", queue.Act{})
	b.ok(err)
	b.equal("state", t.State, queue.Cancelled)
	b.waits(1, 3, 4)
	_, err = b.CancelByOwner(b.Context(), ts[1].ID, "good", queue.Act{})
	b.refused(err, queue.ErrState)
	for range queue.WrongCodes {
		_, err = b.CancelByOwner(b.Context(), ts[2].ID, "wrong", queue.Act{})
		b.refused(err, queue.ErrWrongCode)
	}
	for _, code := range []string{"wrong", "good"} {
		_, err = b.CancelByOwner(b.Context(), ts[2].ID, code, queue.Act{})
		b.refused(err, queue.ErrCodeLocked)
	}
	b.do(ts[2], queue.Cancel) // the desk still may
	b.equal("never reissued", b.issue(1)[0].Number, 5)

	two := clinic.Ref{Clinic: b.clinic.ID, Service: "2"} // no web cancel
	i, err := b.Issue(b.Context(), two, queue.Request{Channel: "web", Party: 1, CodeHash: "good"}, queue.Act{})
	b.ok(err)
	b.equal("has no code", i.HasCode, false)
	_, err = b.CancelByOwner(b.Context(), i.ID, "good", queue.Act{})
	b.refused(err, queue.ErrNotCancellable)
	called := b.next("1")
	_, err = b.CancelByOwner(b.Context(), called.ID, "good", queue.Act{})
	b.refused(err, queue.ErrState)
}

func testUndo(b *bench) {
	ts := b.issue(5)
	before := ShapeOf(b.mustSnapshot()).Lines
	t := b.do(ts[0], queue.Hold, queue.Resume, queue.Call, queue.Recall, queue.Miss, queue.Return, queue.Hold, queue.Return, queue.Call, queue.Enter, queue.Finish)
	for want := range slices.Values([]queue.ActKind{
		queue.Finish, queue.Enter, queue.Call, queue.Return, queue.Hold, queue.Return, queue.Miss, queue.Recall, queue.Call, queue.Resume, queue.Hold,
	}) {
		b.equal("last act", t.LastAct, want)
		t = b.do(t, queue.Undo)
	}
	b.equal("as it was at first", ShapeOf(b.mustSnapshot()).Lines, before)
	_, err := b.Do(b.Context(), t.ID, queue.Undo, staff)
	b.refused(err, queue.ErrNothingToUndo)
	t = b.do(t, queue.Cancel, queue.Undo)
	b.equal("a cancel can be taken back", t.State, queue.Waiting)
}

func testUndoCall(b *bench) {
	b.issue(4)
	b.do(b.next("1"), queue.Enter)
	two := b.next("1")
	b.do(two, queue.Undo)
	l := b.line()
	b.equal("the room shows its former number", numbersOf(l.Calling()), []int{1})
	b.equal("in the state it had", l.Open[0].State, queue.InService)
	b.waits(2, 3, 4)
	// Once somebody has acted on the former one, it stays where it is.
	two = b.next("1")
	ended := b.line().Ended[0]
	_, err := b.Do(b.Context(), ended.ID, queue.Undo, staff)
	b.refused(err, queue.ErrRoomBusy)
	b.do(two, queue.Miss)
	b.do(ended, queue.Undo) // the room is free now
	b.do(b.line().Open[0], queue.Finish)
	two = b.do(b.line().Absent[0], queue.Undo)
	b.equal("the absence is taken back", two.State, queue.Called)
	b.do(two, queue.Undo)
	b.equal("the former one was acted on since", numbersOf(b.line().Open), []int{})
}

func testUndoBusy(b *bench) {
	b.issue(3)
	one := b.next("1")
	b.do(one, queue.Miss)
	b.next("1")
	_, err := b.Do(b.Context(), one.ID, queue.Undo, staff)
	b.refused(err, queue.ErrRoomBusy)
	b.equal("open", numbersOf(b.line().Open), []int{2})
}

package queue_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// toldMessage is what package outbox publishes of a notice.
func toldMessage(c clinic.ID, d clinic.Day, id queue.TicketID, told string) string {
	return fmt.Sprintf("%s told %s %s %s", c, d, id, told)
}

// TestTold_FollowsItsMessages sends notices of two tickets, and compares the snapshot that
// followed the messages with one that was read.
func TestTold_FollowsItsMessages(t *testing.T) {
	t.Parallel()
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	var ids []queue.TicketID
	for range 2 {
		i, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, i.ID)
	}
	read := func() *queue.Snapshot {
		t.Helper()
		snap, err := s.Snapshot(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return snap
	}
	first := read()
	if first.Told != nil {
		t.Errorf("before a notice: %v", first.Told)
	}
	day, ms := first.Day, first.At.UnixMilli()
	key := queue.DayKey(c.ID, day, "told")
	followed := first
	for n, notice := range []struct {
		ticket queue.TicketID
		told   string
		fit    queue.Fit
	}{
		{ids[0], fmt.Sprint(ms+10, " approach push sent"), queue.FitTold},
		{ids[1], fmt.Sprint(ms+20, " confirm mail sent"), queue.FitTold},
		{ids[0], fmt.Sprint(ms+30, " approach push shown"), queue.FitTold},
		{ids[0], fmt.Sprint(ms+30, " approach push shown"), queue.FitOld},
		{ids[1], fmt.Sprint(ms+20, " call push sent"), queue.FitTold}, // within the same millisecond
	} {
		if err := s.Redis().HSet(t.Context(), key, string(notice.ticket), notice.told).Err(); err != nil {
			t.Fatal(err)
		}
		before := followed
		var fit queue.Fit
		followed, fit = followed.Apply(queue.ParseDelta(toldMessage(c.ID, day, notice.ticket, notice.told)))
		if fit != notice.fit || followed.Version != first.Version || fit == queue.FitOld && followed != before {
			t.Errorf("notice %d is %s, and makes version %d of %d", n, fit, followed.Version, first.Version)
		}
		if fit == queue.FitTold && (!followed.At.After(before.At) || !followed.MarkedSince(before)) {
			t.Errorf("notice %d is of %v, after %v", n, followed.At, before.At)
		}
		if want := read(); !reflect.DeepEqual(followed.Told, want.Told) {
			t.Errorf("notice %d: followed %v, read %v", n, followed.Told, want.Told)
		}
	}
	want := queue.Told{At: time.UnixMilli(ms + 30), Kind: "approach", Channel: "push", State: "shown"}
	if got := followed.Told[ids[0]]; got != want || first.Told != nil {
		t.Errorf("the ticket has %+v, want %+v, and the first snapshot %v", got, want, first.Told)
	}
	if _, err := s.Do(t.Context(), ids[0], queue.Cancel, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	if acted := read(); acted.MarkedSince(followed) || len(acted.Told) != 2 {
		t.Errorf("after an act: %v", acted.Told)
	}
}

// TestTold_LeavesOutWhatItDoesNotUnderstand has entries and messages of later programs, of
// other days, and late ones.
func TestTold_LeavesOutWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	s := queuetest.Store(t)
	c := queuetest.NewClinic(t, s)
	i, err := s.Issue(t.Context(), clinic.Ref{Clinic: c.ID, Service: "1"}, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
	if err != nil {
		t.Fatal(err)
	}
	id, day := i.ID, i.ID.Day()
	key := queue.DayKey(c.ID, day, "told")
	if err := s.Redis().HSet(t.Context(), key, string(id), "5 call push sent", "x", "later text", "y", "now call push sent").Err(); err != nil {
		t.Fatal(err)
	}
	snap, err := s.Snapshot(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := (map[queue.TicketID]queue.Told{id: {At: time.UnixMilli(5), Kind: "call", Channel: "push", State: "sent"}}); !reflect.DeepEqual(snap.Told, want) {
		t.Errorf("read %v, want %v", snap.Told, want)
	}
	for message, want := range map[string]queue.Fit{
		toldMessage(c.ID, day, id, "4 approach push sent"):          queue.FitOld,
		toldMessage(c.ID, "2001-01-01", id, "9 approach push sent"): queue.FitOld,
		toldMessage(c.ID, "2101-01-01", id, "9 approach push sent"): queue.FitOld,
		toldMessage(c.ID, day, id, "9 approach push"):               queue.FitOrder,
		toldMessage(c.ID, day, id, "now approach push sent"):        queue.FitOrder,
		toldMessage(c.ID, day, id, "9 approach push sent or not"):   queue.FitOrder,
	} {
		if next, fit := snap.Apply(queue.ParseDelta(message)); fit != want || next != snap {
			t.Errorf("%q is %s, want %s", message, fit, want)
		}
	}
}

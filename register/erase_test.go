package register_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/register"
	"junban/register/registertest"
)

// fakeLine is a line that does more while its file is rewritten.
type fakeLine struct {
	erased    []queue.TicketID
	meanwhile func()
}

func (l *fakeLine) ErasePatients(_ context.Context, _ clinic.ID, ids []queue.TicketID) (int, error) {
	n := len(l.erased)
	for _, id := range ids {
		if !slices.Contains(l.erased, id) {
			l.erased = append(l.erased, id)
		}
	}
	return len(l.erased) - n, nil
}

func (l *fakeLine) RewriteFile(context.Context, clinic.ID) (queue.Rewrite, error) {
	if do := l.meanwhile; do != nil {
		l.meanwhile = nil
		do()
	}
	return queue.Rewritten, nil
}

// TestErase_HasWhatThePersonGetsMeanwhile links a booking and merges a member while the
// line is erased, which takes long if its file is large.
func TestErase_HasWhatThePersonGetsMeanwhile(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store, err := register.Open(t.Context(), db, nil)
		if err != nil {
			t.Fatal(err)
		}
		add := func(name string) register.Member {
			t.Helper()
			m, err := store.AddMember(t.Context(), "1234", register.MemberFields{Name: name}, "", office)
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		keep, other := add("佐藤 花子"), add("サトウ ハナコ")
		first, second := registertest.Ticket("1234-1", "2026-11-30", 1), registertest.Ticket("1234-1", "2026-11-30", 2)
		for _, ticket := range []queue.TicketID{first, second} {
			registertest.AddBookings(t, db, register.Booking{Ticket: ticket, Day: "2026-11-30", Issued: time.Now(), Updated: time.Now(), Patient: queue.Patient{Name: "花子"}})
		}
		if err := store.LinkBooking(t.Context(), "1234", first, keep.ID, office); err != nil {
			t.Fatal(err)
		}
		line := &fakeLine{meanwhile: func() {
			if err := store.LinkBooking(t.Context(), "1234", second, other.ID, office); err != nil {
				t.Error(err)
			}
			if _, err := store.Merge(t.Context(), "1234", keep.ID, other.ID, office); err != nil {
				t.Error(err)
			}
		}}
		cert, err := store.Erase(t.Context(), "1234", register.Person{Member: keep.ID}, line, office)
		if err != nil {
			t.Fatal(err)
		}
		if r := cert.Removed; r.Members != 2 || r.Merges != 1 || r.Bookings != 2 || r.Line != 2 {
			t.Errorf("removed %+v", r)
		}
		if !slices.Contains(line.erased, second) {
			t.Error("the line still has the second booking's patient")
		}
		for _, m := range []register.Member{keep, other} {
			if _, err := store.Member(t.Context(), "1234", m.ID, office); !errors.Is(err, register.ErrNoMember) {
				t.Errorf("%s: %v", m.Name, err)
			}
		}
		for _, ticket := range []queue.TicketID{first, second} {
			if b, err := store.Booking(t.Context(), "1234", ticket, office); err != nil || b.Patient != (queue.Patient{}) || b.Member != "" || b.Erased.IsZero() {
				t.Errorf("%+v, %v", b, err)
			}
		}
		if _, err := store.Erase(t.Context(), "1234", register.Person{Member: keep.ID}, line, office); !errors.Is(err, register.ErrNoMember) {
			t.Errorf("a second erasure: %v", err)
		}
		if all, err := store.Certificates(t.Context(), "1234"); err != nil || len(all) != 1 {
			t.Errorf("%d certificates, %v", len(all), err)
		}
	})
}

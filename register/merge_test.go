package register_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"junban/internal/sqldb"
	"junban/queue"
	"junban/queue/clinic"
	"junban/register"
	"junban/register/registertest"
)

// bookingsOf returns the tickets of a member.
func bookingsOf(t *testing.T, db *sqldb.DB, m register.MemberID) (tickets []queue.TicketID) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT ticket FROM booking WHERE member = $1 ORDER BY ticket", string(m))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var ticket queue.TicketID
		if err := rows.Scan(&ticket); err != nil {
			t.Fatal(err)
		}
		tickets = append(tickets, ticket)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return tickets
}

func TestMerge_MovesBookingsAndIsUndone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		ctx := t.Context()
		a := add(t, s, "1234", register.MemberFields{Name: "山田 太郎", Phone: "090-1111-2222", Card: "1"})
		b := add(t, s, "1234", register.MemberFields{Name: "山田　太郎", Phone: "09011112222", Card: "2"})
		third := add(t, s, "1234", register.MemberFields{Name: "山田 三郎"})
		ticket := func(n int) queue.TicketID { return registertest.Ticket("1234-1", "2026-12-01", n) }
		registertest.AddBookings(t, db, register.Booking{Ticket: ticket(1), Member: a.ID}, register.Booking{Ticket: ticket(2), Member: b.ID},
			register.Booking{Ticket: ticket(3), Member: b.ID}, register.Booking{Ticket: ticket(4)})

		for _, other := range []register.MemberID{"m0", "\xff", ""} {
			_, err := s.Merge(ctx, "1234", a.ID, other, desk)
			wants(t, err, register.ErrNoMember)
		}
		_, err := s.Merge(ctx, "4321", a.ID, b.ID, desk)
		wants(t, err, register.ErrNoMember)
		_, err = s.Merge(ctx, "1234", a.ID, a.ID, desk)
		wants(t, err, register.ErrSameMember)

		r, err := s.Merge(ctx, "1234", a.ID, b.ID, desk)
		if err != nil || r.Kept != a.ID || r.Merged != b.ID || r.By != "sato" || !slices.Equal(r.Bookings, []queue.TicketID{ticket(2), ticket(3)}) {
			t.Fatalf("%+v, %v", r, err)
		}
		if got := bookingsOf(t, db, a.ID); len(got) != 3 {
			t.Errorf("the kept one has %v", got)
		}
		if got := found(t, s, "山田太郎"); len(got) != 1 {
			t.Errorf("the list has %v", got)
		}
		if to, err := s.Resolve(ctx, "1234", b.ID); err != nil || to != a.ID {
			t.Errorf("resolved to %s, %v", to, err)
		}
		_, err = s.EditMember(ctx, "1234", b.ID, b.MemberFields, 2, desk)
		wants(t, err, register.ErrMerged)
		for _, pair := range [][2]register.MemberID{{a.ID, b.ID}, {b.ID, a.ID}, {b.ID, third.ID}, {third.ID, b.ID}} {
			_, err := s.Merge(ctx, "1234", pair[0], pair[1], desk)
			wants(t, err, register.ErrMerged)
		}
		merges, err := s.Merges(ctx, "1234", b.ID)
		if err != nil || len(merges) != 1 || !reflect.DeepEqual(merges[0], r) {
			t.Errorf("%+v, %v, want %+v", merges, err, r)
		}

		// The kept one is merged itself: the later merge is undone first.
		later, err := s.Merge(ctx, "1234", third.ID, a.ID, desk)
		if err != nil || len(later.Bookings) != 3 {
			t.Fatalf("%+v, %v", later, err)
		}
		if to, err := s.Resolve(ctx, "1234", b.ID); err != nil || to != third.ID {
			t.Errorf("resolved to %s, %v", to, err)
		}
		_, err = s.Unmerge(ctx, "1234", r.ID, desk)
		wants(t, err, register.ErrMerged)
		if _, err := s.Unmerge(ctx, "1234", later.ID, desk); err != nil {
			t.Fatal(err)
		}
		// A card that was given since then stays with its new owner.
		if _, err := s.EditMember(ctx, "1234", third.ID, register.MemberFields{Name: "山田 三郎", Card: "2"}, third.Version, desk); err != nil {
			t.Fatal(err)
		}
		_, err = s.Unmerge(ctx, "1234", r.ID, desk)
		wants(t, err, register.ErrCardTaken)
		if got := bookingsOf(t, db, a.ID); len(got) != 3 {
			t.Errorf("the refused undo left %v", got)
		}
		if _, err := s.EditMember(ctx, "1234", third.ID, third.MemberFields, third.Version+1, desk); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"", "x", "\xff", strings.Repeat("0", 25), r.ID + "0"} {
			_, err = s.Unmerge(ctx, "1234", id, desk)
			wants(t, err, register.ErrNotMerged)
		}
		_, err = s.Unmerge(ctx, "4321", r.ID, desk)
		wants(t, err, register.ErrNotMerged)
		undone, err := s.Unmerge(ctx, "1234", r.ID, desk)
		if err != nil || undone.Undone.IsZero() || undone.UndoneBy != "sato" {
			t.Errorf("%+v, %v", undone, err)
		}
		if kept, back := bookingsOf(t, db, a.ID), bookingsOf(t, db, b.ID); !slices.Equal(kept, []queue.TicketID{ticket(1)}) || !slices.Equal(back, []queue.TicketID{ticket(2), ticket(3)}) {
			t.Errorf("after the undo %v and %v", kept, back)
		}
		_, err = s.Unmerge(ctx, "1234", r.ID, desk)
		wants(t, err, register.ErrNotMerged)
		if got := found(t, s, "山田太郎"); len(got) != 2 {
			t.Errorf("the list has %v", got)
		}
	})
}

func TestCandidates_AreShownAndNeverMerged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		ctx := t.Context()
		first := add(t, s, "1234", register.MemberFields{Name: "渡邊 太郎", Phone: "090-1111-2222", Birth: "1980-02-29"})
		phone := add(t, s, "1234", register.MemberFields{Name: "渡辺太郎", Phone: "+81 90 1111 2222"})
		birth := add(t, s, "1234", register.MemberFields{Name: "渡邉 太郎", Birth: "S55.2.29"})
		add(t, s, "1234", register.MemberFields{Name: "渡辺 花子", Phone: "090-1111-2222", Birth: "1980-02-29"})
		add(t, s, "1234", register.MemberFields{Kana: "ワタナベ", Phone: "090-1111-2222"})
		add(t, s, "4321", register.MemberFields{Name: "渡邊 太郎", Phone: "090-1111-2222"})
		candidates, err := s.Candidates(ctx, "1234", first.ID, desk)
		ids := []register.MemberID{}
		for _, m := range candidates {
			ids = append(ids, m.ID)
		}
		slices.Sort(ids)
		want := []register.MemberID{phone.ID, birth.ID}
		slices.Sort(want)
		if err != nil || !slices.Equal(ids, want) {
			t.Errorf("%v, %v, want %v", ids, err, want)
		}
		for _, id := range want {
			log, err := s.AccessLog(ctx, "1234", register.AccessQuery{Member: id})
			if err != nil || len(log.Entries) != 2 || log.Entries[0].Act != register.ActSearch || log.Entries[0].Detail != "candidate of "+string(first.ID) {
				t.Errorf("the access log of a candidate: %+v, %v", log.Entries, err)
			}
		}
		groups := func(c clinic.ID) (all [][]register.Member, pages int) {
			t.Helper()
			for after := ""; pages == 0 || after != ""; pages++ {
				p, err := s.CandidateGroups(ctx, c, after)
				if err != nil {
					t.Fatal(err)
				}
				all, after = append(all, p.Groups...), p.Next
			}
			return all, pages
		}
		if all, _ := groups("1234"); len(all) != 2 || len(all[0]) != 2 || len(all[1]) != 2 {
			t.Errorf("%+v", all)
		}
		if _, err := s.Merge(ctx, "1234", first.ID, phone.ID, desk); err != nil {
			t.Fatal(err)
		}
		if all, _ := groups("1234"); len(all) != 1 {
			t.Errorf("%+v", all)
		}
		_, err = s.Candidates(ctx, "4321", first.ID, desk)
		wants(t, err, register.ErrNoMember)
		for _, after := range []string{"x", "\x00", "eyJieSI6Im5hbWUifQ"} {
			_, err = s.CandidateGroups(ctx, "1234", after)
			wants(t, err, register.ErrBadQuery)
		}
		var many []register.Member
		for i := range 120 {
			many = append(many, register.Member{MemberFields: register.MemberFields{Name: fmt.Sprint("多", i/2), Birth: "1990-01-01"}})
		}
		registertest.AddMembers(t, db, "5678", many...)
		if all, pages := groups("5678"); len(all) != 60 || pages != 4 {
			t.Errorf("%d groups on %d pages, want 60 on 4", len(all), pages)
		}
	})
}

package register_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/register"
	"junban/register/registertest"
	"junban/register/searchkey"
)

var office = clinic.Actor{Kind: "staff", Name: "hanako"}

var (
	surnames = []string{"山田", "佐藤", "髙橋", "渡邉", "Smith"}
	givens   = []string{"太郎", "花子", "一", "O'Neil_%"}
	states   = []queue.State{queue.Booked, queue.Waiting, queue.Done, queue.Done, queue.Done, queue.Cancelled, queue.NoShow}
)

// someBookings are n bookings of one clinic over a year.
func someBookings(c string, n int) []register.Booking {
	random := rand.New(rand.NewPCG(1, uint64(n)))
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	list := make([]register.Booking, n)
	for i := range list {
		day := first.AddDate(0, 0, random.IntN(360))
		issued := day.Add(-time.Duration(random.IntN(80*24)) * time.Hour)
		id := registertest.Ticket(fmt.Sprintf("%s-%d", c, 1+random.IntN(3)), day.Format(time.DateOnly), i)
		b := register.Booking{
			Ticket: id, Day: clinic.Day(day.Format(time.DateOnly)), State: states[random.IntN(len(states))], Channel: []string{"web", "desk"}[random.IntN(2)], Number: i,
			Issued: issued, Updated: issued.Add(time.Duration(random.IntN(1000)) * time.Hour),
		}
		if i%10 > 0 {
			b.Patient = queue.Patient{
				Name: surnames[random.IntN(len(surnames))] + " " + givens[random.IntN(len(givens))], Kana: "ヤマダ タロウ", Phone: fmt.Sprintf("090-%04d-%04d", random.IntN(9), random.IntN(30)),
				CardNumber: fmt.Sprint(random.IntN(50)), Symptoms: []string{"", "咳と熱", "Cough 100%"}[random.IntN(3)],
			}
		}
		if i%7 == 0 {
			b.Member = register.MemberID(fmt.Sprint("m", random.IntN(3)))
		}
		list[i] = b
	}
	return list
}

// matches is what a search means, in plain Go.
func matches(q register.BookingQuery, b register.Booking) bool {
	p := b.Patient
	if q.Text != "" {
		name, phone, card := searchkey.Name(p.Name), searchkey.Phone(p.Phone), searchkey.Card(p.CardNumber)
		found := card == searchkey.Card(q.Text)
		if digits := searchkey.Phone(q.Text); digits != "" && digits == strings.ReplaceAll(q.Text, "-", "") {
			found = found || phone == digits || len(digits) >= 4 && strings.HasSuffix(phone, digits)
		} else {
			all := true
			for _, part := range strings.Fields(q.Text) {
				all = all && (strings.Contains(name, searchkey.Name(part)) || strings.Contains(searchkey.Kana(p.Kana), searchkey.Kana(part)))
			}
			found = found || all
		}
		if !found {
			return false
		}
	}
	in := func(at, from, to time.Time) bool {
		return (from.IsZero() || !at.Before(from)) && (to.IsZero() || at.Before(to))
	}
	return (q.Service == "" || b.Ticket.Ref().Service == q.Service) && (len(q.State) == 0 || slices.Contains(q.State, b.State)) && (q.Channel == "" || b.Channel == q.Channel) &&
		(q.Member == "" || b.Member == q.Member) && (q.Symptoms == "" || strings.Contains(strings.ToLower(p.Symptoms), strings.ToLower(q.Symptoms))) &&
		in(b.Issued, q.IssuedFrom, q.IssuedTo) && in(b.Updated, q.UpdatedFrom, q.UpdatedTo) && (q.DayFrom == "" || b.Day >= q.DayFrom) && (q.DayTo == "" || b.Day <= q.DayTo)
}

func randomQuery(random *rand.Rand) (q register.BookingQuery) {
	at := func() time.Time { return time.Date(2025, 10, 1+random.IntN(450), 0, 0, 0, 0, time.UTC) }
	day := func() clinic.Day { return clinic.Day(at().Format(time.DateOnly)) }
	for range 3 {
		switch random.IntN(9) {
		case 0:
			q.Service = fmt.Sprint(1 + random.IntN(4))
		case 1:
			q.State = []queue.State{states[random.IntN(len(states))], queue.NoShow}
		case 2:
			q.Channel = []string{"web", "desk"}[random.IntN(2)]
		case 3, 4:
			q.Text = []string{"山田", "高橋", "やまだ", "太郎", "渡辺 花", "smith", "_%", "'", "0003", "090-0001-0007", "12", "山", "ﾔﾏ"}[random.IntN(13)]
		case 5:
			q.Member = "m1"
		case 6:
			q.DayFrom, q.DayTo = day(), day()
			if random.IntN(2) == 0 {
				q.Symptoms = "0%"
				q.DayFrom, q.DayTo = "2026-03-01", "2026-10-01"
			}
		case 7:
			if q.IssuedFrom = at(); random.IntN(2) == 0 {
				q.IssuedTo = at()
			}
		case 8:
			if q.UpdatedTo = at(); random.IntN(2) == 0 {
				q.UpdatedFrom = at()
			}
		}
	}
	q.DayFrom, q.DayTo = min(q.DayFrom, q.DayTo), max(q.DayFrom, q.DayTo) // both or none are set
	for _, r := range [][2]*time.Time{{&q.IssuedFrom, &q.IssuedTo}, {&q.UpdatedFrom, &q.UpdatedTo}} {
		if !r[1].IsZero() && r[1].Before(*r[0]) {
			*r[0], *r[1] = *r[1], *r[0]
		}
	}
	return q
}

// TestSearchBookings_FindsWhatMatches compares searches and their pages with a plain filter.
func TestSearchBookings_FindsWhatMatches(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store, err := register.Open(t.Context(), db, nil)
		if err != nil {
			t.Fatal(err)
		}
		own := someBookings("1234", 1100)
		registertest.AddBookings(t, db, own...)
		registertest.AddBookings(t, db, someBookings("2345", 300)...)
		slices.SortFunc(own, func(a, b register.Booking) int {
			if c := strings.Compare(string(b.Day), string(a.Day)); c != 0 {
				return c
			}
			if c := b.Issued.Compare(a.Issued); c != 0 {
				return c
			}
			return strings.Compare(string(b.Ticket), string(a.Ticket))
		})
		random := rand.New(rand.NewPCG(5, 5))
		for i := range 30 {
			q := randomQuery(random)
			if i == 0 {
				q = register.BookingQuery{}
			}
			var want, got []queue.TicketID
			for _, b := range own {
				if matches(q, b) {
					want = append(want, b.Ticket)
				}
			}
			for {
				page, err := store.SearchBookings(t.Context(), "1234", q, office)
				if err != nil {
					t.Fatalf("%+v: %v", q, err)
				}
				if len(page.Bookings) > 50 || page.Count != min(len(want), 1000) || page.More != (len(want) > 1000) {
					t.Fatalf("%+v: a page of %d, counted %d, more %v; want %d", q, len(page.Bookings), page.Count, page.More, len(want))
				}
				for _, b := range page.Bookings {
					got = append(got, b.Ticket)
				}
				if q.After = page.Next; q.After == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%+v: found %d, want %d", q, len(got), len(want))
			}
			got = nil
			err := store.EachBooking(t.Context(), "1234", q, "", 70, func(page []register.Booking, _ string) error {
				for _, b := range page {
					got = append(got, b.Ticket)
				}
				return nil
			})
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("%+v: a file would have %d, want %d: %v", q, len(got), len(want), err)
			}
		}
	})
}

func TestSearchBookings_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store, err := register.Open(t.Context(), db, nil)
		if err != nil {
			t.Fatal(err)
		}
		registertest.AddBookings(t, db, someBookings("1234", 20)...)
		newer := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
		for _, q := range []register.BookingQuery{
			{Text: strings.Repeat("あ", 1000)}, {Text: "a\xed\xa0\x80"}, {Text: "a\x00"}, {State: []queue.State{"gone"}}, {DayFrom: "2026-02-30"}, {DayTo: "x"},
			{After: "x"}, {After: "e30"}, {IssuedFrom: time.Date(1, 2, 1, 0, 0, 0, 0, time.UTC)}, {Symptoms: "熱"}, {Symptoms: "熱", DayFrom: "2020-01-01", DayTo: "2026-01-01"},
			{Service: strings.Repeat("1", 1000)}, {DayFrom: "2026-02-02", DayTo: "2026-02-01"}, {IssuedFrom: newer, IssuedTo: newer.Add(-1)}, {UpdatedFrom: newer, UpdatedTo: newer.Add(-1)},
		} {
			if _, err := store.SearchBookings(t.Context(), "1234", q, office); !errors.Is(err, register.ErrBadQuery) {
				t.Errorf("%.80q: %v", fmt.Sprintf("%+v", q), err)
			}
		}
		for _, text := range []string{`'; DROP TABLE booking; --`, `"`, `\`, "%", "_", "・", "�", "（", "+", "-", "  "} {
			if _, err := store.SearchBookings(t.Context(), "1234", register.BookingQuery{Text: text}, office); err != nil {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}

func TestBooking_OfAnotherClinicIsUnknown(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store, err := register.Open(t.Context(), db, nil)
		if err != nil {
			t.Fatal(err)
		}
		all := someBookings("1234", 20)
		registertest.AddBookings(t, db, all...)
		members := registertest.AddMembers(t, db, "1234", register.Member{}, register.Member{MergedInto: "m000000000001"})
		other := registertest.AddMembers(t, db, "2345", register.Member{ID: "other"})
		id := all[1].Ticket
		if b, err := store.Booking(t.Context(), "1234", id, office); err != nil || b.Ticket != id || b.Patient != all[1].Patient {
			t.Errorf("%+v, %v", b, err)
		}
		if _, err := store.Booking(t.Context(), "2345", id, office); !errors.Is(err, register.ErrNoBooking) {
			t.Errorf("a booking of another clinic: %v", err)
		}
		for _, c := range []struct {
			clinic clinic.ID
			ticket queue.TicketID
			member register.MemberID
			want   error
		}{
			{"1234", id, members[0].ID, nil}, {"1234", id, members[1].ID, register.ErrMerged}, {"1234", id, other[0].ID, register.ErrNoMember},
			{"2345", id, other[0].ID, register.ErrNoBooking}, {"1234", "1234-1-260101-zzzzzzzzzzzz", members[0].ID, register.ErrNoBooking},
		} {
			if err := store.LinkBooking(t.Context(), c.clinic, c.ticket, c.member, office); !errors.Is(err, c.want) {
				t.Errorf("link %s to %s: %v, want %v", c.ticket, c.member, err, c.want)
			}
		}
		page, err := store.BookingsOf(t.Context(), "1234", members[0].ID, "", office)
		if err != nil || len(page.Bookings) != 1 || page.Bookings[0].Ticket != id {
			t.Errorf("bookings of the member: %+v, %v", page, err)
		}
		var acts int
		if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM access_log WHERE clinic = $1 AND by_user = $2 AND act IN ('open', 'edit', 'search')", "1234", office.Name).Scan(&acts); err != nil || acts != 3 {
			t.Errorf("%d acts in the access log, want 3: %v", acts, err)
		}
	})
}

func TestOverlay_ReplacesOpenTickets(t *testing.T) {
	t.Parallel()
	page := register.BookingPage{Bookings: []register.Booking{{Ticket: "a", State: queue.Waiting}, {Ticket: "b", State: queue.Waiting}}}
	page.Overlay(map[queue.TicketID]*queue.Ticket{"b": {ID: "b", State: queue.Called, Room: "1", Number: 7}})
	if a, b := page.Bookings[0], page.Bookings[1]; a.State != queue.Waiting || b.State != queue.Called || b.Room != "1" || b.Number != 7 {
		t.Errorf("%+v", page.Bookings)
	}
}

// TestSearchBookings_UsesItsIndexes asks SQLite, whose planner knows no frequencies.
func TestSearchBookings_UsesItsIndexes(t *testing.T) {
	t.Parallel()
	db := sqldbtest.Memory(t)
	store, err := register.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	registertest.AddBookings(t, db, someBookings("1234", 200)...)
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for index, q := range map[string]register.BookingQuery{
		"COVERING INDEX booking_of_person": {Text: "山田", Service: "1", State: []queue.State{queue.Done}, DayFrom: "2026-01-01"},
		"COVERING INDEX booking_service":   {Service: "1", State: []queue.State{queue.Done}, Channel: "web", DayFrom: "2026-01-01"},
		"COVERING INDEX booking_state":     {State: []queue.State{queue.Done, queue.NoShow}, Channel: "web"},
		"COVERING INDEX booking_day":       {DayFrom: "2026-01-01", DayTo: "2026-02-01"},
		"INDEX booking_member":             {Member: "m1", Service: "1", DayFrom: "2026-01-01"},
		"INDEX booking_issued":             {IssuedFrom: at, IssuedTo: at.AddDate(0, 1, 0), DayFrom: "2026-01-01", Service: "1"},
		"INDEX booking_updated":            {UpdatedFrom: at, UpdatedTo: at.AddDate(0, 1, 0), DayFrom: "2026-01-01", Service: "1"},
	} {
		plan, err := store.PlanOf(t.Context(), "1234", q)
		if err != nil || !strings.Contains(plan, index) || strings.Contains(plan, "SCAN booking") {
			t.Errorf("%+v: want %s, got %s %v", q, index, plan, err)
		}
	}
}

// FuzzSearchBookings sends any text and any cursor.
func FuzzSearchBookings(f *testing.F) {
	db := sqldbtest.Memory(f)
	store, err := register.Open(f.Context(), db, nil)
	if err != nil {
		f.Fatal(err)
	}
	registertest.AddBookings(f, db, someBookings("1234", 60)...)
	page, err := store.SearchBookings(f.Context(), "1234", register.BookingQuery{}, office)
	if err != nil || page.Next == "" {
		f.Fatal(err)
	}
	f.Add("山田 太郎", page.Next, "done", "2026-03-01")
	f.Add("090-0001", "e30", "x", "2026-13-01")
	f.Add("'%_\\\x00", "", "", "")
	f.Fuzz(func(t *testing.T, text, after, state, day string) {
		q := register.BookingQuery{Text: text, After: after, DayFrom: clinic.Day(day)}
		if state != "" {
			q.State = []queue.State{queue.State(state)}
		}
		page, err := store.SearchBookings(t.Context(), "1234", q, office)
		if err != nil && !errors.Is(err, register.ErrBadQuery) {
			t.Fatal(err)
		}
		for _, b := range page.Bookings {
			if b.Ticket.Ref().Clinic != "1234" {
				t.Fatalf("%s is another clinic's", b.Ticket)
			}
		}
	})
}

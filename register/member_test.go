package register_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/rule"
	"junban/register"
	"junban/register/registertest"
)

var desk = clinic.Actor{Kind: "staff", Name: "sato", Device: "desk"}

// each runs a test on a register in every database.
func each(t *testing.T, test func(t *testing.T, s *register.Store, db *sqldb.DB)) {
	t.Helper()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s, err := register.Open(t.Context(), db, clock())
		if err != nil {
			t.Fatal(err)
		}
		test(t, s, db)
	})
}

// clock is a clock that goes on by a millisecond with every look.
func clock() func() time.Time {
	var mu sync.Mutex
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Millisecond)
		return at
	}
}

func add(t *testing.T, s *register.Store, c clinic.ID, f register.MemberFields) register.Member {
	t.Helper()
	m, err := s.AddMember(t.Context(), c, f, "", desk)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("error %v, want %v", err, want)
	}
}

func hanako() register.MemberFields {
	return register.MemberFields{
		Name: "髙橋　花子", Kana: "たかはし はなこ", Birth: "昭和55年2月29日", Sex: "female", Phone: "090-1234-5678", Mail: "a@example.jp", Card: "００１２", Memo: "一\r\n二", Tags: []string{" 常連 ", "常連", "夜"},
	}
}

func TestMember_IsAddedReadAndEdited(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		ctx := t.Context()
		m, err := s.AddMember(ctx, "1234", hanako(), "key", desk)
		if err != nil {
			t.Fatal(err)
		}
		want := register.MemberFields{
			Name: "髙橋　花子", Kana: "たかはし はなこ", Birth: "1980-02-29", Sex: "female", Phone: "090-1234-5678", Mail: "a@example.jp", Card: "0012", Memo: "一\n二", Tags: []string{"常連", "夜"},
		}
		if !reflect.DeepEqual(m.MemberFields, want) || m.Number != 1 || m.Version != 1 || m.Kind != "web" || m.Created.IsZero() || m.MergedInto != "" {
			t.Errorf("added %+v", m)
		}
		_, err = s.AddMember(ctx, "1234", register.MemberFields{Name: "another"}, "key", desk)
		wants(t, err, queue.ErrKeyConflict)
		again, err := s.AddMember(ctx, "1234", hanako(), "key", desk)
		if err != nil || !reflect.DeepEqual(again, m) {
			t.Errorf("the repeat is %+v, %v", again, err)
		}
		if other, err := s.AddMember(ctx, "1234", register.MemberFields{Kana: "ア"}, "key", clinic.Actor{Kind: "staff", Name: "other"}); err != nil || other.Number != 2 {
			t.Errorf("another user's key: %+v, %v", other, err)
		}
		if other, err := s.AddMember(ctx, "4321", hanako(), "key", desk); err != nil || other.Number != 1 || other.ID == m.ID {
			t.Errorf("another clinic: %+v, %v", other, err)
		}
		_, err = s.AddMember(ctx, "1234", register.MemberFields{Name: "x", Card: "0012"}, "", desk)
		wants(t, err, register.ErrCardTaken)
		read, err := s.Member(ctx, "1234", m.ID, desk)
		if err != nil || !reflect.DeepEqual(read, m) {
			t.Errorf("read %+v, %v", read, err)
		}
		for _, id := range []register.MemberID{"", "m0", "\x00", "\xff", "A", register.MemberID(strings.Repeat("a", 100))} {
			_, err := s.Member(ctx, "1234", id, desk)
			wants(t, err, register.ErrNoMember)
		}
		_, err = s.Member(ctx, "9999", m.ID, desk)
		wants(t, err, register.ErrNoMember)

		f := m.MemberFields
		f.Name, f.Tags = "高橋 華子", nil
		edited, err := s.EditMember(ctx, "1234", m.ID, f, m.Version, desk)
		if err != nil || edited.Version != 2 || edited.Name != "高橋 華子" || !edited.Updated.After(m.Updated) || !edited.Created.Equal(m.Created) {
			t.Errorf("edited %+v, %v", edited, err)
		}
		_, err = s.EditMember(ctx, "1234", m.ID, f, m.Version, desk)
		wants(t, err, register.ErrMemberChanged)
		_, err = s.EditMember(ctx, "4321", "m0", f, 1, desk)
		wants(t, err, register.ErrNoMember)
		third := add(t, s, "1234", register.MemberFields{Name: "三", Card: "ab-1"})
		_, err = s.EditMember(ctx, "1234", third.ID, register.MemberFields{Name: "三", Card: "0012"}, 1, desk)
		wants(t, err, register.ErrCardTaken)
		if _, err = s.EditMember(ctx, "1234", third.ID, register.MemberFields{Name: "三", Card: "AB-1"}, 1, desk); err != nil {
			t.Error(err)
		}
	})
}

// TestMember_RowsAreThoseOfTests compares the rows of the register with those that tests
// write.
func TestMember_RowsAreThoseOfTests(t *testing.T) {
	t.Parallel()
	db := sqldbtest.Memory(t)
	s, err := register.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := add(t, s, "1234", hanako())
	m.ID, m.Number, m.MergedInto = "mtest", 2, m.ID // it is no second one with the card
	registertest.AddMembers(t, db, "1234", m)
	var different int
	err = db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM (SELECT DISTINCT clinic, kind, name, kana, birth, sex, phone, mail, card, memo, tags,
		name_key, kana_key, loose_key, phone_key, phone_back, card_key, grams, version, created, updated FROM member) AS d`).Scan(&different)
	if err != nil || different != 1 {
		t.Errorf("%d different rows: %v", different, err)
	}
	if next := add(t, s, "1234", register.MemberFields{Name: "次"}); next.Number != 3 {
		t.Errorf("the next number is %d", next.Number)
	}
}

func TestMember_InvalidFieldsAreAllReported(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	long := func(n int) string { return strings.Repeat("あ", n) }
	for _, test := range []struct {
		change func(f *register.MemberFields)
		errs   map[string]rule.Code
	}{
		{func(f *register.MemberFields) { f.Name = long(100) }, nil},
		{func(f *register.MemberFields) { f.Name = long(101) }, map[string]rule.Code{"name": rule.TooLong}},
		{func(f *register.MemberFields) { f.Name, f.Kana = " ", "" }, map[string]rule.Code{"name": rule.Missing}},
		{func(f *register.MemberFields) { f.Name, f.Kana = "a\x00b", "a\u202eb" }, map[string]rule.Code{"name": rule.Characters, "kana": rule.Characters}},
		{func(f *register.MemberFields) { f.Name, f.Memo, f.Tags = "a\xffb", "\xed\xa0\x80", []string{"\ufffd"} }, map[string]rule.Code{"name": rule.Characters, "memo": rule.Characters, "tags": rule.Characters}},
		{func(f *register.MemberFields) { f.Birth, f.Sex, f.Phone, f.Mail = "1981-02-29", "x", "123", "a" }, map[string]rule.Code{"birth": rule.NotDate, "sex": rule.NotOneOf, "phone": rule.NotPhone, "mail": rule.NotMail}},
		{func(f *register.MemberFields) { f.Birth = "2026-12-03" }, map[string]rule.Code{"birth": rule.NotPast}},
		{func(f *register.MemberFields) { f.Birth = "1850-01-01" }, map[string]rule.Code{"birth": rule.NotPast}},
		{func(f *register.MemberFields) { f.Memo, f.Card = long(2001), strings.Repeat("1", 21) }, map[string]rule.Code{"memo": rule.TooLong, "card": rule.TooLong}},
		{func(f *register.MemberFields) { f.Memo = "a\tb" }, map[string]rule.Code{"memo": rule.Characters}},
		{func(f *register.MemberFields) { f.Tags = []string{"", long(31), "ok"} }, map[string]rule.Code{"tags[0]": rule.Missing, "tags[1]": rule.TooLong}},
		{func(f *register.MemberFields) {
			f.Tags = nil
			for i := range 21 {
				f.Tags = append(f.Tags, fmt.Sprint(i))
			}
		}, map[string]rule.Code{"tags": rule.TooMany}},
	} {
		f := hanako()
		test.change(&f)
		_, err := f.Clean(now)
		got := map[string]rule.Code{}
		for _, e := range register.InvalidFields(err) {
			got[e.Path] = e.Code
		}
		if len(test.errs) == 0 && err != nil || len(test.errs) > 0 && !reflect.DeepEqual(got, test.errs) {
			t.Errorf("%v, want %v", got, test.errs)
		}
	}
}

func TestMember_ConcurrentChanges(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		ctx := t.Context()
		added := together(20, func(i int) (int64, error) {
			m, err := s.AddMember(ctx, "1234", register.MemberFields{Name: fmt.Sprint("n", i%19), Phone: "0312345678"}, fmt.Sprint("k", i%19), desk)
			return m.Number, err
		})
		var numbers []int64
		for _, a := range added {
			if a.err != nil {
				t.Fatal(a.err)
			}
			numbers = append(numbers, a.value)
		}
		slices.Sort(numbers)
		if numbers = slices.Compact(numbers); len(numbers) != 19 || numbers[0] != 1 || numbers[18] != 19 {
			t.Errorf("19 keys got the numbers %v", numbers)
		}
		count := func(what string, all []result[int64], refused error) {
			t.Helper()
			won := 0
			for _, a := range all {
				if a.err == nil {
					won++
				} else if !errors.Is(a.err, refused) {
					t.Errorf("%s: %v", what, a.err)
				}
			}
			if won != 1 {
				t.Errorf("%s: %d won", what, won)
			}
		}
		m := add(t, s, "1234", register.MemberFields{Name: "版"})
		count("edits", together(8, func(i int) (int64, error) {
			m, err := s.EditMember(ctx, "1234", m.ID, register.MemberFields{Name: fmt.Sprint("版", i)}, m.Version, desk)
			return m.Version, err
		}), register.ErrMemberChanged)
		count("cards", together(8, func(i int) (int64, error) {
			m, err := s.AddMember(ctx, "1234", register.MemberFields{Name: "札", Card: "77"}, "", desk)
			return m.Number, err
		}), register.ErrCardTaken)
		a, b := add(t, s, "1234", register.MemberFields{Name: "甲"}), add(t, s, "1234", register.MemberFields{Name: "乙"})
		count("merges", together(8, func(i int) (int64, error) {
			keep, other := a.ID, b.ID
			if i%2 == 1 {
				keep, other = other, keep
			}
			_, err := s.Merge(ctx, "1234", keep, other, desk)
			return 0, err
		}), register.ErrMerged)
		merges, err := s.Merges(ctx, "1234", a.ID)
		if err != nil || len(merges) != 1 {
			t.Fatalf("%v, %v", merges, err)
		}
		count("undos", together(8, func(i int) (int64, error) {
			_, err := s.Unmerge(ctx, "1234", merges[0].ID, desk)
			return 0, err
		}), register.ErrNotMerged)
	})
}

type result[T any] struct {
	value T
	err   error
}

// together runs n calls at the same time.
func together[T any](n int, do func(i int) (T, error)) []result[T] {
	all := make([]result[T], n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { all[i].value, all[i].err = do(i) })
	}
	wg.Wait()
	return all
}

func TestMember_FailuresAreNoRefusals(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t)
	s, err := register.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := add(t, s, "1234", hanako())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Member(ctx, "1234", m.ID, desk)
	wants(t, err, context.Canceled)
	_, err = s.AddMember(ctx, "1234", register.MemberFields{Name: "x"}, "", desk)
	wants(t, err, context.Canceled)
	_, err = s.SearchMembers(ctx, "1234", register.MemberQuery{}, desk)
	wants(t, err, context.Canceled)
}

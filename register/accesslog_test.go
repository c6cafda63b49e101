package register_test

import (
	"slices"
	"testing"

	"junban/internal/sqldb"
	"junban/queue/rule"
	"junban/register"
)

func TestAccessLog_HasEveryLookAndChange(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		ctx := t.Context()
		a := add(t, s, "1234", hanako())
		b := add(t, s, "1234", register.MemberFields{Name: "秘密 太郎"})
		do := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := s.Member(ctx, "1234", a.ID, desk)
		do(err)
		_, err = s.EditMember(ctx, "1234", a.ID, register.MemberFields{Name: "別名", Phone: a.Phone, Kana: a.Kana}, 1, desk)
		do(err)
		for _, q := range []register.MemberQuery{{Text: "秘密", Log: true}, {Text: "秘密"}, {Text: "9999", Log: true}, {Log: true}} {
			_, err = s.SearchMembers(ctx, "1234", q, desk)
			do(err)
		}
		r, err := s.Merge(ctx, "1234", a.ID, b.ID, desk)
		do(err)
		_, err = s.Unmerge(ctx, "1234", r.ID, desk)
		do(err)
		read := func(q register.AccessQuery) (lines []string) {
			t.Helper()
			page, err := s.AccessLog(ctx, "1234", q)
			do(err)
			for _, e := range page.Entries {
				who := map[register.MemberID]string{a.ID: "a", b.ID: "b"}
				if number := map[register.MemberID]int64{a.ID: 1, b.ID: 2}[e.Member]; e.By != "sato" || e.At.IsZero() || e.Number != number {
					t.Errorf("entry %+v", e)
				}
				detail := e.Detail
				if who[register.MemberID(detail)] != "" {
					detail = who[register.MemberID(detail)]
				}
				lines = append(lines, string(e.Act)+" "+who[e.Member]+" "+detail)
			}
			return lines
		}
		want := []string{
			"unmerge b a", "unmerge a b", "merge b a", "merge a b", "search  all 2", "search  digits 0", "search  name 1",
			"edit a name, birth, sex, mail, card, memo, tags", "open a ", "add b ", "add a ",
		}
		if got := read(register.AccessQuery{}); !slices.Equal(got, want) {
			t.Errorf("the log has %q, want %q", got, want)
		}
		if got := read(register.AccessQuery{Member: b.ID}); !slices.Equal(got, []string{"unmerge b a", "merge b a", "add b "}) {
			t.Errorf("the log of b has %q", got)
		}
		for range 60 {
			_, err = s.Member(ctx, "1234", b.ID, desk)
			do(err)
		}
		n, q := 0, register.AccessQuery{Member: b.ID}
		for page := 0; page == 0 || q.After != ""; page++ {
			p, err := s.AccessLog(ctx, "1234", q)
			do(err)
			n, q.After = n+len(p.Entries), p.Next
		}
		if n != 63 {
			t.Errorf("%d entries, want 63", n)
		}
		for _, after := range []string{"x", "\xff"} {
			_, err = s.AccessLog(ctx, "1234", register.AccessQuery{After: after})
			wants(t, err, register.ErrBadQuery)
		}
		if page, err := s.AccessLog(ctx, "4321", register.AccessQuery{}); err != nil || len(page.Entries) != 0 {
			t.Errorf("another clinic sees %v, %v", page, err)
		}
	})
}

func TestColumns_AreSavedPerUser(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *register.Store, _ *sqldb.DB) {
		ctx := t.Context()
		get := func(user string) []string {
			t.Helper()
			columns, err := s.Columns(ctx, "1234", user, register.OfMembers)
			if err != nil {
				t.Fatal(err)
			}
			return columns
		}
		set := func(columns ...string) {
			t.Helper()
			if err := s.SetColumns(ctx, "1234", "sato", register.OfMembers, columns); err != nil {
				t.Fatal(err)
			}
		}
		if got := get("sato"); got != nil {
			t.Errorf("at first %v", got)
		}
		set("name", "card")
		set("phone", "name")
		if got, other := get("sato"), get("ito"); !slices.Equal(got, []string{"phone", "name"}) || other != nil {
			t.Errorf("%v and %v", got, other)
		}
		err := s.SetColumns(ctx, "1234", "sato", register.OfMembers, []string{"name", "x", "name"})
		if errs := register.InvalidFields(err); len(errs) != 2 || errs[0].Path != "columns[1]" || errs[0].Code != rule.NotOneOf || errs[1].Code != rule.UsedTwice {
			t.Errorf("%v", err)
		}
		if got := get("sato"); !slices.Equal(got, []string{"phone", "name"}) {
			t.Errorf("after a refusal %v", got)
		}
		set()
		if got := get("sato"); got != nil {
			t.Errorf("after the reset %v", got)
		}
		if _, err := s.Columns(ctx, "1234", "sato", "x"); len(register.InvalidFields(err)) != 1 {
			t.Errorf("unknown table: %v", err)
		}
	})
}

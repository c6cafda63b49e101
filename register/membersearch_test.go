package register_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/register"
	"junban/register/registertest"
)

// found returns the names of a search.
func found(t *testing.T, s *register.Store, text string) []string {
	t.Helper()
	page, err := s.SearchMembers(t.Context(), "1234", register.MemberQuery{Text: text}, desk)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	names := []string{}
	for _, m := range page.Members {
		names = append(names, m.Name)
	}
	if page.Count != len(names) || page.More || page.Next != "" {
		t.Errorf("%q: count %d, more %v, next %q of %d", text, page.Count, page.More, page.Next, len(names))
	}
	return names
}

func TestSearchMembers_FindsAllSpellings(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		member := func(name, kana, phone, card string) register.Member {
			return register.Member{MemberFields: register.MemberFields{Name: name, Kana: kana, Phone: phone, Card: card}}
		}
		gone := member("髙橋 統合", "タカハシ トウゴウ", "090-9999-2222", "0088")
		gone.MergedInto = "m000000000001"
		registertest.AddMembers(t, db, "1234",
			member("髙橋 花子", "タカハシ ハナコ", "090-1111-2222", "0012"), // number 1
			member("高橋 りゅう", "たかはし りゅう", "03-3333-2222", "A-77"),
			member("渡邊 みづき", "ワタナベ ミヅキ", "+1 650 555 0100", ""),
			member("100%_割引", "ワリビキ", "", "12"),
			member(`O'Neil "Bob" \`, "", "", ""),
			member("林", "ハヤシ", "", ""),
			gone,
		)
		registertest.AddMembers(t, db, "4321", member("髙橋 他院", "タカハシ", "090-1111-2222", "0012"))
		for _, test := range []struct {
			text  string
			names []string
		}{
			{"高橋", []string{"髙橋 花子", "高橋 りゅう"}}, {"髙橋　花子", []string{"髙橋 花子"}}, {"花子 高橋", []string{"髙橋 花子"}}, {"高橋花", []string{"髙橋 花子"}},
			{"たかはし", []string{"髙橋 花子", "高橋 りゅう"}}, {"ﾀｶﾊｼ ﾊﾅ", []string{"髙橋 花子"}}, {"橋 ハナコ", []string{"髙橋 花子"}}, {"タ", []string{"髙橋 花子", "高橋 りゅう", "渡邊 みづき"}},
			{"渡辺", []string{"渡邊 みづき"}}, {"みずき", []string{"渡邊 みづき"}}, {"わたなべ みずき", []string{"渡邊 みづき"}}, {"リユウ", []string{"高橋 りゅう"}}, {"林", []string{"林"}}, {"はやし", []string{"林"}},
			{"09011112222", []string{"髙橋 花子"}}, {"０９０ー１１１１ー２２２２", []string{"髙橋 花子"}}, {"2222", []string{"髙橋 花子", "高橋 りゅう"}}, {"222", []string{}}, {"+81 90 1111 2222", []string{"髙橋 花子"}},
			{"+16505550100", []string{"渡邊 みづき"}}, {"0100", []string{"渡邊 みづき"}}, {"0012", []string{"髙橋 花子"}}, {"12", []string{"100%_割引"}}, {"1", []string{"髙橋 花子"}}, {"3", []string{"渡邊 みづき"}},
			{"0088", []string{"髙橋 花子"}}, {"7", []string{"髙橋 花子"}}, {"090-9999-2222", []string{"髙橋 花子"}}, // of a merged one
			{"a-77", []string{"高橋 りゅう"}}, {"高橋 2222", []string{"髙橋 花子", "高橋 りゅう"}}, {"高橋 0012", []string{"髙橋 花子"}}, {"花子 3333", []string{}},
			{"%", []string{"100%_割引"}}, {"_", []string{"100%_割引"}}, {"%_", []string{"100%_割引"}}, {"0%", []string{"100%_割引"}}, {"'", []string{`O'Neil "Bob" \`}}, {`"bob"`, []string{`O'Neil "Bob" \`}}, {`\`, []string{`O'Neil "Bob" \`}},
			{"' OR 1=1 --", []string{}}, {"$1 ? ?", []string{}}, {"・", []string{}}, {"\u202e", []string{}}, {"高橋\x00", []string{"髙橋 花子", "高橋 りゅう"}}, {"\xff高橋\xed\xa0\x80", []string{"髙橋 花子", "高橋 りゅう"}},
			{"無", []string{}}, {strings.Repeat("高", register.MostText), []string{}}, {"99999999999999999999999", []string{}},
		} {
			got := found(t, s, test.text)
			slices.Sort(got)
			slices.Sort(test.names)
			if !slices.Equal(got, test.names) {
				t.Errorf("%q finds %q, want %q", test.text, got, test.names)
			}
		}
		if all := found(t, s, " "); !slices.Equal(all, []string{`O'Neil "Bob" \`, "髙橋 花子", "高橋 りゅう", "林", "渡邊 みづき", "100%_割引"}) {
			t.Errorf("all: %q", all)
		}
		for _, q := range []register.MemberQuery{
			{Text: strings.Repeat("高", 1000)}, {Text: strings.Repeat("a ", 11)}, {After: "x"}, {After: "\x00\xff"}, {After: "e30"}, {Text: "高", After: "eyJvZiI6IngifQ"},
		} {
			_, err := s.SearchMembers(t.Context(), "1234", q, desk)
			wants(t, err, register.ErrBadQuery)
		}
	})
}

// FuzzSearchMembers checks that no text and no cursor is a failure.
func FuzzSearchMembers(f *testing.F) {
	db := sqldbtest.Memory(f)
	s, err := register.Open(f.Context(), db, nil)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := s.AddMember(f.Context(), "1234", hanako(), "", desk); err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{"", "高橋", "0012", "+81 90", "%_\\'", "a-1 2", "・", "\xff\x00"} {
		f.Add(text, "")
	}
	f.Add("", "eyJvZiI6ImUzYjBjNDQyOThmYyIsImthbmEiOiLjgr8iLCJpZCI6Im0xIn0")
	f.Fuzz(func(t *testing.T, text, after string) {
		page, err := s.SearchMembers(t.Context(), "1234", register.MemberQuery{Text: text, After: after}, desk)
		if err != nil && !errors.Is(err, register.ErrBadQuery) || page.Count < 0 {
			t.Errorf("%q after %q: %v", text, after, err)
		}
	})
}

func TestSearchMembers_PagesHaveEachOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		var members []register.Member
		for i := range 1203 {
			f := register.MemberFields{Name: "佐藤 " + fmt.Sprint(i%3), Kana: "サトウ " + string(rune('ア'+i%40))}
			if i%2 == 1 {
				f.Name = "鈴木 " + fmt.Sprint(i)
			}
			members = append(members, register.Member{MemberFields: f})
		}
		registertest.AddMembers(t, db, "1234", members...)
		read := func(text string) (n int) {
			t.Helper()
			seen, q, kana := map[register.MemberID]bool{}, register.MemberQuery{Text: text}, ""
			for page := 0; ; page++ {
				p, err := s.SearchMembers(t.Context(), "1234", q, desk)
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range p.Members {
					if seen[m.ID] || m.Kana < kana {
						t.Errorf("%s comes twice, or out of order", m.ID)
					}
					seen[m.ID], kana = true, m.Kana
				}
				if want := min(len(members), 1000); text == "" && (p.Count != want || !p.More) || text != "" && (p.Count != 602 || p.More) {
					t.Errorf("page %d of %q: count %d, %v", page, text, p.Count, p.More)
				}
				if p.Next == "" {
					return len(seen)
				}
				if page == 0 { // a change behind the cursor neither doubles nor skips
					add(t, s, "1234", register.MemberFields{Name: "新", Kana: "ア"})
				}
				q.After = p.Next
			}
		}
		if n := read("佐藤"); n != 602 {
			t.Errorf("%d were read, want 602", n)
		}
		if n := read(""); n != 1204 {
			t.Errorf("%d were read, want 1204", n)
		}
		n, pages := 0, 0
		err := s.EachMember(t.Context(), "1234", register.MemberQuery{Text: "鈴木"}, 100, func(page []register.Member, next string) error {
			n, pages = n+len(page), pages+1
			if (next == "") != (pages == 7) {
				t.Errorf("page %d goes on at %q", pages, next)
			}
			return nil
		})
		if err != nil || n != 601 || pages != 7 {
			t.Errorf("%d members on %d pages: %v", n, pages, err)
		}
	})
}

// TestSearchMembers_StrictHitsBehindManySimilarOnes: similar sounds fill the first read.
func TestSearchMembers_StrictHitsBehindManySimilarOnes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		members := make([]register.Member, 1100)
		for i := range members {
			members[i].Kana = "ミズキ"
		}
		members[1099].Name, members[1099].Kana = "水木", "ミヅキ"
		registertest.AddMembers(t, db, "1234", members...)
		if got := found(t, s, "みづき"); !slices.Equal(got, []string{"水木"}) {
			t.Errorf("found %q", got)
		}
		page, err := s.SearchMembers(t.Context(), "1234", register.MemberQuery{Text: "みーずき"}, desk)
		if err != nil || page.Count != 1000 || !page.More {
			t.Errorf("%d, %v, %v", page.Count, page.More, err)
		}
		if page, err = s.SearchMembers(t.Context(), "1234", register.MemberQuery{Text: "みーずき", After: page.Next}, desk); err != nil || page.Count != 1000 || len(page.Members) != 50 {
			t.Errorf("%d, %v, %v", page.Count, len(page.Members), err)
		}
	})
}

package register_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue/rule"
	"junban/register"
	"junban/register/csvfile"
)

func TestImport_HeadersOfManySystems(t *testing.T) {
	t.Parallel()
	for _, header := range [][]string{
		{"会員番号", "氏名", "カナ", "生年月日", "性別", "電話番号", "メール", "診察券番号", "メモ", "タグ", "血液型"},
		{"number", "Name", "KANA", "Date of Birth", "sex", "Phone Number", "E-Mail", "Card", "Notes", "tags", "blood"},
		{"種別", "患者 氏名", "ﾌﾘｶﾞﾅ", "誕生日", "性別", "ＴＥＬ", "メールアドレス", "カルテ番号", "備考", "タグ", "?"},
	} {
		h, err := register.ReadImportHeader(header)
		if err != nil || len(h.Fields) != 9 || len(h.Unknown) != 1 {
			t.Errorf("%q has %v, unknown %q: %v", header, h.Fields, h.Unknown, err)
		}
		row := h.Row(7, []string{"99", "山田 花子", "ヤマダ ハナコ", "昭和５５年２月２９日", "女", "090-1234-5678", "a@example.jp", "0012", "一\r二", "常連、 夜 / 朝", "A", "more"})
		f, err := row.Fields.Clean(clock()())
		want := register.MemberFields{
			Name: "山田 花子", Kana: "ヤマダ ハナコ", Birth: "1980-02-29", Sex: "female", Phone: "090-1234-5678", Mail: "a@example.jp", Card: "0012", Memo: "一\n二", Tags: []string{"常連", "夜", "朝"},
		}
		if err != nil || row.Line != 7 || !reflect.DeepEqual(f, want) {
			t.Errorf("%+v, %v", f, err)
		}
	}
	_, err := register.ReadImportHeader([]string{"電話番号", "電話", "x"})
	if errs := register.InvalidFields(err); len(errs) != 2 || errs[0].Path != "columns[1]" || errs[0].Code != rule.UsedTwice || errs[1].Code != rule.Missing {
		t.Errorf("%v", err)
	}
	if h, err := register.ReadImportHeader([]string{"\xff", "", "氏名"}); err != nil || len(h.Unknown) != 2 || h.Row(1, nil).Fields.Name != "" {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestImport_IsAllOrNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *register.Store, db *sqldb.DB) {
		ctx := t.Context()
		old := add(t, s, "1234", register.MemberFields{Name: "山田 花子", Card: "ab-1", Memo: "残す", Phone: "090-1234-5678"})
		h, err := register.ReadImportHeader([]string{"診察券番号", "氏名", "電話番号"})
		if err != nil {
			t.Fatal(err)
		}
		good := []register.ImportRow{h.Row(2, []string{"ＡＢ-1", "山田 華子", "03-1234-5678"}), h.Row(3, []string{"", "佐藤", ""}), h.Row(5, []string{"77", "鈴木", ""})}
		bad := append(slices.Clone(good), h.Row(6, []string{"ab-1", "二度", ""}), h.Row(7, []string{"", "", "12"}), h.Row(8, []string{"", "\ufffd", ""}))
		for _, dry := range []bool{true, false} {
			r, err := s.ImportMembers(ctx, "1234", bad, dry, desk)
			if err != nil || r.Added != 2 || r.Updated != 1 || r.Failed != 3 || len(r.Lines) != 6 {
				t.Fatalf("%+v, %v", r, err)
			}
			if l := r.Lines[0]; !l.Update || l.Member != old.ID || len(l.Errors) != 0 || l.Line != 2 {
				t.Errorf("%+v", l)
			}
			if e := r.Lines[3].Errors; len(e) != 1 || e[0].Path != "card" || e[0].Code != rule.UsedTwice || e[0].Params["line"] != 2 {
				t.Errorf("%+v", e)
			}
			if e := r.Lines[4].Errors; len(e) != 2 || e[1].Path != "phone" {
				t.Errorf("%+v", e)
			}
			if e := r.Lines[5].Errors; len(e) != 1 || e[0].Path != "name" || e[0].Code != rule.Characters {
				t.Errorf("%+v", e)
			}
		}
		if r, err := s.ImportMembers(ctx, "1234", good, true, desk); err != nil || r.Failed != 0 || r.Added != 2 {
			t.Errorf("%+v, %v", r, err)
		}
		if got := found(t, s, ""); len(got) != 1 {
			t.Errorf("the dry runs left %q", got)
		}
		r, err := s.ImportMembers(ctx, "1234", good, false, desk)
		if err != nil || r.Added != 2 || r.Updated != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		m, err := s.Member(ctx, "1234", old.ID, desk)
		if err != nil || m.Name != "山田 華子" || m.Memo != "残す" || m.Phone != "03-1234-5678" || m.Version != 2 || m.Number != 1 || !m.Created.Equal(old.Created) {
			t.Errorf("updated to %+v, %v", m, err)
		}
		if m, err := s.Member(ctx, "1234", r.Lines[2].Member, desk); err != nil || m.Number != 3 || m.Card != "77" {
			t.Errorf("added %+v, %v", m, err)
		}
		if next := add(t, s, "1234", register.MemberFields{Name: "次"}); next.Number != 4 {
			t.Errorf("the next number is %d", next.Number)
		}
		log, err := s.AccessLog(ctx, "1234", register.AccessQuery{})
		if err != nil || !slices.ContainsFunc(log.Entries, func(a register.Access) bool { return a.Act == register.ActImport && a.Detail == "new 2, updated 1" }) {
			t.Errorf("%+v, %v", log, err)
		}
		many := make([]register.ImportRow, 1234)
		for i := range many {
			many[i] = h.Row(i+2, []string{fmt.Sprint("c", i), fmt.Sprint("多", i), ""})
		}
		for i, want := range [][2]int{{1234, 0}, {0, 1234}} {
			if r, err := s.ImportMembers(ctx, "1234", many, false, desk); err != nil || r.Added != want[0] || r.Updated != want[1] || r.Failed != 0 {
				t.Errorf("%d: %d added, %d updated, %v", i, r.Added, r.Updated, err)
			}
		}
		_, err = s.ImportMembers(ctx, "1234", make([]register.ImportRow, 200_001), true, desk)
		wants(t, err, register.ErrTooManyRows)
	})
}

// TestImport_ReadsWhatWasExported exports members, and imports the file again.
func TestImport_ReadsWhatWasExported(t *testing.T) {
	t.Parallel()
	db := sqldbtest.Memory(t)
	s, err := register.Open(t.Context(), db, clock())
	if err != nil {
		t.Fatal(err)
	}
	f := hanako()
	f.Name, f.Tags, f.Phone, f.Memo = "=1+1 髙橋", []string{"内科/外科", "夜"}, "+81 90 1234 5678", "\"一\"\n二,三"
	m := add(t, s, "1234", f)
	for _, language := range []string{"ja", "en"} {
		for _, encoding := range []string{csvfile.UTF8, csvfile.CP932} {
			var file bytes.Buffer
			if _, err := s.WriteSelected(t.Context(), "1234", register.ExportRequest{Of: register.OfMembers, IDs: []string{string(m.ID)}, Encoding: encoding, Words: register.Words{Language: language}}, &file, desk); err != nil {
				t.Fatal(err)
			}
			in := csvfile.NewReader(&file, csvfile.Limits{})
			first, err := in.Read()
			if err != nil {
				t.Fatal(err)
			}
			h, err := register.ReadImportHeader(first.Cells)
			if err != nil || len(h.Unknown) != 0 || len(h.Fields) != 9 {
				t.Fatalf("%q has %v, unknown %q: %v", first.Cells, h.Fields, h.Unknown, err)
			}
			second, err := in.Read()
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.ImportMembers(t.Context(), "1234", []register.ImportRow{h.Row(second.Line, second.Cells)}, false, desk)
			if err != nil || r.Updated != 1 || r.Lines[0].Member != m.ID {
				t.Fatalf("%+v, %v", r, err)
			}
			again, err := s.Member(t.Context(), "1234", m.ID, desk)
			if err != nil || !reflect.DeepEqual(again.MemberFields, m.MemberFields) {
				t.Errorf("%s, %s: %+v, want %+v: %v", language, encoding, again.MemberFields, m.MemberFields, err)
			}
		}
	}
}

package searchkey

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestName_IsOneKeyOfAllSpellings(t *testing.T) {
	t.Parallel()
	for want, all := range map[string][]string{
		"高橋花子":    {"髙橋 花子", "高橋　花子", "高橋・花子", "髙\U000e0100橋花子", "高\ufe00橋花子", "\u200b高橋\u2060花子"},
		"ガギグパピ":   {"がぎぐぱぴ", "ガギグパピ", "ｶﾞｷﾞｸﾞﾊﾟﾋﾟ", "か゛き゛く゛は゜ひ゜", "か\u3099き\u3099く\u3099は\u309aひ\u309a"},
		"渡辺斉":     {"渡邊齋", "渡邉齊", "渡辺 斎"},
		"山崎浜沢広国真": {"山﨑濵澤廣國眞", "山崎濱沢広国真"},
		"吉田":      {"𠮷田", "吉 田"},
		"annalee": {"Ａｎｎａ　ＬＥＥ", "ANNA Lee", "anna\u00a0lee"},
		"(株)1":    {"㈱①"},
		"ヴァヵヶヽヾ":  {"ゔぁゕゖゝゞ"},
		"ヸ":       {"ゐ゛", "ヰ゛", "ヸ"},
		"":        {"", " 　\t\n", "\xff\xfe", "\x00", "・･", "\ufffd", "\u202e"},
	} {
		for _, s := range all {
			if got := Name(s); got != want {
				t.Errorf("%q is %q, want %q", s, got, want)
			}
			if got := Kana(s); got != want {
				t.Errorf("the kana of %q is %q, want %q", s, got, want)
			}
		}
	}
	if Name("やまだ") == Name("やまた") {
		t.Error("the voiced mark does not count")
	}
	for want, all := range map[string][]string{
		"コジ": {"コーヂ", "こじ"}, "ミズキ": {"みづき", "ミズキ"}, "リユウイチ": {"リュウイチ", "リユウイチ"}, "カオリ": {"かをり", "カオリ"},
	} {
		for _, s := range all {
			if got := Loose(s); got != want {
				t.Errorf("loosely %q is %q, want %q", s, got, want)
			}
		}
	}
}

func TestPhone_KeepsTheDigitsThatThereAre(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "090-1234-5678": "09012345678", "０９０ー１２３４ー５６７８": "09012345678", "090−1234−5678": "09012345678", "+81 90-1234-5678": "09012345678",
		"(03) 1234 5678": "0312345678", "090-1234-5678（母）": "09012345678", "\xff5678": "5678", "電話なし": "",
	} {
		if got := Phone(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]bool{
		"090-1234-5678": true, "03-1234-5678": true, "+81 3 1234 5678": true, "+1 650 555 0100": true,
		"": false, "1234-5678": false, "090-1234-56": false, "0901234567890": false, "090-1234-5678（母）": false, "+12": false,
	} {
		if got := IsPhone(in); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
	if got := Back("0123"); got != "3210" {
		t.Error(got)
	}
	for in, want := range map[string]string{"００１２": "0012", " ab-12 ": "AB-12", "\u20680012\u2069": "0012", "ﬁ１": "FI1"} {
		if got := Card(in); got != want {
			t.Errorf("card %q is %q, want %q", in, got, want)
		}
	}
}

func TestBirth_ReadsDatesOfBothCalendars(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"1980-02-29": "1980-02-29", "１９８０年２月２９日": "1980-02-29", "19800229": "1980-02-29", "1980/2/29": "1980-02-29", "1980.2.29": "1980-02-29",
		"昭和55年2月29日": "1980-02-29", "S55.2.29": "1980-02-29", "Ｓ５５・２・２９": "1980-02-29", "昭55-2-29": "1980-02-29", "昭和５５年 ２月 ２９日": "1980-02-29",
		"昭和64年1月7日": "1989-01-07", "昭和64年1月8日": "1989-01-08", "平成元年1月8日": "1989-01-08", "平成31年4月30日": "2019-04-30",
		"令和元年5月1日": "2019-05-01", "R1.5.1": "2019-05-01", "大正15年12月25日": "1926-12-25", "昭和元年12月25日": "1926-12-25", "明治45年7月30日": "1912-07-30", "h2/1/31": "1990-01-31",
	} {
		if got, ok := Birth(in); got != want || !ok {
			t.Errorf("%q is %q, %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "1981-02-29", "昭和65年1月1日", "平成元年1月7日", "令和0年5月1日", "1980", "80-02-29", "X55.2.29", "1980-13-01", "\xff", "昭和99年1月1日", "1980-02-29x"} {
		if got, ok := Birth(in); ok {
			t.Errorf("%q passes as %q", in, got)
		}
	}
}

func TestGrams_OfAWordAreThoseOfTheText(t *testing.T) {
	t.Parallel()
	row := Grams("髙橋 りゅうぞう", "たかはし りゅうぞう")
	for _, word := range []string{"高橋", "橋", "タカハシ", "リユウゾウ", "りゅう", "し", "髙橋りゅう", ""} {
		if g := Grams(word); row&g != g {
			t.Errorf("%q is not found", word)
		}
	}
	if row < 0 {
		t.Error("the sign is used")
	}
	missed := 0
	for _, word := range []string{"佐藤", "鈴木", "田中", "サトウ", "スズキ", "タナカ"} {
		if g := Grams(word); row&g != g {
			missed++
		}
	}
	if missed < 4 {
		t.Errorf("only %d of 6 other words are excluded", missed)
	}
}

// FuzzKeys checks that no text panics, that a key is its own key, and that a word is found
// by its bits.
func FuzzKeys(f *testing.F) {
	for _, s := range []string{"", "山田　花子", "か゛ ｶﾞ ヰ゛", "\u202e\xff\xed\xa0\x80", "昭和55年2月29日", "+81 90-1234", "ß①㈱", "か\u200d\u3099", "İẞǅ", "𠮷ﾞ", "ㅎㅏㄴ", "eー\u0301", "カー゛", "ー\u093f"} {
		f.Add(s, "田")
	}
	f.Fuzz(func(t *testing.T, s, word string) {
		for name, key := range map[string]func(string) string{"name": Name, "kana": Kana, "loose": Loose, "phone": Phone, "card": Card} {
			once := key(s)
			if !utf8.ValidString(once) || strings.ContainsFunc(once, unicode.IsControl) {
				t.Errorf("%s of %q is %q", name, s, once)
			}
			if again := key(once); again != once {
				t.Errorf("%s of %q is %q, and again %q", name, s, once, again)
			}
		}
		if date, ok := Birth(s); ok {
			if again, ok := Birth(date); !ok || again != date {
				t.Errorf("birth %q is %q, and again %q", s, date, again)
			}
		}
		if text, part := Name(s+word), Name(word); strings.Contains(text, part) {
			if g := Grams(part); Grams(text)&g != g {
				t.Errorf("the bits of %q are not among those of %q", part, text)
			}
			if !strings.Contains(Loose(text), Loose(part)) {
				t.Errorf("loosely %q is not in %q", part, text)
			}
		}
	})
}

// TestGrams_AreThoseOfStoredRows: databases keep the bits, so they never change.
func TestGrams_AreThoseOfStoredRows(t *testing.T) {
	t.Parallel()
	if got, want := Grams("髙橋 花子", "タカハシ ハナコ"), int64(1161933468054212673); got != want {
		t.Errorf("%d, want %d", got, want)
	}
}

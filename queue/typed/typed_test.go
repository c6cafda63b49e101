package typed

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPhone_IsOneNumberHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	const want = "09012345678"
	for _, in := range []string{
		"09012345678", "090-1234-5678", "090 1234 5678", "０９０－１２３４－５６７８", "090ー1234ー5678", "090ｰ1234ｰ5678", "090−1234−5678", "(090)1234-5678",
		"090.1234.5678", "090・1234・5678", "090‐1234‑5678", "\u202a090-1234-5678\u202c", "\u200e09012345678\u200f", "\ufeff090\u200b1234\u200b5678", "\u2068090-1234-5678\u2069",
		"+81 90-1234-5678", "+81(0)90-1234-5678", "＋81 90 1234 5678", "0081-90-1234-5678", "0081 090 1234 5678", "010-81-90-1234-5678", "81-90-1234-5678", "819012345678", "\u00a0090\u30001234\u20075678\n",
	} {
		if got, ok := Phone(in); got != want || !ok {
			t.Errorf("%q is %q, %v, want %q", in, got, ok, want)
		}
	}
	for in, want := range map[string]string{
		"": "", "－": "", "+1 650-555-0100": "+16505550100", "+82-2-123-4567": "+8221234567", "8112-3456": "81123456",
		"03-1234-5678": "0312345678", "81-3-1234-5678": "0312345678", "00812": "00812",
	} {
		if got, ok := Phone(in); got != want || !ok {
			t.Errorf("%q is %q, %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"090-1234-5678（母）", "090-1234-5678 に電話", "+", "++81", "090-abcd", "内線12", "٠٩٠١٢٣٤٥٦٧٨", "090-1234-5678, 03-1234-5678", "+81", "+81 090-1234-5678 90"} {
		if got, ok := Phone(in); ok {
			t.Errorf("%q passes as %q", in, got)
		}
	}
}

func TestName_IsOnePersonHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"やまだ　はなこ", "ヤマダ ハナコ", "ﾔﾏﾀﾞﾊﾅｺ", "やまた\u3099はなこ", "やまた゛はなこ", "ヤマダ・ハナコ", "\u200bやまだ\u200dはなこ\ufeff"},
		{"ANNA Smith", "ａｎｎａ　ｓｍｉｔｈ", "Anna\u00a0Smith", "\u2068Anna Smith\u2069"},
		{"髙橋", "高橋", "高\U000e0100橋"},
		{"渡邉 齋", "渡辺斉", "渡邊　斎"},
	} {
		for _, s := range same {
			if Name(s) != Name(same[0]) {
				t.Errorf("%q is %q, %q is %q", s, Name(s), same[0], Name(same[0]))
			}
		}
	}
	if Name("やまだ") == Name("やまた") {
		t.Error("the voiced mark does not count")
	}
}

func TestRefused_IsWhatForgesLinesAndReversesText(t *testing.T) {
	t.Parallel()
	for _, r := range "\x00\t\n\r\x1b\x7f\u0085\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029" {
		if !Refused(r) {
			t.Errorf("%U passes", r)
		}
	}
	for _, r := range "a 　あ髙\u200d\ufe0f\U000e0100é한Ệ👪" {
		if Refused(r) {
			t.Errorf("%U is refused", r)
		}
	}
	if got, want := Escape("医院\n2001\t\u202e内科\x1b[2J"), `医院\n2001\t\u202e内科\x1b[2J`; got != want {
		t.Errorf("escaped: %s, want %s", got, want)
	}
	if got := Bare("\u202a 山田　花子\u202c\u200e\n"); got != "山田　花子" {
		t.Errorf("bare is %q", got)
	}
	if got := Card("\u2068 ００12３\u2069"); got != "00123" {
		t.Errorf("the card is %q", got)
	}
}

// FuzzTyped: what is normalised is its own normal form, and stays a text.
func FuzzTyped(f *testing.F) {
	for _, s := range []string{"", "090-1234-5678", "+81 90", "0081810", "やまた゛ ﾊﾅｺ", "\u202e54321", "815555555555"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if number, ok := Phone(s); ok {
			if strings.Trim(number, "+0123456789") != "" || strings.LastIndex(number, "+") > 0 {
				t.Errorf("%q is the number %q", s, number)
			}
			if again, ok := Phone(number); !ok || again != number {
				t.Errorf("%q is %q, and again %q", s, number, again)
			}
		}
		if !utf8.ValidString(s) {
			return
		}
		if once := Name(s); !utf8.ValidString(once) {
			t.Errorf("%q is %q", s, once)
		}
		if bare := Bare(s); Bare(bare) != bare {
			t.Errorf("%q is %q, and again %q", s, bare, Bare(bare))
		}
	})
}

func TestUnmarked_DropsDirectionMarksOnly(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "山田 花子": "山田 花子", "דוד": "דוד", "محمد 2": "محمد 2", "a – b": "a – b", "〜①": "〜①", "\u200d\u200b": "\u200d\u200b",
		"山田\u202e花子": "山田花子", "\u2068דוד\u2069\u2069": "דוד", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069": "",
	} {
		if got := Unmarked(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

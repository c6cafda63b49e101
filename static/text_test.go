package static

import (
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLocales_SayTheSameThings(t *testing.T) {
	t.Parallel()
	texts := newSite(t).texts
	value := regexp.MustCompile(`\{\w+\}`)
	ja, en := texts[Japanese], texts[English]
	if diff := cmp.Diff(slices.Sorted(maps.Keys(ja)), slices.Sorted(maps.Keys(en))); diff != "" {
		t.Fatalf("keys of ja.json and en.json differ (-ja +en):\n%s", diff)
	}
	for key := range ja {
		if strings.TrimSpace(ja[key]) == "" || strings.TrimSpace(en[key]) == "" {
			t.Errorf("%s is empty", key)
		}
		inJa, inEn := value.FindAllString(ja[key], -1), value.FindAllString(en[key], -1)
		slices.Sort(inJa)
		slices.Sort(inEn)
		if diff := cmp.Diff(inJa, inEn); diff != "" {
			t.Errorf("%s takes different values (-ja +en):\n%s", key, diff)
		}
	}
}

func TestText_FillsValuesIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if got, want := s.Text(English, "board.range", "low", 25, "high", 40), "about 25–40 min"; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
	if got, want := s.Text("fr", "unit.people", "n", 7), "7人"; got != want {
		t.Errorf("Text in an unknown language = %q, want %q", got, want)
	}
	if got, want := s.Text(English, "no.such"), "no.such"; got != want {
		t.Errorf("Text of an unknown key = %q, want %q", got, want)
	}
}

func TestLanguage_QueryThenHeaderThenJapanese(t *testing.T) {
	t.Parallel()
	cases := []struct{ query, accept, want string }{
		{"", "", Japanese},
		{"?lang=en", "ja", English},
		{"?lang=ja", "en", Japanese},
		{"?lang=fr", "en-GB,en;q=0.9,ja;q=0.8", English},
		{"", "fr, en;q=0.5", English},
		{"", "ja-JP,en;q=0.5", Japanese},
		{"", "fr", Japanese},
		{"", strings.Repeat("fr,", 200) + "en", Japanese},
	}
	for _, c := range cases {
		r := httptest.NewRequest("GET", "/"+c.query, nil)
		r.Header.Set("Accept-Language", c.accept)
		if got := Language(r); got != c.want {
			t.Errorf("Language(%q, %q) = %q, want %q", c.query, c.accept, got, c.want)
		}
	}
}

func TestPolicy_NamesTheSocketOfAPlainHostOnly(t *testing.T) {
	t.Parallel()
	if got := Policy("junban.example:8080"); !strings.Contains(got, "connect-src 'self' ws://junban.example:8080 wss://junban.example:8080;") {
		t.Errorf("Policy = %q", got)
	}
	for _, host := range []string{"", "a; script-src *", "a\r\nb", "a b", strings.Repeat("a", 256)} {
		if got := Policy(host); !strings.Contains(got, "connect-src 'self';") {
			t.Errorf("Policy(%q) = %q", host, got)
		}
	}
}

package static

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// FuzzLanguage checks that the result is always a supported language, and that
// ?lang= precedes the header.
func FuzzLanguage(f *testing.F) {
	for _, s := range [][2]string{
		{"", "en-US,en;q=0.9,ja;q=0.8"}, {"ja", "en"}, {"fr", "fr, EN"}, {"", "english"}, {"", ""}, {"", ",;-,ja"}, {"", strings.Repeat("fr,", 100) + "en"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, lang, accept string) {
		ask := func(lang, accept string) string {
			u := &url.URL{RawQuery: url.Values{"lang": {lang}}.Encode()}
			return Language(&http.Request{URL: u, Header: http.Header{"Accept-Language": {accept}}})
		}
		got := ask(lang, accept)
		spoken := func(s Spoken) bool { return s.Code == got }
		asked := func(s Spoken) bool { return s.Code == lang }
		primary, _, _ := strings.Cut(got, "-")
		switch {
		case !slices.ContainsFunc(Languages(), spoken):
			t.Fatalf("got %q for %q, which is not supported", got, accept)
		case slices.ContainsFunc(Languages(), asked):
			if got != lang {
				t.Fatalf("asked for %s, got %s", lang, got)
			}
		case got != Japanese && !strings.Contains(strings.ToLower(lang+accept), primary):
			t.Fatalf("Language(%q, %q) = %s", lang, accept, got)
		}
		if first := ask("", "en-GB;q=0.1,"+accept); first != English {
			t.Errorf("with English before %q, it is %s", accept, first)
		}
		if bounded := ask(lang, accept[:min(len(accept), maxAccept)]); bounded != got {
			t.Errorf("Language(%q) = %s, but %s for its beginning", accept, got, bounded)
		}
	})
}

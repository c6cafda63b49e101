package static

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestWebManifest_StartsAtTheTickets(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, lang := range []string{Japanese, English} {
		answer := get(s.WebManifest(lang), "/manifest.webmanifest", nil)
		var m webManifest
		if err := json.NewDecoder(answer.Body).Decode(&m); err != nil {
			t.Fatal(err)
		}
		if m.StartURL != "/t?lang="+lang || m.Lang != lang || m.Name != s.Text(lang, "app.name") {
			t.Errorf("the manifest in %s is %+v", lang, m)
		}
		for _, icon := range m.Icons {
			if got := get(s.Assets(), icon.Src, nil); got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != "image/png" {
				t.Errorf("GET %q = %d, %s", icon.Src, got.StatusCode, got.Header.Get("Content-Type"))
			}
		}
	}
}

// A cached worker could not be fixed.
func TestWorker_IsRevalidatedAndFetchesOnlyFromItsOrigin(t *testing.T) {
	t.Parallel()
	answer := get(newSite(t).Worker(), "/sw.js", nil)
	if got := answer.Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control = %q", got)
	}
	if got := answer.Header.Get("Content-Security-Policy"); got != "default-src 'none'; connect-src 'self'" {
		t.Errorf("Content-Security-Policy = %q", got)
	}
	if got := answer.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/javascript") {
		t.Errorf("Content-Type = %q", got)
	}
}

func TestTheme_IsTheBackgroundOfTheDesign(t *testing.T) {
	t.Parallel()
	ours, err := os.ReadFile("src/design/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile("vendor/design-tokens/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	grounds := regexp.MustCompile(`--ground: var\((--[\w-]+)\)`).FindAllStringSubmatch(string(ours), -1)
	if len(grounds) != 2 {
		t.Fatalf("the design has %d grounds, want light and dark", len(grounds))
	}
	for i, scheme := range []string{"light", "dark"} {
		colour := regexp.MustCompile(grounds[i][1] + `: (#\w+);`).FindStringSubmatch(string(theirs))
		if colour == nil || colour[1] != theme(scheme) {
			t.Errorf("the %s ground is %v, the theme %s", scheme, colour, theme(scheme))
		}
	}
}

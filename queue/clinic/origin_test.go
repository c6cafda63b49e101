package clinic_test

import (
	"strings"
	"testing"

	"junban/queue/clinic"
)

func TestOrigin_IsWrittenAsBrowsersWriteIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://www.example.jp":                      "https://www.example.jp",
		"https://WWW.Example.jp/":                     "https://www.example.jp",
		"https://example.jp:443":                      "https://example.jp",
		"https://example.jp:8443":                     "https://example.jp:8443",
		"http://localhost:3000":                       "http://localhost:3000",
		"http://127.0.0.1":                            "http://127.0.0.1",
		"https://xn--eckwd4c7c.jp":                    "https://xn--eckwd4c7c.jp",
		"http://example.jp":                           "",
		"ftp://example.jp":                            "",
		"https://example.jp/path":                     "",
		"https://example.jp?q":                        "",
		"https://a:b@example.jp":                      "",
		"https://example.jp:0":                        "",
		"https://example.jp; sandbox":                 "",
		"https://*.example.jp":                        "",
		"example.jp":                                  "",
		"null":                                        "",
		"https://":                                    "",
		"https://" + strings.Repeat("a", 300) + ".jp": "",
	} {
		got, ok := clinic.Origin(text)
		if got != want || ok != (want != "") {
			t.Errorf("Origin(%q) = %q, %t; want %q", text, got, ok, want)
		}
	}
}

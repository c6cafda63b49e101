package static

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestLanguage_Precedence(t *testing.T) {
	t.Parallel()
	cases := []struct{ query, cookie, accept, want string }{
		{"", "", "", Japanese},
		{"?lang=en", "", "ja", English},
		{"?lang=ja", "vi", "en", Japanese},
		{"?lang=fr", "", "en-GB,en;q=0.9,ja;q=0.8", English},
		{"?lang=fr", "ko", "en", "ko"},
		{"?lang=ja-x-easy", "", "", "ja-x-easy"},
		{"?lang=PT-br", "", "", "pt"},
		{"", "vi", "ja", "vi"},
		{"", "<script>", "ko-KR", "ko"},
		{"", "", "fr, en;q=0.5", English},
		{"", "", "ja-JP,en;q=0.5", Japanese},
		{"", "", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"},
		{"", "", "zh-Hant-TW", "zh-Hans"},
		{"", "", "vi-VN,vi;q=0.9", "vi"},
		{"", "", "pt-BR", "pt"},
		{"", "", "fr", Japanese},
		{"", "", "*", Japanese},
		{"", "", strings.Repeat("fr,", 200) + "en", Japanese},
	}
	for _, c := range cases {
		r := httptest.NewRequest("GET", "/"+c.query, nil)
		r.Header.Set("Accept-Language", c.accept)
		if c.cookie != "" {
			r.Header.Set("Cookie", LanguageCookie+"="+c.cookie)
		}
		if got := Language(r); got != c.want {
			t.Errorf("Language(%q, cookie %q, %.40q) = %q, want %q", c.query, c.cookie, c.accept, got, c.want)
		}
	}
}

func TestDeskLanguage_IsJapaneseOrEnglish(t *testing.T) {
	t.Parallel()
	cases := []struct{ query, cookie, accept, want string }{
		{"?lang=vi", "", "en", English},
		{"?lang=en", "", "ja", English},
		{"", "ko", "pt-BR, ja", Japanese},
		{"?lang=ja-x-easy", "", "en", Japanese},
		{"", "", "vi", Japanese},
	}
	for _, c := range cases {
		r := httptest.NewRequest("GET", "/staff"+c.query, nil)
		r.Header.Set("Accept-Language", c.accept)
		r.Header.Set("Cookie", LanguageCookie+"="+c.cookie)
		if got := DeskLanguage(r); got != c.want {
			t.Errorf("DeskLanguage(%q, cookie %q, %q) = %q, want %q", c.query, c.cookie, c.accept, got, c.want)
		}
	}
}

func TestRender_LanguageListWorksWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, name := range []string{"patient", "arrive", "index", "sheet"} {
		html := render(t, s, samples("vi")[name])
		for _, l := range Languages() {
			link := `<a href="?lang=` + l.Code + `" lang="` + l.Code + `" hreflang="` + l.Code + `"`
			if l.Code == "vi" {
				link += ` aria-current="true"`
			}
			if !strings.Contains(html, link+`>`+l.Name+`</a>`) {
				t.Errorf("page %s lacks %s", name, link)
			}
		}
		if !strings.Contains(html, s.URL("language.js")) {
			t.Errorf("page %s lacks the script that keeps a ticket's fragment", name)
		}
	}
}

// A page loads the texts of its own language before its script.
func TestRender_PageLoadsTheTextsOfItsLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, l := range Languages() {
		for _, name := range []string{"patient", "arrive", "display"} {
			html := render(t, s, samples(l.Code)[name])
			words, script := strings.Index(html, s.URL(name+".words."+l.Code+".js")), strings.Index(html, s.URL(name+".js"))
			if s.URL(name+".words."+l.Code+".js") == "" || words < 0 || words > script {
				t.Errorf("page %s in %s has its texts at %d, its script at %d", name, l.Code, words, script)
			}
			if strings.Count(html, ".words.") != 1 || !strings.Contains(html, `id="wordless" role="alert" hidden>`) {
				t.Errorf("page %s in %s:\n%s", name, l.Code, html)
			}
		}
	}
}

package static

import (
	"cmp"
	"net/http"
	"strings"
)

// Languages that the code refers to. Japanese is the default.
const (
	Japanese = "ja"
	English  = "en"
)

// LanguageCookie is the cookie with the language that was chosen on a device.
// Only the script of the language list writes it. The parameter ?lang= of a
// link changes the language of that page only.
const LanguageCookie = "junban_lang"

// maxAccept limits how much of an Accept-Language header is parsed, in bytes.
const maxAccept = 256

// Spoken is a language of the pages.
type Spoken struct {
	Code string // BCP 47 tag, used in <html lang>, ?lang= and the name of the locale file
	Name string // in the language itself
}

// Languages returns the languages of the patients' pages, in the order of their
// list. The tag of easy Japanese is a private variant of "ja": screen readers
// and font selection treat it as Japanese.
func Languages() []Spoken {
	return []Spoken{
		{Japanese, "日本語"}, {"ja-x-easy", "やさしい日本語"}, {English, "English"}, {"zh-Hans", "简体中文"},
		{"ko", "한국어"}, {"vi", "Tiếng Việt"}, {"pt", "Português"},
	}
}

// Language returns the language of a response to a patient. It is the first
// supported one of ?lang=, the cookie, and Accept-Language, or else Japanese.
// The response needs Vary: Accept-Language, Cookie.
func Language(r *http.Request) string { return choose(r, Languages()) }

// ScreenLanguage returns the language of a screen in a clinic: ?lang=, or else
// the clinic's language, or else Japanese. It ignores the preferences of the
// television's browser and the cookie.
func ScreenLanguage(r *http.Request, clinic string) string {
	return cmp.Or(nearest(r.URL.Query().Get("lang"), Languages()), clinic, Japanese)
}

// DeskLanguage returns the language of the desk and of the pages for partners'
// designers. These are in Japanese and English only.
func DeskLanguage(r *http.Request) string { return choose(r, deskLanguages()) }

func deskLanguages() []Spoken { return []Spoken{{Japanese, "日本語"}, {English, "English"}} }

func choose(r *http.Request, among []Spoken) string {
	if code := nearest(r.URL.Query().Get("lang"), among); code != "" {
		return code
	}
	if cookie, err := r.Cookie(LanguageCookie); err == nil {
		if code := nearest(cookie.Value, among); code != "" {
			return code
		}
	}
	accept := r.Header.Get("Accept-Language")
	for entry := range strings.SplitSeq(accept[:min(len(accept), maxAccept)], ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(entry), ";")
		if code := nearest(tag, among); code != "" {
			return code
		}
	}
	return Japanese
}

// nearest returns the language with a tag, or else one with the same primary
// language. Readers of "zh-TW" understand "zh-Hans" better than English.
// Without a match, it returns "".
func nearest(tag string, among []Spoken) string {
	for _, s := range among {
		if strings.EqualFold(tag, s.Code) {
			return s.Code
		}
	}
	wanted, _, _ := strings.Cut(tag, "-")
	for _, s := range among {
		if primary, _, _ := strings.Cut(s.Code, "-"); strings.EqualFold(wanted, primary) {
			return s.Code
		}
	}
	return ""
}

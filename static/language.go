package static

import (
	"cmp"
	"net/http"
	"strings"
)

// The languages that the code names. Japanese is the one that is used when
// nothing else is asked for.
const (
	Japanese = "ja"
	English  = "en"
)

// LanguageCookie remembers on a device which language was chosen there. A script
// writes it when a reader picks one from the list, and nothing else does: a link
// that somebody else sent changes the language of that one page.
const LanguageCookie = "junban_lang"

// maxAccept bounds how much of an Accept-Language header is read, in bytes.
const maxAccept = 256

// Spoken is a language of the pages.
type Spoken struct {
	Code string // a BCP 47 tag: of <html lang>, ?lang= and the locale file
	Name string // in the language itself
}

// Languages are those of the pages of patients, in the order of the list that
// they offer. Easy Japanese is Japanese to a screen reader and to a browser that
// looks for a font, so its tag is a private variant of that.
func Languages() []Spoken {
	return []Spoken{
		{Japanese, "日本語"}, {"ja-x-easy", "やさしい日本語"}, {English, "English"}, {"zh-Hans", "简体中文"},
		{"ko", "한국어"}, {"vi", "Tiếng Việt"}, {"pt", "Português"},
	}
}

// Language chooses the language of an answer to a patient: ?lang= first, then
// what was chosen on the device, then the first language of Accept-Language that
// we speak, then Japanese. An answer that depends on it needs
// Vary: Accept-Language, Cookie.
func Language(r *http.Request) string { return choose(r, Languages()) }

// ScreenLanguage is [Language] for the screen on a clinic's wall: ?lang= of its
// address, then the clinic's language unless that is "", then Japanese. What the browser of a television prefers does not count,
// nor what somebody has chosen on another page there (U11).
func ScreenLanguage(r *http.Request, clinic string) string {
	return cmp.Or(nearest(r.URL.Query().Get("lang"), Languages()), clinic, Japanese)
}

// DeskLanguage is [Language] for the desk, which has Japanese and English alone.
// The pages for partners' designers have the same.
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

// nearest is the language whose code a tag is, or else one of the same primary
// language: "zh-TW" is read by who writes it better than English is. A tag of
// none of them gives "".
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

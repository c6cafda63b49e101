// Package typed normalises what people type or paste. It defines the allowed characters
// of a text, and compares phone numbers, card numbers and names. Every
// reader of such input uses it, so that two spellings of one person meet. Display keeps
// the typed text: the folded form only compares.
package typed

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Refused reports whether a character is not allowed in any text: controls, line and
// paragraph separators, and bidirectional marks. A tab is a control too. Where lines
// are allowed, the caller lets '\n' pass.
func Refused(r rune) bool {
	return unicode.Is(unicode.Cc, r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// Escape writes [Refused] characters as Go does, such as \u202e, for output that
// is read line by line. Texts of earlier versions may have them.
func Escape(s string) string {
	if !strings.ContainsFunc(s, Refused) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if Refused(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Unmarked drops the direction marks of a text that an earlier version stored. With
// them a reader would see card 12345 as 54321.
func Unmarked(s string) string {
	if strings.IndexByte(s, '\xe2') < 0 && strings.IndexByte(s, '\xd8') < 0 {
		return s // every mark begins with one of these bytes
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
}

// Bare removes white space and invisible characters around a text. Contact
// lists of phones put direction marks around what they copy.
func Bare(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || invisible(r) })
}

// invisible characters have no shape and no width. Joiners and variation
// selectors inside a text change its letters, so only [Fold] drops those.
func invisible(r rune) bool { return unicode.Is(unicode.Cf, r) }

// Phone returns a phone number as digits, with a plus if it is from another country
// than Japan. It returns "" if no digit is left. It reports false for text that is more
// than a number, such as a note. A number may have full-width digits, dashes, dots,
// brackets, invisible marks, and a country code (+81, 0081, 010-81, 81).
func Phone(s string) (number string, ok bool) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || invisible(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune("−ー─━().・·/", r) {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
	digits, abroad := strings.CutPrefix(s, "+")
	if s != "" && digits == "" || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return "", false
	}
	for _, exit := range []string{"010", "00"} { // how one dials abroad: from Japan, from most countries
		if to, cut := strings.CutPrefix(digits, exit+"81"); cut && !abroad && ofJapan(to) {
			return "0" + strings.TrimLeft(to, "0"), true
		}
	}
	to, cut := strings.CutPrefix(digits, "81")
	switch {
	case cut && abroad:
		to = strings.TrimLeft(to, "0")
		return "0" + to, to != "" && len(to) <= 10
	case cut && ofJapan(to): // no number of Japan begins with 81 and is so long
		return "0" + strings.TrimLeft(to, "0"), true
	case abroad:
		return "+" + digits, true
	}
	return digits, true
}

// ofJapan reports whether the digits after the country code are a complete number: 9,
// or 10 of a mobile phone. A leading 0 is allowed.
func ofJapan(digits string) bool {
	n := len(strings.TrimLeft(digits, "0"))
	return n == 9 || n == 10
}

// Card returns the number of a patient card in half width, without white space
// or invisible marks around it. Leading zeros stay.
func Card(s string) string { return Bare(norm.NFKC.String(Bare(s))) }

// Name returns the common form of the spellings of a name. It ignores width, case,
// hiragana or katakana, spaces, middle dots and common variants of characters.
func Name(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '・' {
			return -1
		}
		return r
	}, Fold(s))
}

// Fold maps width, case, kana, and common variants of a character to one form: ＮＡＩＫＡ to
// naika, ﾅｲｶ and ナイカ to ないか. White space stays.
func Fold(s string) string {
	// NFKC turns these two marks into a space and a combining mark.
	s = norm.NFKC.String(strings.NewReplacer("゛", "\u3099", "゜", "\u309a").Replace(s))
	return strings.Map(func(r rune) rune {
		switch {
		case invisible(r) || unicode.Is(unicode.Variation_Selector, r):
			return -1
		case r >= 'ァ' && r <= 'ヶ':
			return r - 'ァ' + 'ぁ'
		}
		if common, ok := variants[r]; ok {
			return common
		}
		return unicode.ToLower(r)
	}, s)
}

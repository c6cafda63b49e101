package mail

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bytes of text in an encoded word, so that a line has at most 76 bytes (RFC 2047 §2): the
// first one shares its line with the header's name.
const (
	firstWord = 36
	laterWord = 45
)

// headerText is a text as the value of a header. Whole characters go into each encoded
// word, and the first stands on the header's own line. The library leaves that line
// empty, which Python reads as a space before the text.
func headerText(text string) string {
	text = line(text)
	if !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) && !strings.Contains(text, "=?") && len(text) <= laterWord {
		return text
	}
	var words []string
	for room := firstWord; text != ""; room = laterWord {
		n := 0
		for n < len(text) {
			_, size := utf8.DecodeRuneInString(text[n:])
			if n+size > room {
				break
			}
			n += size
		}
		words = append(words, "=?UTF-8?B?"+base64.StdEncoding.EncodeToString([]byte(text[:n]))+"?=")
		text = text[n:]
	}
	return strings.Join(words, "\r\n ")
}

// headerAddress is an address with a display name as the value of a header.
func headerAddress(name, address string) string {
	name = line(name)
	plain := !strings.ContainsFunc(name, func(r rune) bool {
		return r != ' ' && (r > '~' || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	})
	switch {
	case name == "":
		return address
	case plain && len(name) <= laterWord:
		return name + " <" + address + ">"
	case plain || headerText(name) == name: // a mark outside of an encoded word would need quotes
		name = "=?UTF-8?B?" + base64.StdEncoding.EncodeToString([]byte(name)) + "?="
	default:
		name = headerText(name)
	}
	return name + "\r\n <" + address + ">"
}

// line is a text without line breaks and other control characters, for a header.
func line(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

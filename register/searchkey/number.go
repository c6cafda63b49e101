package searchkey

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"junban/queue/typed"
)

// Phone returns the key of a telephone number: its digits, with a plus if it is of
// another country than Japan (L05). Of a text that is more than a number it keeps the
// digits.
func Phone(s string) string {
	s = strings.ToValidUTF8(s, "")
	if number, ok := typed.Phone(s); ok {
		return number
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

var wholePhone = regexp.MustCompile(`^(0[0-9]{9,10}|\+[1-9][0-9]{6,14})$`)

// IsPhone reports whether a text is a complete number: 10 or 11 digits that begin with 0,
// or one of another country. Numbers are refused by it where they are entered, and
// searched by the digits that they have.
func IsPhone(s string) bool {
	number, ok := typed.Phone(s)
	return ok && wholePhone.MatchString(number)
}

// Back returns a text from its end to its beginning. The end of a phone number is found
// by an index of numbers that are written so.
func Back(s string) string {
	runes := []rune(s)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}

// Card returns the key of a patient card's number: half width, upper case, without white
// space and invisible marks. Leading zeros stay.
func Card(s string) string {
	s = strings.ToValidUTF8(s, "")
	for range 8 {
		next := strings.ToUpper(norm.NFKC.String(strings.Map(func(r rune) rune {
			if dropped(r) && r != '・' && r != '･' {
				return -1
			}
			return r
		}, s)))
		if next == s {
			break
		}
		s = next
	}
	return s
}

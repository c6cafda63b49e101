package mail

import (
	"errors"
	"net/mail"
	"regexp"
	"strings"
)

// The errors of [ValidAddress].
var (
	// ErrNotAddress is of a text that is no address at all.
	ErrNotAddress = errors.New("not an email address, such as a@example.jp")

	// ErrDots is of an address with dots where the standard forbids them, such as
	// a..b.@docomo.ne.jp. Carriers gave such addresses until 2009, and relays refuse them.
	ErrDots = errors.New("an email address with two dots in a row, or a dot before the @, cannot be sent to")
)

// Longest parts of an address, in bytes (RFC 5321 §4.5.3.1).
const (
	maxLocal   = 64
	maxAddress = 254
)

var (
	localForm  = regexp.MustCompile("^[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+(\\.[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+)*$")
	dottedForm = regexp.MustCompile("^[0-9A-Za-z!#$%&'*+/=?^_`{|}~.-]+$")
	domainForm = regexp.MustCompile(`^([0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?\.)+[A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])$`)
)

// ValidAddress checks that a text is an address in plain ASCII to which a relay sends:
// no display name, no quotes, no comment, no address in brackets, no line break. Its
// errors are [ErrNotAddress] and [ErrDots]. It does not look the domain up.
func ValidAddress(text string) error {
	at := strings.LastIndexByte(text, '@')
	if at < 1 || len(text) > maxAddress || at > maxLocal {
		return ErrNotAddress
	}
	local, domain := text[:at], text[at+1:]
	switch {
	case !domainForm.MatchString(domain):
		return ErrNotAddress
	case localForm.MatchString(local):
	case dottedForm.MatchString(local):
		return ErrDots
	default:
		return ErrNotAddress
	}
	if a, err := mail.ParseAddress(text); err != nil || a.Address != text || a.Name != "" {
		return ErrNotAddress
	}
	return nil
}

// domainOf is the part of an address after its @.
func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

package typed

import (
	"net/mail"
	"strings"
)

// IsMail reports whether a text is a plain address such as a@example.jp, in ASCII.
func IsMail(s string) bool {
	a, err := mail.ParseAddress(s)
	at := strings.LastIndex(s, "@")
	return err == nil && a.Address == s && a.Name == "" && strings.Contains(s[at+1:], ".") &&
		strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

package mail

import (
	"errors"
	"net/mail"
	"strings"
	"testing"
)

func TestValidAddress(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	for text, want := range map[string]error{
		"hanako@docomo.ne.jp":               nil,
		"h.a-n_a+ko@mail.example.co.jp":     nil,
		"HANAKO@Example.JP":                 nil,
		"!#$%&'*+/=?^_`{|}~-@example.jp":    nil,
		long + "@example.jp":                nil,
		"a@xn--wgv71a.jp":                   nil,
		"":                                  ErrNotAddress,
		"a":                                 ErrNotAddress,
		"@example.jp":                       ErrNotAddress,
		"a@":                                ErrNotAddress,
		"a@b@example.jp":                    ErrNotAddress,
		"a@localhost":                       ErrNotAddress,
		"a@127.0.0.1":                       ErrNotAddress,
		"a@[127.0.0.1]":                     ErrNotAddress,
		"a@-example.jp":                     ErrNotAddress,
		"a@example..jp":                     ErrNotAddress,
		"a@example.jp.":                     ErrNotAddress,
		" a@example.jp":                     ErrNotAddress,
		"a@example.jp ":                     ErrNotAddress,
		"a b@example.jp":                    ErrNotAddress,
		"a@example.jp\r\nBcc: b@example.jp": ErrNotAddress,
		"a@example.jp\n":                    ErrNotAddress,
		"a\x00@example.jp":                  ErrNotAddress,
		"花子@example.jp":                     ErrNotAddress,
		"a@例え.jp":                           ErrNotAddress,
		"ａ@example.jp":                      ErrNotAddress,
		"Hanako <a@example.jp>":             ErrNotAddress,
		"<a@example.jp>":                    ErrNotAddress,
		"a@example.jp,b@example.jp":         ErrNotAddress,
		`"a..b."@docomo.ne.jp`:              ErrNotAddress,
		"a..b.@docomo.ne.jp":                ErrDots,
		"ab.@docomo.ne.jp":                  ErrDots,
		".ab@ezweb.ne.jp":                   ErrDots,
		"a..b@ezweb.ne.jp":                  ErrDots,
		long + "a@example.jp":               ErrNotAddress,
		"a@" + strings.Repeat(long[:60]+".", 4) + "example.jp": ErrNotAddress,
	} {
		if err := ValidAddress(text); !errors.Is(err, want) {
			t.Errorf("ValidAddress(%q) = %v, want %v", text, err, want)
		}
	}
}

// FuzzValidAddress looks for addresses that would break a command or a header.
func FuzzValidAddress(f *testing.F) {
	for _, text := range []string{"hanako@docomo.ne.jp", "a..b.@docomo.ne.jp", "a@b.example\r\nDATA", `"a b"@c.example`, "a@[::1]", "花子@例え.jp"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if ValidAddress(text) != nil {
			return
		}
		if len(text) > maxAddress || strings.Count(text, "@") != 1 {
			t.Errorf("%q is valid", text)
		}
		for _, r := range text {
			if r <= ' ' || r > '~' || strings.ContainsRune(`<>()[]",:;\`, r) {
				t.Errorf("%q is valid, and has %q", text, r)
			}
		}
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			t.Errorf("%q is valid, and the standard library reads %v, %v", text, a, err)
		}
	})
}

package register

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"junban/queue"
)

// keysOf are the keys by which a booking's patient is searched.
func keysOf(p queue.Patient) (name, kana, phone, card string) {
	fold := func(s string) string { return strings.ToLower(norm.NFKC.String(strings.TrimSpace(s))) }
	return fold(p.Name), fold(p.Kana), fold(p.Phone), fold(p.CardNumber)
}

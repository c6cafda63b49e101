package outbox

import (
	"strings"
	"testing"
)

func TestUnfollowToken_NamesItsClinicAndAddressAlone(t *testing.T) {
	t.Parallel()
	s, other := New(nil, nil, Options{Secret: []byte("a")}), New(nil, nil, Options{Secret: []byte("b")})
	hash := s.Hash(Address{Mail: "a@example.jp"})
	token := s.UnfollowToken("1234", hash)
	if c, h, ok := s.UnfollowOf(token); c != "1234" || h != hash || !ok {
		t.Errorf("%s is %s %s %t", token, c, h, ok)
	}
	for _, wrong := range []string{
		"", "x", strings.Replace(token, "1234", "1235", 1), token[:len(token)-1] + "!", other.UnfollowToken("1234", hash),
		s.UnfollowToken("1234", s.Hash(Address{Mail: "b@example.jp"}))[:32] + token[32:],
	} {
		if _, _, ok := s.UnfollowOf(wrong); ok {
			t.Errorf("%q is a token", wrong)
		}
	}
}

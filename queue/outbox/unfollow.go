package outbox

import (
	"crypto/hmac"
	"regexp"

	"junban/queue/clinic"
)

// macLength is how much of its MAC a token of [Store.UnfollowToken] has: 100 bits.
const macLength = 20

var unfollowForm = regexp.MustCompile(`^([0-9]{4})-([0-9a-v]{26})-([0-9a-v]{20})$`)

// UnfollowToken ends that the address with this hash gets a clinic's news, for the link in
// a mail. It proves nothing else, and holds as long as the installation's secret.
func (s *Store) UnfollowToken(c clinic.ID, hash string) string {
	return string(c) + "-" + hash + "-" + s.sum("unfollow", string(c), hash)[:macLength]
}

// UnfollowOf returns what a token of [Store.UnfollowToken] names; false of any other text.
func (s *Store) UnfollowOf(token string) (c clinic.ID, hash string, ok bool) {
	m := unfollowForm.FindStringSubmatch(token)
	if m == nil {
		return "", "", false
	}
	c, hash = clinic.ID(m[1]), m[2]
	return c, hash, hmac.Equal([]byte(token), []byte(s.UnfollowToken(c, hash)))
}

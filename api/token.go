package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"junban/queue"
)

// keys computes everything that proves something, under the nodes' common
// secret. The first word of what is signed keeps the uses apart.
type keys struct{ secret []byte }

func (k keys) mac(use string, parts ...string) []byte {
	m := hmac.New(sha256.New, k.secret)
	m.Write([]byte(use))
	for _, p := range parts {
		m.Write([]byte{'|'})
		m.Write([]byte(p))
	}
	return m.Sum(nil)
}

// ticketToken proves that its bearer is who the ticket was issued to: 22
// characters of base64url.
func (k keys) ticketToken(id queue.TicketID) string {
	return base64.RawURLEncoding.EncodeToString(k.mac("ticket", string(id))[:16])
}

// owns reports whether token is the ticket's, in constant time.
func (k keys) owns(id queue.TicketID, token string) bool {
	return hmac.Equal([]byte(k.ticketToken(id)), []byte(token))
}

// cancelCode is the six digits that a reception under that Idempotency-Key
// shows: the same ones again when it is repeated.
func (k keys) cancelCode(ref queue.Ref, key string) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(k.mac("code", ref.String(), key))%1_000_000)
}

// codeHash is what the line keeps of a cancel code.
func (k keys) codeHash(ref queue.Ref, code string) string {
	return hex.EncodeToString(k.mac("cancel", ref.String(), code))
}

// bearer returns the token of the Authorization header, and whether there is
// such a header at all.
func bearer(r *http.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

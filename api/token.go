package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"

	"junban/queue"
)

// keys computes everything that proves something, under the nodes' common
// secret. The first word of what is signed keeps the uses apart.
type keys struct{ secret []byte }

// macEscapes keeps a '|' in a part from being read as the end of that part: no two
// lists of parts have the same sum (S17).
var macEscapes = strings.NewReplacer(`\`, `\\`, `|`, `\|`)

func (k keys) mac(use string, parts ...string) []byte {
	m := hmac.New(sha256.New, k.secret)
	m.Write([]byte(use))
	for _, p := range parts {
		m.Write([]byte{'|'})
		_, _ = macEscapes.WriteString(m, p) // a hash takes everything
	}
	return m.Sum(nil)
}

// ticketToken proves that its bearer is who the ticket was issued to: 22
// characters of base64url.
func (k keys) ticketToken(id queue.TicketID) string {
	return short(k.mac("ticket", string(id)))
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

// codeHash is what the line keeps of a cancel code: 128 bits, like all of these.
func (k keys) codeHash(ref queue.Ref, code string) string {
	return short(k.mac("cancel", ref.String(), code))
}

// persons is what a clinic's lines know somebody by, to give each person one
// number: the card's number, and the phone number with the name, because families
// share a phone; either is enough. Nobody can compute them without the secret, and
// they differ from clinic to clinic.
func (k keys) persons(c queue.ClinicID, p queue.Patient) (known []string) {
	if p.CardNumber != "" {
		known = append(known, short(k.mac("person", string(c), "card", fold(p.CardNumber))))
	}
	if p.Phone != "" {
		known = append(known, short(k.mac("person", string(c), "phone", p.Phone, fold(p.Name))))
	}
	return known
}

// short writes the first 128 bits in 22 characters of base64url.
func short(mac []byte) string { return base64.RawURLEncoding.EncodeToString(mac[:16]) }

// bearer returns the token of the Authorization header, and whether there is
// such a header at all.
func bearer(r *http.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

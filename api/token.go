package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"
	"slices"
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
	return short(k.mac("ticket", string(id)))
}

// owns reports whether token is the ticket's, in constant time.
func (k keys) owns(id queue.TicketID, token string) bool {
	return hmac.Equal([]byte(k.ticketToken(id)), []byte(token))
}

// ownsWithOne reports whether one of the tokens is the ticket's. It computes one MAC.
func (k keys) ownsWithOne(id queue.TicketID, tokens []string) bool {
	own := []byte(k.ticketToken(id))
	return slices.ContainsFunc(tokens, func(token string) bool { return hmac.Equal(own, []byte(token)) })
}

// screenRandom is how many bytes of a screen's token are random.
const screenRandom = 20

// screenToken makes a token for a screen: random bytes and a MAC, so that a node
// knows without asking Redis which tokens were made here.
func (k keys) screenToken() string {
	var b [screenRandom]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	return k.signed("screen", b[:])
}

// isScreenToken reports whether screenToken made the token. The screen may have
// been removed since.
func (k keys) isScreenToken(token string) bool {
	_, ok := k.unsigned("screen", token, screenRandom)
	return ok
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

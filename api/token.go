package api

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/typed"
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

// ticketToken proves that its bearer is who the ticket was issued to, and what was
// issued: base64url of an AES-256-GCM seal of the [queue.Claim], bound to the id.
// Nobody else can read the patient in it. The same ticket has the same token. It
// stands in links and in codes to be scanned, so it is short: the name is cut.
func (k keys) ticketToken(t queue.Ticket, p queue.Patient) (string, error) {
	seal, err := k.sealer()
	if err != nil {
		return "", err
	}
	first := ""
	if t.FirstVisit {
		first = "1"
	}
	plain := strings.Join([]string{
		strconv.Itoa(t.Number), strconv.FormatInt(t.Issued.UnixMilli(), 36), t.Place, t.Session, t.Channel, strconv.Itoa(t.Party), first, t.Kind,
		shorten(p.Name, claimedName), p.Phone,
	}, claimBreak)
	nonce := k.mac("ticket nonce", string(t.ID), plain)[:seal.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(seal.Seal(nonce, nonce, []byte(plain), []byte(t.ID))), nil
}

const (
	claimedName = 10     // characters of a name that a token carries at most
	claimBreak  = "\x1f" // between the fields of a claim; no text that is sent has control characters
)

// claim returns what a token proves of a ticket; false when it is not the ticket's.
func (k keys) claim(id queue.TicketID, token string) (queue.Claim, bool) {
	seal, err := k.sealer()
	if err != nil {
		return queue.Claim{}, false
	}
	return claimIn(seal, id, token)
}

// claimIn is claim with the sealer at hand.
func claimIn(seal cipher.AEAD, id queue.TicketID, token string) (queue.Claim, bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(sealed) < seal.NonceSize() {
		return queue.Claim{}, false
	}
	n := seal.NonceSize()
	plain, err := seal.Open(nil, sealed[:n], sealed[n:], []byte(id))
	f := strings.Split(string(plain), claimBreak)
	if err != nil || len(f) != 10 {
		return queue.Claim{}, false
	}
	number, err := strconv.Atoi(f[0])
	issued, err2 := strconv.ParseInt(f[1], 36, 64)
	party, err3 := strconv.Atoi(f[5])
	if err := errors.Join(err, err2, err3); err != nil {
		return queue.Claim{}, false
	}
	return queue.Claim{
		Number: number, Issued: time.UnixMilli(issued), Place: f[2], Session: f[3], Channel: f[4], Party: party,
		FirstVisit: f[6] != "", Kind: f[7], Patient: queue.Patient{Name: f[8], Phone: f[9]},
	}, true
}

// owns reports whether token is the ticket's. Tokens of before they carried a
// claim are only a MAC of the id; they prove it all the same, but claim nothing.
func (k keys) owns(id queue.TicketID, token string) bool {
	if hmac.Equal([]byte(k.plainToken(id)), []byte(token)) {
		return true
	}
	_, ok := k.claim(id, token)
	return ok
}

// plainToken is a token without a claim.
func (k keys) plainToken(id queue.TicketID) string { return short(k.mac("ticket", string(id))) }

func (k keys) sealer() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.mac("ticket seal"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// shorten keeps the first characters of a text.
func shorten(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most])
	}
	return text
}

// owned is a ticket whose token was shown.
type owned struct {
	claim   queue.Claim
	claimed bool // the token carries a claim
}

// ownedBy finds the ticket's token among those that a request offers.
func (k keys) ownedBy(id queue.TicketID, tokens []string) (o owned, ok bool) {
	if len(tokens) == 0 {
		return o, false
	}
	plain := []byte(k.plainToken(id))
	seal, err := k.sealer()
	if err != nil {
		return o, false
	}
	for _, token := range tokens {
		if o.claim, o.claimed = claimIn(seal, id, token); o.claimed || hmac.Equal(plain, []byte(token)) {
			return o, true
		}
	}
	return o, false
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
		known = append(known, short(k.mac("person", string(c), "card", typed.Name(p.CardNumber))))
	}
	if p.Phone != "" {
		known = append(known, short(k.mac("person", string(c), "phone", p.Phone, typed.Name(p.Name))))
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

package secret

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/typed"
)

// Keys computes everything that proves something, under the nodes' common
// secret. The first word of what is signed keeps the uses apart.
type Keys struct{ secret []byte }

// New makes the keys of a secret, which is the same on every node.
func New(secret []byte) Keys { return Keys{secret} }

// macEscapes escapes a '|' in a part, as that ends a part. So no two lists of parts
// have the same sum.
var macEscapes = strings.NewReplacer(`\`, `\\`, `|`, `\|`)

func (k Keys) MAC(use string, parts ...string) []byte {
	m := hmac.New(sha256.New, k.secret)
	m.Write([]byte(use))
	for _, p := range parts {
		m.Write([]byte{'|'})
		_, _ = macEscapes.WriteString(m, p) // a hash takes everything
	}
	return m.Sum(nil)
}

// TicketToken proves that its bearer owns the ticket, and what was issued. It is
// base64url of an AES-256-GCM seal of the [queue.Claim], bound to the id. Only nodes
// can decrypt it: other clients cannot read the patient, nor its bearer the cancel
// code. The same ticket has the same token. Links and QR codes contain it, so it is
// short. The name is cut, and numbers and hashes are encoded as bytes. The code is ""
// where its owner may not cancel it.
func (k Keys) TicketToken(t queue.Ticket, p queue.Patient, code string) (string, error) {
	seal, err := k.sealer()
	if err != nil {
		return "", err
	}
	fields := append(ticketFields(t), shorten(p.Name, claimedName), p.Phone)
	tail, err := k.claimTail(t, p, code)
	if err != nil {
		return "", fmt.Errorf("token of %s: %w", t.ID, err)
	}
	return k.sealClaim(seal, t.ID, fields, p.CardNumber, tail), nil
}

// sealClaim seals the fields of a claim, with the card number and the tail where one of
// them is there.
func (k Keys) sealClaim(seal cipher.AEAD, id queue.TicketID, fields []string, card string, tail []byte) string {
	if card != "" || len(tail) > 0 {
		fields = append(fields, card, string(tail))
	}
	plain := strings.Join(fields, claimBreak)
	nonce := k.MAC("ticket nonce", string(id), plain)[:seal.NonceSize()]
	return base64.RawURLEncoding.EncodeToString(seal.Seal(nonce, nonce, []byte(plain), []byte(id)))
}

// MovedToken is the token of a ticket that replaced another one, for the bearer of the
// other's token. It carries the same patient and cancel code. An older token has none of
// these, so its successor carries neither.
func (k Keys) MovedToken(from queue.TicketID, token string, t queue.Ticket) (string, error) {
	seal, err := k.sealer()
	if err != nil {
		return "", err
	}
	f, ok := openClaim(seal, from, token)
	if !ok {
		return k.TicketToken(t, queue.Patient{}, "")
	}
	fields := append(ticketFields(t), f[8], f[9])
	card, tail := "", [tailLength]byte{}
	if len(f) == claimFields {
		card = f[10]
		copy(tail[:], f[11])
	}
	return k.sealClaim(seal, t.ID, fields, card, bytes.TrimRight(tail[:], "\x00")), nil
}

// ticketFields are the fields of a claim that are of the ticket itself.
func ticketFields(t queue.Ticket) []string {
	first := ""
	if t.FirstVisit {
		first = "1"
	}
	return []string{
		strconv.Itoa(t.Number), strconv.FormatInt(t.Issued.UnixMilli(), 36), t.Position, t.Session + claimedSlot(t), t.Channel, strconv.Itoa(t.Party), first, t.Kind,
	}
}

const (
	claimedName = 10     // characters of a name that a token carries at most
	claimBreak  = "\x1f" // between the fields of a claim; no text that is sent has control characters
	claimFields = 12     // at most; 10 for a claim without a card number and a tail, as in older tokens
)

// Where the parts of a claim's tail begin. It is the last field, so that any byte may
// stand in it. A part that is not there is zeros, and zeros at its end are left out.
const (
	tailCode   = 0 // the cancel code and 1, as a number
	tailMark   = 3 // what the eight characters of the mark stand for; one mark of 2^40 is all zeros, and lost
	tailPerson = 8 // the phone number's entry of [keys.persons], where the token's name is cut
	tailLength = tailPerson + 128/8
)

// claimTail is what a token carries of a ticket beside texts.
func (k Keys) claimTail(t queue.Ticket, p queue.Patient, code string) ([]byte, error) {
	var tail [tailLength]byte
	if code != "" {
		n, err := strconv.ParseUint(code, 10, 20)
		if err != nil {
			return nil, err
		}
		tail[0], tail[1], tail[2] = byte((n+1)>>16), byte((n+1)>>8), byte(n+1)
	}
	if _, err := base32.StdEncoding.Decode(tail[tailMark:], []byte(strings.ToUpper(t.Mark))); err != nil {
		return nil, err
	}
	if p.Phone != "" && shorten(p.Name, claimedName) != p.Name {
		person := k.phonePerson(t.ID.Ref().Clinic, p)
		if _, err := base64.RawURLEncoding.Decode(tail[tailPerson:], []byte(person)); err != nil {
			return nil, err
		}
	}
	return bytes.TrimRight(tail[:], "\x00"), nil
}

// readTail adds to a claim what [keys.claimTail] wrote.
func (k Keys) readTail(id queue.TicketID, text string, c *queue.Claim) {
	var tail [tailLength]byte
	copy(tail[:], text)
	if n := int(tail[0])<<16 | int(tail[1])<<8 | int(tail[2]); n > 0 {
		c.CodeHash = k.CodeHash(id.Ref(), fmt.Sprintf(codeForm, n-1))
	}
	if mark := tail[tailMark:tailPerson]; !isZero(mark) {
		c.Mark = strings.ToLower(base32.StdEncoding.EncodeToString(mark))
	}
	if person := tail[tailPerson:]; !isZero(person) && len(c.Persons) > 0 {
		c.Persons[len(c.Persons)-1] = base64.RawURLEncoding.EncodeToString(person)
	}
}

func isZero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// Claim returns what a token proves of a ticket; false when it is not the ticket's.
func (k Keys) Claim(id queue.TicketID, token string) (queue.Claim, bool) {
	seal, err := k.sealer()
	if err != nil {
		return queue.Claim{}, false
	}
	return k.claimBy(seal, id, token)
}

// claimBy is claim with a sealer that the caller has made.
func (k Keys) claimBy(seal cipher.AEAD, id queue.TicketID, token string) (queue.Claim, bool) {
	f, ok := openClaim(seal, id, token)
	if !ok {
		return queue.Claim{}, false
	}
	number, err := strconv.Atoi(f[0])
	issued, err2 := strconv.ParseInt(f[1], 36, 64)
	party, err3 := strconv.Atoi(f[5])
	if err := errors.Join(err, err2, err3); err != nil {
		return queue.Claim{}, false
	}
	session, slot, bySlot := strings.Cut(f[3], slotBreak)
	c := queue.Claim{
		Number: number, Issued: time.UnixMilli(issued), Position: f[2], Session: session, Channel: f[4], Party: party,
		FirstVisit: f[6] != "", Kind: f[7], Patient: queue.Patient{Name: f[8], Phone: f[9]},
	}
	if bySlot && !readSlot(slot, &c) {
		return queue.Claim{}, false
	}
	if len(f) == claimFields {
		c.Patient.CardNumber = f[10]
	}
	c.Persons = k.Persons(id.Ref().Clinic, c.Patient)
	if len(f) == claimFields {
		k.readTail(id, f[11], &c)
	}
	return c, true
}

// openClaim returns the fields of the claim in a ticket's token.
func openClaim(seal cipher.AEAD, id queue.TicketID, token string) ([]string, bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(sealed) < seal.NonceSize() {
		return nil, false
	}
	n := seal.NonceSize()
	plain, err := seal.Open(nil, sealed[:n], sealed[n:], []byte(id))
	f := strings.SplitN(string(plain), claimBreak, claimFields)
	return f, err == nil && (len(f) == 10 || len(f) == claimFields)
}

// Owns reports whether token is the ticket's. Older tokens without a claim are only a
// MAC of the id. They prove the ticket too, but claim nothing.
func (k Keys) Owns(id queue.TicketID, token string) bool {
	if hmac.Equal([]byte(k.plainToken(id)), []byte(token)) {
		return true
	}
	_, ok := k.Claim(id, token)
	return ok
}

// plainToken is a token without a claim.
func (k Keys) plainToken(id queue.TicketID) string { return Short(k.MAC("ticket", string(id))) }

func (k Keys) sealer() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.MAC("ticket seal"))
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

// Owned is a ticket whose token was shown.
type Owned struct {
	Claim   queue.Claim
	Claimed bool // the token carries a claim
}

// OwnedBy finds the ticket's token among those that a request offers.
func (k Keys) OwnedBy(id queue.TicketID, tokens []string) (o Owned, ok bool) {
	if len(tokens) == 0 {
		return o, false
	}
	plain := []byte(k.plainToken(id))
	seal, err := k.sealer()
	if err != nil {
		return o, false
	}
	for _, token := range tokens {
		if o.Claim, o.Claimed = k.claimBy(seal, id, token); o.Claimed || hmac.Equal(plain, []byte(token)) {
			return o, true
		}
	}
	return o, false
}

// screenRandom is how many bytes of a screen's token are random.
const screenRandom = 20

// ScreenToken makes a token for a screen of random bytes and a MAC. So a node
// recognises forged tokens without Redis.
func (k Keys) ScreenToken() string {
	var b [screenRandom]byte
	_, _ = rand.Read(b[:]) // never fails, by its contract
	return k.Signed("screen", b[:])
}

// IsScreenToken reports whether screenToken made the token. The screen may have
// been removed since.
func (k Keys) IsScreenToken(token string) bool {
	_, ok := k.Unsigned("screen", token, screenRandom)
	return ok
}

// CancelCode is the six digits that a reception under that Idempotency-Key
// shows: the same ones again when it is repeated.
func (k Keys) CancelCode(ref clinic.Ref, key string) string {
	return fmt.Sprintf(codeForm, binary.BigEndian.Uint64(k.MAC("code", ref.String(), key))%1_000_000)
}

const codeForm = "%06d" // of a cancel code

// CodeHash is what the line keeps of a cancel code: 128 bits, like all of these.
func (k Keys) CodeHash(ref clinic.Ref, code string) string {
	return Short(k.MAC("cancel", ref.String(), code))
}

// Persons are the keys of a person in a clinic's lines, so that each person gets one
// number. One is of the card's number, one of the phone number with the name, as
// families share a phone. Either is enough. They cannot be computed without the secret,
// and differ from clinic to clinic.
func (k Keys) Persons(c clinic.ID, p queue.Patient) (known []string) {
	if p.CardNumber != "" {
		known = append(known, Short(k.MAC("person", string(c), "card", typed.Name(p.CardNumber))))
	}
	if p.Phone != "" {
		known = append(known, k.phonePerson(c, p))
	}
	return known
}

// phonePerson is the last entry of persons, of a patient with a phone number.
func (k Keys) phonePerson(c clinic.ID, p queue.Patient) string {
	return Short(k.MAC("person", string(c), "phone", p.Phone, typed.Name(p.Name)))
}

// Short writes the first 128 bits in 22 characters of base64url.
func Short(mac []byte) string { return base64.RawURLEncoding.EncodeToString(mac[:16]) }

// tokenBytes is the length of a token that signed makes, in bytes.
const tokenBytes = 32

// Signed returns a token of 32 bytes: the signed bytes, and their MAC, cut to the rest.
func (k Keys) Signed(use string, b []byte, parts ...string) string {
	mac := k.MAC(use, append(parts, string(b))...)
	return base64.RawURLEncoding.EncodeToString(append(b, mac[:tokenBytes-len(b)]...))
}

// Unsigned returns the first n bytes of a token that signed has made.
func (k Keys) Unsigned(use, token string, n int, parts ...string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != tokenBytes {
		return nil, false
	}
	want := k.Signed(use, bytes.Clone(b[:n]), parts...)
	return b[:n], hmac.Equal([]byte(want), []byte(token))
}

// Hash is what a store knows a token by.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// ID is what a token is called outside: enough of its hash to find it.
func ID(hash string) string { return hash[:min(len(hash), 16)] }

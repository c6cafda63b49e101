package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"junban/queue"
)

// HandleLife is how long a handle of a looked-up ticket is good.
const HandleLife = 10 * time.Minute

// Handle names a ticket to a client that has looked it up, until HandleLife from now. It
// proves nothing: a cancel needs the code too. It is sealed, so it reveals neither the
// ticket's id nor its token, and is another text each time.
func (k Keys) Handle(id queue.TicketID, now time.Time) (string, error) {
	seal, err := k.handleSealer()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails, by its contract
	plain := strconv.FormatInt(now.Add(HandleLife).UnixMilli(), 36) + " " + string(id)
	return base64.RawURLEncoding.EncodeToString(seal.Seal(nonce, nonce, []byte(plain), nil)), nil
}

// Handled returns the ticket that a handle names. It is false for one that has expired
// or that no node has made.
func (k Keys) Handled(handle string, now time.Time) (queue.TicketID, bool) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(handle)
	if err != nil {
		return "", false
	}
	seal, err := k.handleSealer()
	if err != nil || len(sealed) < seal.NonceSize() {
		return "", false
	}
	n := seal.NonceSize()
	plain, err := seal.Open(nil, sealed[:n], sealed[n:], nil)
	if err != nil {
		return "", false
	}
	until, id, _ := strings.Cut(string(plain), " ")
	ms, err := strconv.ParseInt(until, 36, 64)
	return queue.TicketID(id), err == nil && now.UnixMilli() < ms
}

func (k Keys) handleSealer() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.MAC("lookup handle"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

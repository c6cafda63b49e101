package push

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	tokenLife  = 12 * time.Hour // RFC 8292 allows 24
	tokenRenew = 6 * time.Hour  // what is left when a new one is made
	maxOrigins = 1000           // strangers name the origins
)

// ErrContact is returned for a contact that push services refuse.
var ErrContact = errors.New("the contact must be an https URL or mailto: with an address that the internet reaches")

// CheckContact checks the contact that push services are given (RFC 8292 §2.1). Apple
// refuses pushes whose contact is local or a bare address. Errors match [ErrContact].
func CheckContact(contact string) error {
	u, err := url.Parse(contact)
	if err != nil {
		return ErrContact
	}
	host := u.Hostname()
	switch u.Scheme {
	case "https":
	case "mailto":
		one, err := mail.ParseAddress(u.Opaque)
		if err != nil || one.Address != u.Opaque {
			return ErrContact
		}
		host = u.Opaque[strings.LastIndexByte(u.Opaque, '@')+1:]
	default:
		return ErrContact
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	last := host[strings.LastIndexByte(host, '.')+1:]
	if _, err := netip.ParseAddr(host); err == nil || last == host || last == "local" || last == "localhost" || u.User != nil {
		return ErrContact
	}
	return nil
}

// tokens are the signed tokens by origin. They are safe for concurrent use.
type tokens struct {
	keys    Keys
	contact string
	now     func() time.Time

	mu   sync.Mutex
	kept map[string]token
}

// token is the value of Authorization, and when it expires.
type token struct {
	header string
	ends   time.Time
}

// of returns the header Authorization for an origin. A token serves for 6 hours.
func (t *tokens) of(origin string) (string, error) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if k, ok := t.kept[origin]; ok && k.ends.Sub(now) > tokenRenew && k.ends.Sub(now) <= tokenLife {
		return k.header, nil
	}
	ends := now.Add(tokenLife)
	signed, err := t.sign(origin, ends)
	if err != nil {
		return "", err
	}
	if len(t.kept) >= maxOrigins || t.kept == nil {
		t.kept = make(map[string]token)
	}
	k := token{"vapid t=" + signed + ", k=" + t.keys.public, ends}
	t.kept[origin] = k
	return k.header, nil
}

// sign makes a JWT with ES256 (RFC 8292 §2).
func (t *tokens) sign(origin string, ends time.Time) (string, error) {
	claims, err := json.Marshal(struct {
		Audience string `json:"aud"`
		Expires  int64  `json:"exp"`
		Subject  string `json:"sub,omitempty"`
	}{origin, ends.Unix(), t.contact})
	if err != nil {
		return "", fmt.Errorf("push: encoding a token: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + base64.RawURLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, t.keys.private, sum[:])
	if err != nil {
		return "", fmt.Errorf("push: signing: %w", err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

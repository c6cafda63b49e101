package push

import (
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"junban/notify/message"
)

// Errors of [Validate].
var (
	ErrEndpoint = errors.New("push: not the address of a push service")
	ErrKeys     = errors.New("push: not the keys of a subscription")
)

const (
	maxEndpoint = 1024 // bytes
	authSize    = 16   // bytes
)

// Validate checks a subscription that a stranger sent: an https URL on port 443 without
// user info, of 1,024 bytes at most; p256dh is a point of the curve, auth has 16 bytes.
// A literal address within an allowed range may have http and any port. Names are held to
// the rules above whatever is allowed; the dial checks what they resolve to. Errors match [ErrEndpoint] or [ErrKeys].
func Validate(s message.Subscription, allow ...netip.Prefix) error {
	if _, err := endpointOf(s.Endpoint, allow); err != nil {
		return err
	}
	_, _, err := keysOfDevice(s)
	return err
}

// endpointOf parses the address of a push service.
func endpointOf(text string, allow []netip.Prefix) (*url.URL, error) {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return nil, ErrEndpoint
		}
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, len(text) > maxEndpoint, u.Opaque != "", u.User != nil, u.Fragment != "", u.Hostname() == "":
		return nil, ErrEndpoint
	}
	port := u.Port()
	usual := u.Scheme == "https" && (port == "" || port == "443")
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil {
		own := isAllowed(addr, allow) && (u.Scheme == "https" || u.Scheme == "http")
		if !own && !(usual && isPublic(addr)) {
			return nil, ErrEndpoint
		}
	} else if !usual || !strings.Contains(strings.Trim(u.Hostname(), "."), ".") { // else a name of the local network
		return nil, ErrEndpoint
	}
	return u, nil
}

// keysOfDevice decodes the keys of a subscription, in base64url with or without padding.
func keysOfDevice(s message.Subscription) (public *ecdh.PublicKey, auth []byte, err error) {
	point, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s.P256DH, "="))
	if err != nil {
		return nil, nil, ErrKeys
	}
	auth, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(s.Auth, "="))
	if err != nil || len(auth) != authSize {
		return nil, nil, ErrKeys
	}
	public, err = ecdh.P256().NewPublicKey(point) // refuses what is not on the curve, and compressed points
	if err != nil {
		return nil, nil, ErrKeys
	}
	return public, auth, nil
}

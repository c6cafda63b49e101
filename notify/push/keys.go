package push

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
)

// Keys is the key pair with which an installation signs its pushes (VAPID, RFC 8292).
// Every subscription is bound to it: other keys make all of them useless.
type Keys struct {
	private *ecdsa.PrivateKey
	public  string
}

// NewKeys generates a key pair.
func NewKeys() (Keys, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return Keys{}, fmt.Errorf("push: generating keys: %w", err)
	}
	return keysOf(private)
}

// ParseKeys decodes what [Keys.Marshal] returned.
func ParseKeys(b []byte) (Keys, error) {
	parsed, err := x509.ParsePKCS8PrivateKey(b)
	if err != nil {
		return Keys{}, fmt.Errorf("push: decoding keys: %w", err)
	}
	private, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || private.Curve != elliptic.P256() {
		return Keys{}, errors.New("push: the keys are not of the curve P-256")
	}
	return keysOf(private)
}

func keysOf(private *ecdsa.PrivateKey) (Keys, error) {
	point, err := private.PublicKey.Bytes()
	if err != nil {
		return Keys{}, fmt.Errorf("push: encoding the public key: %w", err)
	}
	return Keys{private, base64.RawURLEncoding.EncodeToString(point)}, nil
}

// Marshal encodes the pair in PKCS #8. It is a secret.
func (k Keys) Marshal() ([]byte, error) {
	if k.private == nil {
		return nil, errors.New("push: no keys")
	}
	return x509.MarshalPKCS8PrivateKey(k.private)
}

// Public is the public key in base64url, as browsers take it for applicationServerKey.
func (k Keys) Public() string { return k.public }

package pushtest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// Device is a browser that has subscribed. Its keys are in base64url.
type Device struct {
	P256DH, Auth string

	private *ecdh.PrivateKey
	auth    []byte
}

// NewDevice returns a device with new keys.
func NewDevice() (*Device, error) {
	private, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	auth := make([]byte, 16)
	rand.Read(auth)
	encode := base64.RawURLEncoding.EncodeToString
	return &Device{encode(private.PublicKey().Bytes()), encode(auth), private, auth}, nil
}

// Decrypt returns the text of a body (RFC 8188, RFC 8291), without its padding.
func (d *Device) Decrypt(body []byte) ([]byte, error) {
	if len(body) < 86 || body[20] != 65 {
		return nil, errors.New("no header")
	}
	salt, public, sealed := body[:16], body[21:86], body[86:]
	peer, err := ecdh.P256().NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	shared, err := d.private.ECDH(peer)
	if err != nil {
		return nil, err
	}
	derive := func(secret, salt []byte, info string, size int) []byte {
		key, e := hkdf.Key(sha256.New, secret, salt, info, size)
		err = errors.Join(err, e)
		return key
	}
	input := derive(shared, d.auth, "WebPush: info\x00"+string(d.private.PublicKey().Bytes())+string(public), 32)
	key := derive(input, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce := derive(input, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	record, err := aead.Open(nil, nonce, sealed, nil)
	if err != nil {
		return nil, err
	}
	text := bytes.TrimRight(record, "\x00")
	if len(text) == 0 || text[len(text)-1] != 2 {
		return nil, fmt.Errorf("the record does not end with its delimiter")
	}
	return text[:len(text)-1], nil
}

package push

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

const (
	saltSize   = 16
	recordSize = 4096
	headerSize = saltSize + 4 + 1 + 65
	tagSize    = 16
	delimiter  = 2 // of the last record
)

// encrypt encrypts a text for one device (RFC 8291, aes128gcm), padded to size bytes.
// A longer text is not padded.
func encrypt(text []byte, device *ecdh.PublicKey, auth []byte, size int) ([]byte, error) {
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("push: generating a key: %w", err)
	}
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails
	record := make([]byte, max(size, len(text)+1))
	record[copy(record, text)] = delimiter
	return seal(record, device, auth, own, salt)
}

// seal encrypts a record, and writes the header of RFC 8188 before it.
func seal(record []byte, device *ecdh.PublicKey, auth []byte, own *ecdh.PrivateKey, salt []byte) ([]byte, error) {
	shared, err := own.ECDH(device)
	if err != nil {
		return nil, fmt.Errorf("push: agreeing on a key: %w", err)
	}
	public := own.PublicKey().Bytes()
	input, err := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(device.Bytes())+string(public), sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("push: deriving a key: %w", err)
	}
	key, err := hkdf.Key(sha256.New, input, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, fmt.Errorf("push: deriving a key: %w", err)
	}
	nonce, err := hkdf.Key(sha256.New, input, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, fmt.Errorf("push: deriving a nonce: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("push: encrypting: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("push: encrypting: %w", err)
	}
	body := make([]byte, 0, headerSize+len(record)+tagSize)
	body = append(body, salt...)
	body = binary.BigEndian.AppendUint32(body, recordSize)
	body = append(body, byte(len(public)))
	body = append(body, public...)
	return aead.Seal(body, nonce, record, nil), nil
}

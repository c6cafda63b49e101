package hub

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"

	"junban/hub/internal/socket"
)

// recordWriter seals records of TLS 1.3 as a client, RFC 8446 §5.2. It takes over from a
// crypto/tls client, which cannot send what the tests need.
type recordWriter struct {
	hash   func() hash.Hash
	secret []byte
	size   int // of the key, in bytes
	aead   func(key []byte) (cipher.AEAD, error)
	key    cipher.AEAD
	iv     []byte
	number uint64 // of the next record
}

// takeOver continues after the given number of records.
func takeOver(t *testing.T, conn *tls.Conn, keys string, sent uint64) *recordWriter {
	t.Helper()
	w := &recordWriter{hash: sha256.New, size: 32, aead: chacha20poly1305.New, number: sent}
	gcm := func(key []byte) (cipher.AEAD, error) {
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		return cipher.NewGCM(block)
	}
	switch conn.ConnectionState().CipherSuite {
	case tls.TLS_AES_128_GCM_SHA256:
		w.size, w.aead = 16, gcm
	case tls.TLS_AES_256_GCM_SHA384:
		w.hash, w.aead = sha512.New384, gcm
	}
	for line := range strings.Lines(keys) {
		if f := strings.Fields(line); f[0] == "CLIENT_TRAFFIC_SECRET_0" {
			w.secret, _ = hex.DecodeString(f[2])
		}
	}
	if err := w.derive(); err != nil {
		t.Fatal(err)
	}
	return w
}

// expand is HKDF-Expand-Label, RFC 8446 §7.1.
func (w *recordWriter) expand(label string, size int) ([]byte, error) {
	info := binary.BigEndian.AppendUint16(nil, uint16(size))
	info = append(info, byte(len("tls13 "+label)))
	info = append(info, "tls13 "+label...)
	return hkdf.Expand(w.hash, w.secret, string(append(info, 0)), size)
}

func (w *recordWriter) derive() error {
	key, err := w.expand("key", w.size)
	if err != nil {
		return err
	}
	if w.iv, err = w.expand("iv", 12); err != nil {
		return err
	}
	w.key, err = w.aead(key)
	return err
}

// seal returns a record with the given content.
func (w *recordWriter) seal(content []byte, kind byte) []byte {
	inner := append(bytes.Clone(content), kind)
	head := []byte{23, 3, 3, 0, 0}
	binary.BigEndian.PutUint16(head[3:], uint16(len(inner)+w.key.Overhead()))
	nonce := bytes.Clone(w.iv)
	for i := range 8 {
		nonce[4+i] ^= byte(w.number >> (56 - 8*i))
	}
	w.number++
	return append(head, w.key.Seal(nil, nonce, inner, head)...)
}

// updateKey returns the record that changes the key, and uses the new one from then on.
// With answer, the server has to change its key, too.
func (w *recordWriter) updateKey(answer bool) (record []byte, err error) {
	message := []byte{24, 0, 0, 1, 0}
	if answer {
		message[4] = 1
	}
	record = w.seal(message, 22)
	if w.secret, err = w.expand("traffic upd", w.hash().Size()); err != nil {
		return nil, err
	}
	w.number = 0
	return record, w.derive()
}

// records connects to a house with TLS, and takes over after the handshake.
func (h *house) records(t *testing.T, topic Topic) (*raw, *recordWriter) {
	t.Helper()
	var keys bytes.Buffer
	conn := h.dial(t).(*tls.Conn)
	over := tls.Client(conn.NetConn(), &tls.Config{InsecureSkipVerify: true, KeyLogWriter: &keys})
	c := &raw{t, over, bufio.NewReader(over)}
	greet(t, over, c.r, query([]Topic{topic}), nil)
	wait(t, "to be watched", func() bool { return h.Watched(topic) })
	return c, takeOver(t, over, keys.String(), 1) // the request
}

// TestTLS_NewKeysInTheMiddle lets a client change its key, and ask for a new key of the
// server, while frames are sent.
func TestTLS_NewKeysInTheMiddle(t *testing.T) {
	t.Parallel()
	h := newTLSHouse(t, Options{})
	c, w := h.records(t, "a")
	for i := range uint64(50) {
		record, err := w.updateKey(i%2 == 0)
		if err != nil {
			t.Fatal(err)
		}
		ping := fmt.Sprint("ping ", i)
		if _, err := c.tcp().Write(append(record, w.seal(masked(opPing, ping), 23)...)); err != nil {
			t.Fatal(err)
		}
		if first, payload, err := c.frame(); first != opPong || string(payload) != ping || err != nil {
			t.Fatalf("got %#x %q %v", first, payload, err)
		}
		f := frame("e", i+1, fmt.Sprint(i))
		h.Publish("a", f)
		if first, payload, err := c.frame(); first != opText || !bytes.Equal(payload, f.Body) || err != nil {
			t.Fatalf("got %#x %q %v", first, payload, err)
		}
	}
}

// TestTLS_NewKeysAreInbound sends new keys, which cost more than they have bytes, and a
// pong now and then, as TLS itself refuses many records without data.
func TestTLS_NewKeysAreInbound(t *testing.T) {
	t.Parallel()
	h := newTLSHouse(t, Options{})
	c, w := h.records(t, "a")
	go func() {
		for n := 0; ; n++ {
			record, err := w.updateKey(false)
			if err != nil {
				t.Error(err)
				return
			}
			if n%8 == 0 {
				record = append(record, w.seal(pong(), 23)...)
			}
			if _, err := c.tcp().Write(record); err != nil {
				return // closed, as it is to be
			}
		}
	}()
	if code := c.goodbye(); code != 1008 {
		t.Errorf("closed with %d", code)
	}
	c.tcp().Close()
	wait(t, "the reason", func() bool {
		return h.metric(t, "junban_hub_closed_total", socket.Inbound, webSocket) == 1
	})
}

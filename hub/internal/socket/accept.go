package socket

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"net"
	"net/http"
	"strings"
)

// Accept performs the handshake of RFC 6455 §4.2, and agrees to the subprotocol if the
// client offers it. An error means that nothing has been answered yet.
func (c *Conn) Accept(w http.ResponseWriter, r *http.Request, subprotocol string, owner Owner) error {
	hj, ok := hijacker(w)
	if !ok {
		return errors.New(r.Proto + " cannot be hijacked")
	}
	key, err := handshakeKey(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Upgrade", "websocket")
	h.Set("Connection", "Upgrade")
	h.Set("Sec-WebSocket-Accept", acceptKey(key))
	if subprotocol != "" && lists(r.Header, "Sec-WebSocket-Protocol", subprotocol) {
		h.Set("Sec-WebSocket-Protocol", subprotocol)
	}
	w.WriteHeader(http.StatusSwitchingProtocols)
	nc, brw, err := hj.Hijack()
	if err != nil {
		return err
	}
	early, err := brw.Reader.Peek(brw.Reader.Buffered())
	if err != nil {
		return err
	}
	c.owner = owner
	c.partial = bytes.Clone(early) // Listen reads it
	c.sealer, c.wire = newSealer(nc)
	c.fd = int32(descriptor(c.wire))
	BoundBacklog(nc)
	return nil
}

// handshakeKey checks the request and returns its key.
func handshakeKey(r *http.Request) (string, error) {
	keys := r.Header.Values("Sec-WebSocket-Key")
	switch {
	case r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1):
		return "", errors.New("a handshake is a GET of HTTP/1.1")
	case !lists(r.Header, "Connection", "upgrade"), !lists(r.Header, "Upgrade", "websocket"):
		return "", errors.New("the request asks for no WebSocket")
	case r.Header.Get("Sec-WebSocket-Version") != "13":
		return "", errors.New("the version is not 13")
	case len(keys) != 1:
		return "", errors.New("a handshake has one key")
	}
	if nonce, err := base64.StdEncoding.DecodeString(strings.TrimSpace(keys[0])); err != nil || len(nonce) != 16 {
		return "", errors.New("the key is not 16 bytes in base64")
	}
	return strings.TrimSpace(keys[0]), nil
}

// acceptKey returns what proves that the server has read the key.
func acceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// lists reports whether a header that lists tokens has that one, in any case.
func lists(h http.Header, name, token string) bool {
	for _, list := range h.Values(name) {
		for entry := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(entry), token) {
				return true
			}
		}
	}
	return false
}

// hijacker finds the writer beneath w that gives away its connection.
func hijacker(w http.ResponseWriter) (http.Hijacker, bool) {
	for {
		switch v := w.(type) {
		case http.Hijacker:
			return v, true
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return nil, false
		}
	}
}

// below returns the connection to the network that nc runs on, or nc itself.
func below(nc net.Conn) net.Conn {
	for {
		t, ok := nc.(interface{ NetConn() net.Conn })
		if !ok {
			return nc
		}
		nc = t.NetConn()
	}
}

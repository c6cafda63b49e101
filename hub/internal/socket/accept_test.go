package socket

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestHandshakeKey_RefusesWhatIsNoHandshake(t *testing.T) {
	t.Parallel()
	const key = "dGhlIHNhbXBsZSBub25jZQ==" // of RFC 6455 §1.3
	valid := func() *http.Request {
		r := httptest.NewRequest("GET", "/", nil)
		for name, value := range map[string]string{"Connection": "keep-alive, Upgrade", "Upgrade": "WebSocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key} {
			r.Header.Set(name, value)
		}
		return r
	}
	got, err := handshakeKey(valid())
	if err != nil || acceptKey(got) != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Errorf("key %q, error %v", got, err)
	}
	for name, spoil := range map[string]func(*http.Request){
		"method":        func(r *http.Request) { r.Method = "POST" },
		"protocol":      func(r *http.Request) { r.ProtoMajor, r.ProtoMinor = 1, 0 },
		"no connection": func(r *http.Request) { r.Header.Set("Connection", "close") },
		"no upgrade":    func(r *http.Request) { r.Header.Del("Upgrade") },
		"other upgrade": func(r *http.Request) { r.Header.Set("Upgrade", "h2c") },
		"version":       func(r *http.Request) { r.Header.Set("Sec-WebSocket-Version", "8") },
		"no key":        func(r *http.Request) { r.Header.Del("Sec-WebSocket-Key") },
		"two keys":      func(r *http.Request) { r.Header.Add("Sec-WebSocket-Key", key) },
		"short key":     func(r *http.Request) { r.Header.Set("Sec-WebSocket-Key", "AAAA") },
		"no base64":     func(r *http.Request) { r.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=!") },
	} {
		r := valid()
		spoil(r)
		if _, err := handshakeKey(r); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

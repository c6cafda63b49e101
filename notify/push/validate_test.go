package push

import (
	"crypto/ecdh"
	"encoding/base64"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"junban/internal/pushtest"
	"junban/notify/message"
)

// ownDevice returns a device and its subscription at an endpoint.
func ownDevice(t testing.TB, endpoint string) (*pushtest.Device, message.Subscription) {
	t.Helper()
	d, err := pushtest.NewDevice()
	if err != nil {
		t.Fatal(err)
	}
	return d, message.Subscription{Endpoint: endpoint, P256DH: d.P256DH, Auth: d.Auth}
}

func TestValidate_Endpoints(t *testing.T) {
	t.Parallel()
	loopback := netip.MustParsePrefix("127.0.0.1/32")
	for _, c := range []struct {
		endpoint string
		allow    []netip.Prefix
		ok       bool
	}{
		{"https://fcm.googleapis.com/fcm/send/abc:def-_", nil, true},
		{"https://web.push.apple.com/QAbc", nil, true},
		{"https://wns2-par02p.notify.windows.com/w/?token=BQ%3d%3d", nil, true},
		{"https://updates.push.services.mozilla.com:443/wpush/v2/gAA", nil, true},
		{"https://8.8.8.8/x", nil, true},
		{"", nil, false},
		{"http://push.example/x", nil, false},
		{"https://push.example:8443/x", nil, false},
		{"https://user@push.example/x", nil, false},
		{"https://user:word@push.example/x", nil, false},
		{"https:push.example", nil, false},
		{"https:///x", nil, false},
		{"https://push.example/x#y", nil, false},
		{"https://push.example/a b", nil, false},
		{"https://push.example/\n", nil, false},
		{"https://プッシュ.example/", nil, false},
		{"https://push.example/" + strings.Repeat("x", maxEndpoint), nil, false},
		{"https://localhost/x", nil, false},
		{"https://redis/x", nil, false},
		{"https://127.0.0.1/x", nil, false},
		{"https://10.0.0.1/x", nil, false},
		{"https://169.254.169.254/latest", nil, false},
		{"https://[::1]/x", nil, false},
		{"https://[::ffff:127.0.0.1]/x", nil, false},
		{"https://[64:ff9b::7f00:1]/x", nil, false},
		{"https://[fd00::1]/x", nil, false},
		{"https://[fe80::1%25eth0]/x", nil, false},
		{"file:///etc/passwd", nil, false},
		{"http://127.0.0.1:8080/x", []netip.Prefix{loopback}, true},
		{"https://127.0.0.1/x", []netip.Prefix{loopback}, true},
		{"https://push.internal/x", []netip.Prefix{loopback}, true}, // the dial decides
		{"https://push.internal:8443/x", []netip.Prefix{loopback}, false},
		{"http://push.internal/x", []netip.Prefix{loopback}, false},
		{"https://localhost/x", []netip.Prefix{loopback}, false},
		{"https://8.8.8.8:22/x", []netip.Prefix{loopback}, false},
		{"https://8.8.8.8/x", []netip.Prefix{loopback}, true},
		{"http://127.0.0.2:8080/x", []netip.Prefix{loopback}, false},
		{"http://8.8.8.8:8080/x", []netip.Prefix{loopback}, false},
		{"http://push.example:443/x", []netip.Prefix{loopback}, false},
		{"ftp://127.0.0.1/x", []netip.Prefix{loopback}, false},
		{"http://user@127.0.0.1/x", []netip.Prefix{loopback}, false},
	} {
		_, s := ownDevice(t, c.endpoint)
		err := Validate(s, c.allow...)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, ErrEndpoint) {
			t.Errorf("%q, allowed %v: error %v", c.endpoint, c.allow, err)
		}
	}
}

func TestValidate_Keys(t *testing.T) {
	t.Parallel()
	_, right := ownDevice(t, "https://push.example/x")
	point := decode(t, right.P256DH)
	off := append([]byte{}, point...)
	off[64] ^= 1
	encode := base64.RawURLEncoding.EncodeToString
	for name, change := range map[string]func(*message.Subscription){
		"no point":           func(s *message.Subscription) { s.P256DH = "" },
		"a point elsewhere":  func(s *message.Subscription) { s.P256DH = encode(off) },
		"infinity":           func(s *message.Subscription) { s.P256DH = encode([]byte{0}) },
		"a compressed point": func(s *message.Subscription) { s.P256DH = encode(append([]byte{2}, point[1:33]...)) },
		"a long point":       func(s *message.Subscription) { s.P256DH = encode(append(point, 0)) },
		"zeros":              func(s *message.Subscription) { s.P256DH = encode(make([]byte, 65)) },
		"no base64":          func(s *message.Subscription) { s.P256DH = "?" + s.P256DH },
		"no auth":            func(s *message.Subscription) { s.Auth = "" },
		"a short auth":       func(s *message.Subscription) { s.Auth = encode(make([]byte, 15)) },
		"a long auth":        func(s *message.Subscription) { s.Auth = encode(make([]byte, 17)) },
	} {
		s := right
		change(&s)
		if err := Validate(s); !errors.Is(err, ErrKeys) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	right.P256DH += "="
	right.Auth += "=="
	if err := Validate(right); err != nil {
		t.Errorf("with padding: error %v", err)
	}
}

// FuzzValidate checks that what is accepted can be encrypted for, and leads nowhere else.
func FuzzValidate(f *testing.F) {
	_, s := ownDevice(f, "https://push.example/x")
	f.Add(s.Endpoint, s.P256DH, s.Auth)
	f.Add("https://[::ffff:10.0.0.1]:443/", s.P256DH, s.Auth)
	f.Add("https://push.example%2f@10.0.0.1/", s.P256DH+"=", "")
	f.Add("https://010.0.0.1/", "", s.Auth)
	f.Fuzz(func(t *testing.T, endpoint, p256dh, auth string) {
		s := message.Subscription{Endpoint: endpoint, P256DH: p256dh, Auth: auth}
		if Validate(s) != nil {
			return
		}
		u, err := endpointOf(s.Endpoint, nil)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Port() != "" && u.Port() != "443" {
			t.Fatalf("%q is accepted", endpoint)
		}
		if addr, err := netip.ParseAddr(u.Hostname()); err == nil && !isPublic(addr) {
			t.Fatalf("%q is accepted", endpoint)
		}
		if !strings.HasPrefix(Origin(endpoint), "https://") {
			t.Fatalf("%q has the origin %q", endpoint, Origin(endpoint))
		}
		device, secret, err := keysOfDevice(s)
		if err != nil || device.Curve() != ecdh.P256() {
			t.Fatalf("the keys of %q: %v", p256dh, err)
		}
		if _, err := encrypt([]byte("x"), device, secret, padded); err != nil {
			t.Fatalf("the keys of %q: %v", p256dh, err)
		}
	})
}

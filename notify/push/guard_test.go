package push

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"junban/notify/message"
)

func TestIsPublic(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		"8.8.8.8": true, "17.188.143.34": true, "2607:f8b0:4004:800::200a": true, "100.128.0.1": true, "172.32.0.1": true,
		"0.0.0.0": false, "10.1.2.3": false, "127.0.0.1": false, "127.255.255.254": false, "169.254.169.254": false, "168.63.129.16": false,
		"172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "100.64.0.1": false, "192.0.0.192": false, "198.18.0.1": false,
		"224.0.0.1": false, "239.255.255.250": false, "240.0.0.1": false, "255.255.255.255": false, "192.0.2.1": false, "203.0.113.9": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "ff02::1": false,
		"::ffff:8.8.8.8": false, "::ffff:10.0.0.1": false, "64:ff9b::808:808": false, "64:ff9b:1::1": false, "2002:7f00:1::": false,
		"2001::1": false, "2001:db8::1": false, "::127.0.0.1": false, "fec0::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v, want %v", addr, got, want)
		}
	}
	if isPublic(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// names is a resolver whose every name has the address that is stored in it.
func names(t *testing.T, address *atomic.Value) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		for query := make([]byte, 512); ; {
			n, from, err := server.ReadFrom(query)
			if err != nil {
				return
			}
			end := 12 + strings.IndexByte(string(query[12:n]), 0) + 5 // of the question
			kind := binary.BigEndian.Uint16(query[end-4:])
			answer := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, query[12:end]...)
			if kind == 1 { // A
				answer[7] = 1
				answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
				answer = append(answer, netip.MustParseAddr(address.Load().(string)).AsSlice()...)
			}
			if _, err := server.WriteTo(answer, from); err != nil {
				return
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// TestSend_ChecksTheAddressAtEachDial lets a name lead to an allowed address, and to
// others later (DNS rebinding).
func TestSend_ChecksTheAddressAtEachDial(t *testing.T) {
	t.Parallel()
	var posts atomic.Int32
	listener, err := net.Listen("tcp", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		posts.Add(1)
		w.WriteHeader(http.StatusCreated)
	})}}
	server.Start()
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}

	var address atomic.Value
	_, to := ownDevice(t, "https://push.example/x")
	m := sample()
	m.To.Push = &to
	c := newChannel(newKeys(t), Options{Allow: []netip.Prefix{loopback}}, names(t, &address), time.Now)
	post := func() error { // a name has no port of its own in a subscription, so this dials below Send
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://push.example:"+port+"/x", http.NoBody)
		if err != nil {
			return err
		}
		resp, err := c.client.Do(r)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	address.Store("127.0.0.1")
	if err := post(); err != nil {
		t.Fatalf("the allowed address: %v", err)
	}
	for _, other := range []string{"127.0.0.2", "0.0.0.0", "10.0.0.1", "169.254.169.254", "8.8.8.8"} { // the last: not on this port
		c.client.CloseIdleConnections()
		address.Store(other)
		if err := post(); !errors.Is(err, errAddress) {
			t.Errorf("%s: error %v", other, err)
		}
	}
	if n := posts.Load(); n != 1 {
		t.Errorf("%d posts arrived", n)
	}

	c = newChannel(newKeys(t), Options{}, names(t, &address), time.Now)
	for _, private := range []string{"127.0.0.1", "192.168.0.1", "100.64.0.1"} {
		address.Store(private)
		if got := c.Send(t.Context(), m); got != (message.Result{Outcome: message.Refused, Answer: "address not public"}) {
			t.Errorf("%s: result %+v", private, got)
		}
	}
}

// TestSend_UsesNoProxyOfTheEnvironment posts directly: a proxy would resolve names itself.
func TestSend_UsesNoProxyOfTheEnvironment(t *testing.T) {
	t.Parallel()
	c := newChannel(newKeys(t), Options{}, nil, time.Now)
	if c.client.Transport.(*http.Transport).Proxy != nil {
		t.Error("the channel asks the environment for a proxy")
	}
}

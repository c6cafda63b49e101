package api

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

// TestOrigin_HasItsScheme checks that a page over http is foreign to a server over TLS.
// TLS is announced for a year.
func TestOrigin_HasItsScheme(t *testing.T) {
	t.Parallel()
	secure, plain := newWorld(t, func(c *Config) { c.Secure = true }), newWorld(t)
	for _, c := range []struct {
		w      *world
		origin string
		own    bool
	}{
		{secure, "https://junban.example", true},
		{secure, "http://junban.example", false},
		{secure, "https://other.example", false},
		{plain, "http://junban.example", true},
		{plain, "https://junban.example", true}, // behind a proxy that is not named
		{plain, "null", false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/v1/session", nil)
		r.Host = "junban.example"
		r.Header.Set("Origin", c.origin)
		if got := !c.w.api.peers.Foreign(r); got != c.own {
			t.Errorf("%s, TLS %v: own %v", c.origin, c.w == secure, got)
		}
	}
	for _, c := range []struct {
		w    *world
		want string
	}{{secure, "max-age=31536000"}, {plain, ""}} {
		if got := c.w.do(ask{method: "GET", path: "/"}).header.Get("Strict-Transport-Security"); got != c.want {
			t.Errorf("Strict-Transport-Security is %q, want %q", got, c.want)
		}
	}
}

// TestOrigin_OfAnActHasItsScheme logs in without Sec-Fetch-Site, as browsers before 2023
// do. Whether the browser spoke TLS is known from the connection or a trusted proxy.
func TestOrigin_OfAnActHasItsScheme(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/30")} })
	const trusted, other = "192.0.2.1:5000", "192.0.2.9:5000"
	for _, c := range []struct {
		url, from, forwarded, origin string
		own                          bool
	}{
		{"https://junban.example", other, "", "https://junban.example", true},
		{"https://junban.example", other, "", "http://junban.example", false},
		{"https://junban.example", other, "http", "http://junban.example", false},
		{"https://junban.example", other, "", "", true}, // no browser
		{"http://junban.example", trusted, "https", "https://junban.example", true},
		{"http://junban.example", trusted, "https", "http://junban.example", false},
		{"http://junban.example", trusted, "http", "http://junban.example", true},
		{"http://junban.example", other, "", "http://junban.example", true},
		{"http://junban.example", other, "https", "https://junban.example", true}, // behind a proxy that is not named
		{"http://junban.example", other, "", "https://other.example", false},
	} {
		r := httptest.NewRequest(http.MethodPost, c.url+"/v1/login", strings.NewReader("{}"))
		r.RemoteAddr = c.from
		r.Header.Set("Content-Type", "application/json")
		for name, value := range map[string]string{"Origin": c.origin, "X-Forwarded-Proto": c.forwarded} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		got := httptest.NewRecorder()
		w.api.ServeHTTP(got, r)
		if refused := got.Code == http.StatusForbidden && strings.Contains(got.Body.String(), "foreign_origin"); refused == c.own {
			t.Errorf("%+v: %d %s", c, got.Code, got.Body)
		}
	}
}

// TestOps_AnswersToItsOwnNames asks the operator's listener under other names.
func TestOps_AnswersToItsOwnNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *Config) { c.OpsHosts = []string{"junban.internal"} })
	for host, want := range map[string]int{
		"127.0.0.1:9080": 200, "[::1]:9080": 200, "10.1.2.3": 200, "localhost:9080": 200, "node-1:9080": 200,
		"junban.internal:9080": 200, "JUNBAN.internal.": 200,
		"rebind.example:9080": http.StatusMisdirectedRequest, "127.0.0.1.example": http.StatusMisdirectedRequest,
	} {
		r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
		r.Host = host
		got := httptest.NewRecorder()
		w.api.Ops().ServeHTTP(got, r)
		if got.Code != want {
			t.Errorf("%s: %d, want %d", host, got.Code, want)
		}
	}
}

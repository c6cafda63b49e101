//go:build unix

package main

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

func TestServe_RedirectsToHTTPS(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	redirects := "127.0.0.1:" + freePort(t)
	cert, key, client := certify(t, t.TempDir(), "redirected")
	s := programtest.Serve(t, t.TempDir(), nil, "--tls-cert="+cert, "--tls-key="+key, "--redirect-listen="+redirects)
	if got := get(t, client, s.URL+"/s/1234-1").Header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("Strict-Transport-Security is %q", got)
	}
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "https://"))
	resp := get(t, client, "http://"+redirects+"/s/1234-1?lang=en")
	if got, want := resp.Header.Get("Location"), "https://127.0.0.1:"+port+"/s/1234-1?lang=en"; resp.StatusCode != http.StatusMovedPermanently || got != want {
		t.Errorf("%s to %q, want %q", resp.Status, got, want)
	}
	if resp, err := client.Post("http://"+redirects+"/v1/login", "application/json", strings.NewReader("{}")); err != nil || resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a POST is answered with %v, error %v", resp, err)
	}
}

func TestRedirect_NamesThePortOnlyWhereTheClientDid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		port       int
		host, want string
	}{
		{443, "junban.example", "https://junban.example/x"},
		{443, "junban.example:80", "https://junban.example/x"},
		{8443, "junban.example", "https://junban.example/x"},
		{8443, "junban.example:8080", "https://junban.example:8443/x"},
		{8443, "[::1]:8080", "https://[::1]:8443/x"},
		{443, "[::1]:8080", "https://[::1]/x"},
		{443, "[::1]", "https://[::1]/x"},
	} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil)
		r.Host = c.host
		new(publicTLS).redirectHandler(&net.TCPAddr{Port: c.port}).ServeHTTP(w, r)
		if got := w.Header().Get("Location"); got != c.want {
			t.Errorf("%s with port %d is sent to %s, want %s", c.host, c.port, got, c.want)
		}
	}
}

func TestRedirect_RefusesATargetThatChangesTheHost(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"x:.other.example/", "*"} {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + target + " HTTP/1.1\r\nHost: junban.example\r\n\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		new(publicTLS).redirectHandler(&net.TCPAddr{Port: 443}).ServeHTTP(w, r)
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s is answered with %d to %s", target, w.Code, w.Header().Get("Location"))
		}
	}
}

//go:build unix

package main

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

func TestServe_SpeaksTLSWithACertificateOfFiles(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	folder := t.TempDir()
	cert, key, client := certify(t, folder, "first")
	s := programtest.Serve(t, t.TempDir(), nil, "--tls-cert="+cert, "--tls-key="+key)
	resp := get(t, client, s.URL+"/s/1234-1")
	if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 {
		t.Errorf("the page is answered with %s over %s", resp.Status, resp.Proto)
	}
	if expiry := metric(t, s, `junban_certificate_expires_timestamp_seconds{domain=""}`); int64(expiry) != resp.TLS.PeerCertificates[0].NotAfter.Unix() {
		t.Errorf("the metric is %.0f, and the certificate expires at %v", expiry, resp.TLS.PeerCertificates[0].NotAfter)
	}

	// A socket stays with its certificate.
	socket, _, err := websocket.Dial(t.Context(), s.URL+"/v1/watch?topic=service:1234-1", &websocket.DialOptions{HTTPClient: client, Subprotocols: []string{"junban.v1"}})
	if err != nil {
		t.Fatal(err)
	}
	defer socket.CloseNow()
	if _, frame, err := socket.Read(t.Context()); err != nil || !strings.Contains(string(frame), `"type":"board"`) {
		t.Fatalf("the first frame is %.100s, error %v", frame, err)
	}

	_, _, next := certify(t, folder, "second")
	programtest.Eventually(t, "the new certificate is served", func() bool {
		resp, err := next.Get(s.URL + "/s/1234-1")
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	})
	if err := os.WriteFile(cert, []byte("half a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	programtest.Eventually(t, "the broken file is reported", func() bool {
		next.CloseIdleConnections()
		get(t, next, s.URL+"/s/1234-1") // still served
		return strings.Contains(s.Log.String(), "the changed certificate is not used")
	})
	(&programtest.Client{URL: s.URL, HTTP: next}).Issue(t, "a")
	for {
		_, frame, err := socket.Read(t.Context())
		if err == nil && strings.Contains(string(frame), `"type":"pulse"`) {
			continue // the steps before took long
		}
		if err != nil || !strings.Contains(string(frame), `"type":"board"`) {
			t.Errorf("the next frame is %.100s, error %v", frame, err)
		}
		break
	}

	// A page over http is another site's, also for a browser without Sec-Fetch-Site.
	for origin, want := range map[string]int{s.URL: http.StatusUnauthorized, strings.Replace(s.URL, "https", "http", 1): http.StatusForbidden} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/v1/login", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		r.Header.Set("Content-Type", "application/json")
		resp, err := next.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("a login of a page of %s is answered with %s, want %d", origin, resp.Status, want)
		}
	}
	// A client without TLS gets an answer, and no handshake fills the log.
	if resp := get(t, client, "http://"+strings.TrimPrefix(s.URL, "https://")); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("plain HTTP is answered with %s", resp.Status)
	}
	if strings.Contains(s.Log.String(), "TLS handshake error") {
		t.Error("failed handshakes are logged")
	}
}

func TestServe_RefusesACertificateThatItCannotRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	cert, key, _ := certify(t, folder, "right")
	other := t.TempDir()
	_, wrong, _ := certify(t, other, "other")
	encrypted := filepath.Join(folder, "encrypted.pem")
	writePEM(t, encrypted, "ENCRYPTED PRIVATE KEY", []byte("cipher"))
	for _, c := range []struct{ cert, key, want string }{
		{cert, encrypted, "is encrypted"},
		{cert, filepath.Join(folder, "none"), "no such file"},
		{key, key, "--tls-cert and --tls-key: "},
		{cert, wrong, "does not match"},
	} {
		code, _, stderr := programtest.Result(t, "", nil, "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--data="+t.TempDir(), "--tls-cert="+c.cert, "--tls-key="+c.key)
		if code != exitError || !strings.Contains(stderr, c.want) {
			t.Errorf("exits with %d: %s; want %q", code, stderr, c.want)
		}
	}
	code, _, stderr := programtest.Result(t, "", nil, "--listen=127.0.0.1:0", "--ops-listen=127.0.0.1:0", "--data="+t.TempDir(), "--tls-domain=junban.example", "--acme-ca="+key)
	if code != exitError || !strings.Contains(stderr, "--acme-ca: ") {
		t.Errorf("exits with %d: %s", code, stderr)
	}
}

func TestCertificateFiles_ReportsWhatClientsRefuse(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*x509.Certificate){
		"":                          func(*x509.Certificate) {},
		"is not valid now":          func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) },
		"lacks those of its issuer": func(c *x509.Certificate) { c.IssuingCertificateURL = []string{"http://issuer.example/ca.der"} },
	} {
		var log strings.Builder
		f := &certificateFiles{log: slog.New(slog.NewTextHandler(&log, nil))}
		f.cert, f.key, _ = certifyAs(t, t.TempDir(), "refused", change)
		if err := f.load(); err != nil {
			t.Fatal(err)
		}
		if got := log.String(); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("logged %q, want %q", got, want)
		}
	}
}

func TestPublicTLS_WarnsOfALateRenewal(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, c := range []struct {
		lifetime, left time.Duration
		late           bool
	}{
		{90 * 24 * time.Hour, 8 * 24 * time.Hour, false},
		{90 * 24 * time.Hour, 6 * 24 * time.Hour, true},
		{24 * time.Hour, 7 * time.Hour, false},
		{24 * time.Hour, 5 * time.Hour, true},
		{24 * time.Hour, -time.Hour, true},
	} {
		files := &certificateFiles{log: slog.New(slog.DiscardHandler)}
		files.cert, files.key, _ = certifyAs(t, t.TempDir(), "late", func(of *x509.Certificate) {
			of.NotBefore, of.NotAfter = now.Add(c.left-c.lifetime), now.Add(c.left)
		})
		if err := files.load(); err != nil {
			t.Fatal(err)
		}
		over, cancel := context.WithCancel(t.Context())
		cancel()
		var log strings.Builder
		if err := (&publicTLS{files: files}).warnLate(over, slog.New(slog.NewTextHandler(&log, nil))); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(log.String(), "is not renewed"); got != c.late {
			t.Errorf("%v of %v are left: logged %q", c.left, c.lifetime, log.String())
		}
	}
}

// certify writes a new certificate of 127.0.0.1 and its key to a folder. It returns the
// files and a client that trusts it.
func certify(t *testing.T, folder, name string) (cert, key string, client *http.Client) {
	t.Helper()
	return certifyAs(t, folder, name, func(*x509.Certificate) {})
}

// certifyAs is [certify] with a change of the certificate.
func certifyAs(t *testing.T, folder, name string, change func(*x509.Certificate)) (cert, key string, client *http.Client) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	writePEM(t, cert, "CERTIFICATE", der)
	writePEM(t, key, "PRIVATE KEY", pkcs8)
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return cert, key, trusting(t, roots, "")
}

// writePEM replaces a file, as a renewal does.
func writePEM(t *testing.T, file, kind string, der []byte) {
	t.Helper()
	next := file + ".next"
	if err := os.WriteFile(next, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(next, file); err != nil {
		t.Fatal(err)
	}
}

// trusting returns a client that follows no redirect. It connects to address, if that is
// given, and else to the server that a URL names.
func trusting(t *testing.T, roots *x509.CertPool, address string) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	if address != "" {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		}
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// get requests a path and returns the response, whose body is closed.
func get(t *testing.T, client *http.Client, url string) *http.Response {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return resp
}

// metric returns a metric of the program.
func metric(t *testing.T, s *programtest.Running, name string) float64 {
	t.Helper()
	resp, err := http.Get(s.Ops + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}

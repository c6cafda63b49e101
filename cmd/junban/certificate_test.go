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
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/crypto/acme"

	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

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

func TestServe_SpeaksTLSWithACertificateOfFiles(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	folder, redirects := t.TempDir(), "127.0.0.1:"+freePort(t)
	cert, key, client := certify(t, folder, "first")
	s := programtest.Serve(t, t.TempDir(), nil, "--tls-cert="+cert, "--tls-key="+key, "--redirect-listen="+redirects)
	resp := get(t, client, s.URL+"/s/1234-1")
	if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 {
		t.Errorf("the page is answered with %s over %s", resp.Status, resp.Proto)
	}
	if got := resp.Header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
		t.Errorf("Strict-Transport-Security is %q", got)
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
	if _, frame, err := socket.Read(t.Context()); err != nil || !strings.Contains(string(frame), `"type":"board"`) {
		t.Errorf("the next frame is %.100s, error %v", frame, err)
	}

	// The plain listener.
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(s.URL, "https://"))
	resp = get(t, client, "http://"+redirects+"/s/1234-1?lang=en")
	if got, want := resp.Header.Get("Location"), "https://127.0.0.1:"+port+"/s/1234-1?lang=en"; resp.StatusCode != http.StatusMovedPermanently || got != want {
		t.Errorf("%s to %q, want %q", resp.Status, got, want)
	}
	if resp, err := client.Post("http://"+redirects+"/v1/login", "application/json", strings.NewReader("{}")); err != nil || resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a POST is answered with %v, error %v", resp, err)
	}
	// A client without TLS gets an answer, and no handshake fills the log.
	if resp := get(t, client, "http://"+strings.TrimPrefix(s.URL, "https://")); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("plain HTTP is answered with %s", resp.Status)
	}
	if strings.Contains(s.Log.String(), "TLS handshake error") {
		t.Error("failed handshakes are logged")
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

// TestServe_GetsItsCertificateByACME runs an ACME server. It validates the program by
// tls-alpn-01 on the public listener, or by http-01 on the plain one.
func TestServe_GetsItsCertificateByACME(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	for _, challenge := range []string{"tls-alpn-01", "http-01"} {
		t.Run(challenge, func(t *testing.T) {
			t.Parallel()
			public, plain := "127.0.0.1:"+freePort(t), "127.0.0.1:"+freePort(t)
			validated := map[string]string{"tls-alpn-01": public, "http-01": plain}
			unused := "127.0.0.1:" + freePort(t) // nothing listens where the other challenge is validated
			if challenge == "http-01" {
				validated["tls-alpn-01"] = unused
			}
			authority := startACME(t, validated["http-01"], validated["tls-alpn-01"])
			data := t.TempDir()
			args := []string{"--listen=" + public, "--redirect-listen=" + plain, "--tls-domain=" + blockedDomain + ", junban.example, www.junban.example", "--acme-directory=" + authority.directory, "--acme-ca=" + authority.ca}
			s := programtest.Serve(t, data, nil, args...)
			client := trusting(t, authority.roots(t), public)
			for _, name := range []string{"junban.example", "www.junban.example"} {
				programtest.Eventually(t, "the certificate of "+name, func() bool {
					return strings.Contains(s.Log.String(), `"msg":"the certificate is ready","domain":"`+name+`"`)
				})
				if resp := get(t, client, "https://"+name+"/s/1234-1"); resp.StatusCode != http.StatusOK {
					t.Errorf("%s is answered with %s", name, resp.Status)
				}
			}
			expiry := metric(t, s, `junban_certificate_expires_timestamp_seconds{domain="junban.example"}`)
			if leaf := get(t, client, "https://junban.example/").TLS.PeerCertificates[0]; int64(expiry) != leaf.NotAfter.Unix() {
				t.Errorf("the metric is %.0f, and the certificate expires at %d", expiry, leaf.NotAfter.Unix())
			}
			if expiry := metric(t, s, `junban_certificate_expires_timestamp_seconds{domain="`+blockedDomain+`"}`); expiry != 0 {
				t.Errorf("the metric of a domain without a certificate is %.0f", expiry)
			}
			if _, err := client.Get("https://other.example/"); err == nil {
				t.Error("another name has a certificate")
			}
			s.Stop(t)

			authority.stop() // the next start finds the certificates
			s = programtest.Serve(t, data, nil, args...)
			if resp := get(t, client, "https://junban.example/s/1234-1"); resp.StatusCode != http.StatusOK {
				t.Errorf("after a restart: %s", resp.Status)
			}
		})
	}
}

// blockedDomain is one that the ACME server issues no certificate for.
const blockedDomain = "blocked.example"

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

// authority is a running ACME server.
type authority struct {
	directory  string // URL
	ca         string // file with the root of that URL's certificate
	management string // address
	stop       func()
}

// roots returns the roots of the certificates that the authority issues.
func (a authority) roots(t *testing.T) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(a.ca)
	if err != nil {
		t.Fatal(err)
	}
	own := x509.NewCertPool()
	own.AppendCertsFromPEM(text)
	client := trusting(t, own, "")
	pool := x509.NewCertPool()
	resp, err := client.Get("https://" + a.management + "/roots/0")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	root, err := io.ReadAll(resp.Body)
	if err != nil || !pool.AppendCertsFromPEM(root) {
		t.Fatalf("the root is %q, error %v", root, err)
	}
	return pool
}

// startACME starts an ACME server that resolves every name to this machine, and
// validates on the given addresses.
func startACME(t *testing.T, http01, tlsALPN01 string) authority {
	t.Helper()
	folder := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-C", filepath.Join("testdata", "pebble"), "-o", folder+"/", "tool")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building the ACME server: %v: %s", err, out)
	}
	cert, key, client := certify(t, folder, "authority")
	a := authority{ca: cert, management: "127.0.0.1:" + freePort(t)}
	listen, dns := "127.0.0.1:"+freePort(t), "127.0.0.1:"+freePort(t)
	a.directory = "https://" + listen + "/dir"
	port := func(address string) int { return int(netip.MustParseAddrPort(address).Port()) }
	text, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": listen, "managementListenAddress": a.management, "certificate": cert, "privateKey": key,
		"httpPort": port(http01), "tlsPort": port(tlsALPN01), "domainBlocklist": []string{blockedDomain},
	}})
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(folder, "pebble.json")
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	stopDNS := start(t, folder, "pebble-challtestsrv", "-dnsserver", dns, "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "", "-doh", "", "-management", "127.0.0.1:"+freePort(t))
	stopACME := start(t, folder, "pebble", "-config", config, "-dnsserver", dns)
	a.stop = func() { stopACME(); stopDNS() }
	programtest.Eventually(t, "the ACME server answers", func() bool {
		resp, err := client.Get(a.directory)
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	})
	return a
}

// start starts a program of the folder and returns a function that ends it.
func start(t *testing.T, folder, program string, args ...string) (stop func()) {
	t.Helper()
	cmd := exec.Command(filepath.Join(folder, program), args...)
	cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	out := &programtest.Transcript{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	stop = func() { cmd.Process.Signal(syscall.SIGKILL); <-ended }
	t.Cleanup(func() {
		stop()
		if t.Failed() {
			t.Logf("the log of %s:\n%s", program, out)
		}
	})
	return stop
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

func TestPublicTLS_ClientsOrderNoCertificate(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 9)
	authority := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{} }))
	t.Cleanup(authority.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	writePEM(t, ca, "CERTIFICATE", authority.Certificate().Raw)
	p := &program{config: &config{TLSDomains: domains{"junban.example"}, ACMEDirectory: httpsURL(authority.URL), ACMECA: ca, Data: t.TempDir()}}
	secure, err := p.openTLS()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"junban.example", "other.example", ""} {
		hello := helloFor(name)
		hello.SupportedProtos = []string{"h2", acme.ALPNProto}
		if _, err := secure.config.GetCertificate(hello); err == nil {
			t.Errorf("%q has a certificate", name)
		}
	}
	if len(asked) > 0 {
		t.Error("the authority is asked")
	}
}

func TestParse_RefusesTLSThatContradictsItself(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--tls-cert=c": "--tls-cert needs --tls-key",
		"--tls-key=k":  "--tls-key needs --tls-cert",
		"--tls-cert=c --tls-key=k --tls-domain=a.example":    "exclude each other",
		"--acme-directory=https://a":                         "--acme-directory needs --tls-domain",
		"--acme-ca=c":                                        "--acme-ca needs --tls-domain",
		"--tls-domain=a.example --acme-directory=http://a/d": "not an https URL",
		"--redirect-listen=:80":                              "--redirect-listen needs",
		"--tls-domain=localhost":                             "not a host name",
		"--tls-domain=*.a.example":                           "not a host name",
		"--tls-domain=192.0.2.1":                             "not a host name",
		"--tls-domain=a.example,":                            "not a host name",
		"--tls-domain=a.example --simulate":                  "--simulate",
		"--tls-domain=a.example version":                     "cannot be used",
	} {
		if _, _, err := parse(strings.Fields(args), env(), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", args, err, want)
		}
	}
	c, _, err := parse([]string{"--tls-domain=A.example, b.c.example", "--redirect-listen=:80"}, env(), io.Discard)
	if err != nil || fmt.Sprint(c.TLSDomains) != "[a.example b.c.example]" {
		t.Errorf("parsed %v, error %v", c, err)
	}
}

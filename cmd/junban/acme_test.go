//go:build unix

package main

import (
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/acme"

	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

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

// blockedDomain is one that the ACME server issues no certificate for.
const blockedDomain = "blocked.example"

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

//go:build unix

package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// rowsOf writes findings as rows of verdict, server, subject and what was found.
func rowsOf(all []finding) string {
	var b strings.Builder
	for _, f := range all {
		fmt.Fprintf(&b, "%s %s %s %s\n", f.verdict, f.server, f.what, f.found)
	}
	return b.String()
}

func TestCheck_TestsCertificateFiles(t *testing.T) {
	t.Parallel()
	now := time.Now()
	_, wrong, _ := certify(t, t.TempDir(), "other")
	encrypted := filepath.Join(t.TempDir(), "encrypted.pem")
	writePEM(t, encrypted, "ENCRYPTED PRIVATE KEY", []byte("cipher"))
	for name, c := range map[string]struct {
		change func(*x509.Certificate)
		key    string // "": the right one
		want   string
	}{
		"right":           {want: "ok  certificate "},
		"its names":       {want: "ok  names 127.0.0.1\n"},
		"its expiry":      {want: "ok  expiry " + now.Add(time.Hour).UTC().Format("2006-01-02")},
		"its use":         {want: "ok  use server\n"},
		"the whole chain": {want: "ok  chain 1 certificates\n"},
		"no key":          {key: "/nowhere", want: "MISSING  certificate open /nowhere"},
		"another key":     {key: wrong, want: "MISSING  certificate tls: private key does not match"},
		"encrypted key":   {key: encrypted, want: "is encrypted"},
		"no name":         {change: func(c *x509.Certificate) { c.IPAddresses = nil }, want: "MISSING  names none\n"},
		"expired":         {change: func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Minute) }, want: "MISSING  expiry expired "},
		"not begun":       {change: func(c *x509.Certificate) { c.NotBefore = now.Add(time.Minute) }, want: "MISSING  expiry begins "},
		"late":            {change: func(c *x509.Certificate) { c.NotBefore = now.Add(-99 * time.Hour) }, want: "warning  expiry "},
		"of a client":     {change: func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, want: "MISSING  use not for servers\n"},
		"without issuers": {change: func(c *x509.Certificate) { c.IssuingCertificateURL = []string{"http://issuer.example/ca.der"} }, want: "warning  chain 1 certificate\n"},
	} {
		if c.change == nil {
			c.change = func(*x509.Certificate) {}
		}
		cert, key, _ := certifyAs(t, t.TempDir(), "checked", c.change)
		if c.key != "" {
			key = c.key
		}
		got := rowsOf((&program{config: &config{TLSCert: cert, TLSKey: key}}).checkCertificates(now))
		if !strings.Contains(got, c.want) {
			t.Errorf("%s: %q is not in\n%s", name, c.want, got)
		}
		if bad := strings.HasPrefix(c.want, "ok "); bad && (strings.Contains(got, "MISSING") || strings.Contains(got, "warning")) {
			t.Errorf("%s: a right certificate is\n%s", name, got)
		}
	}
}

func TestCheck_TestsTheFolderOfACME(t *testing.T) {
	t.Parallel()
	now := time.Now()
	check := func(data, ca string) string {
		p := &program{config: &config{TLSDomains: domains{"junban.example"}, Data: data, ACMECA: ca}}
		return rowsOf(p.checkCertificates(now))
	}
	want := func(name, got string, all ...string) {
		for _, want := range all {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is not in\n%s", name, want, got)
			}
		}
	}
	parent := t.TempDir()
	data := filepath.Join(parent, "data")
	want("a first start", check(data, ""), "ok  acme ", "ok junban.example certificate none yet")
	if left, err := os.ReadDir(parent); err != nil || len(left) != 0 {
		t.Errorf("the check leaves %v, error %v", left, err)
	}
	want("no root", check(data, "/nowhere"), "MISSING  certificate --acme-ca: open /nowhere")

	cached := func(change func(*x509.Certificate)) {
		cert, key, _ := certifyAs(t, t.TempDir(), "cached", change)
		var both []byte
		for _, name := range []string{key, cert} {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			both = append(both, text...)
		}
		if err := autocert.DirCache(filepath.Join(data, acmeFolder)).Put(t.Context(), "junban.example", both); err != nil {
			t.Fatal(err)
		}
	}
	cached(func(c *x509.Certificate) { c.DNSNames = []string{"junban.example"} })
	want("a certificate", check(data, ""), "ok junban.example certificate in ", "ok junban.example expiry ")
	cached(func(c *x509.Certificate) {
		c.DNSNames, c.NotAfter = []string{"junban.example"}, now.Add(-time.Minute)
	})
	want("an expired certificate", check(data, ""), "MISSING junban.example expiry expired ")
	cached(func(c *x509.Certificate) { c.DNSNames = []string{"other.example"} })
	want("another name", check(data, ""), "MISSING junban.example names other.example\n")

	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	want("no folder", check(file, ""), "MISSING  acme ")
	if os.Getuid() != 0 {
		locked := t.TempDir()
		if err := os.Chmod(locked, 0o500); err != nil {
			t.Fatal(err)
		}
		want("a folder of others", check(locked, ""), "MISSING  acme open ")
	}
}

// TestCheck_ReportsTLSWithoutRedis runs the command.
func TestCheck_ReportsTLSWithoutRedis(t *testing.T) {
	t.Parallel()
	cert, key, _ := certify(t, t.TempDir(), "checked")
	_, wrong, _ := certify(t, t.TempDir(), "other")
	redis := queuetest.NewServer(t, "--appendonly", "yes", "--appendfsync", "always")
	check := func(addr, key string) (code int, out, stderr string) {
		return programtest.Result(t, "", nil, "check", "--redis=redis://"+addr, "--tls-cert="+cert, "--tls-key="+key)
	}
	if code, out, stderr := check(redis.Addr, key); code != 0 || !strings.Contains(out, "expiry") || !strings.Contains(out, "appendonly") {
		t.Errorf("exits with %d: %s%s", code, out, stderr)
	}
	if code, out, stderr := check(redis.Addr, wrong); code != exitError || !strings.Contains(out, "does not match") || !strings.Contains(stderr, "1 required settings are missing") {
		t.Errorf("exits with %d: %s%s", code, out, stderr)
	}
	redis.Kill()
	if code, out, stderr := check(redis.Addr, key); code != exitError || !strings.Contains(out, "expiry") || !strings.Contains(stderr, "refused") {
		t.Errorf("exits with %d: %s%s", code, out, stderr)
	}
}

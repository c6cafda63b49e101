package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// acmeFolder is the folder in --data with the account and the certificates of ACME.
const acmeFolder = "acme"

// publicTLS is the TLS of the public listener.
type publicTLS struct {
	config  *tls.Config
	files   *certificateFiles // nil: the certificates are by ACME
	acme    *autocert.Manager // nil: the certificate is in files
	domains []string          // of the certificates by ACME
	ready   sync.Map          // by domain, whose certificate was there once
}

// openTLS reads the certificate, or prepares ACME. It returns nil if the public
// listener is plain.
func (p *program) openTLS() (*publicTLS, error) {
	switch {
	case p.TLSCert != "":
		files := &certificateFiles{cert: p.TLSCert, key: p.TLSKey, log: p.log}
		if err := files.load(); err != nil {
			return nil, fmt.Errorf("--tls-cert and --tls-key: %w", err)
		}
		return &publicTLS{config: &tls.Config{GetCertificate: files.get}, files: files}, nil
	case len(p.TLSDomains) > 0:
		client := &acme.Client{DirectoryURL: string(p.ACMEDirectory), UserAgent: "junban"}
		if p.ACMECA != "" {
			roots, err := readRoots(p.ACMECA)
			if err != nil {
				return nil, fmt.Errorf("--acme-ca: %w", err)
			}
			transport := http.DefaultTransport.(*http.Transport).Clone()
			transport.TLSClientConfig = &tls.Config{RootCAs: roots}
			client.HTTPClient = &http.Client{Transport: transport}
		}
		m := &autocert.Manager{
			Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(filepath.Join(p.Data, acmeFolder)),
			HostPolicy: autocert.HostWhitelist(p.TLSDomains...), Client: client,
		}
		t := &publicTLS{config: m.TLSConfig(), acme: m, domains: p.TLSDomains}
		t.config.GetCertificate = t.get
		for _, domain := range t.domains {
			if leaf := t.cached(domain); leaf != nil && leaf.NotAfter.After(time.Now()) {
				t.ready.Store(domain, true)
			}
		}
		return t, nil
	}
	return nil, nil
}

func readRoots(file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate in PEM", file)
	}
	return roots, nil
}

// Attempts to get a first certificate. Let's Encrypt allows five failures an hour.
const (
	firstACMERetry = time.Minute // autocert repeats its last error until then
	lastACMERetry  = time.Hour
)

// obtain gets the certificate of a domain if the cache lacks it, so that no client waits
// for it. autocert renews it later. It returns nil when it is there or ctx is done.
func (t *publicTLS) obtain(ctx context.Context, domain string, log *slog.Logger) error {
	for pause := firstACMERetry; ; pause = min(2*pause, lastACMERetry) {
		got := make(chan error, 1)
		go func() { // autocert takes no context
			_, err := t.acme.GetCertificate(helloFor(domain))
			got <- err
		}()
		var err error
		select {
		case err = <-got:
		case <-ctx.Done():
			return nil
		}
		if err == nil {
			t.ready.Store(domain, true)
			log.Info("the certificate is ready", "domain", domain)
			return nil
		}
		log.Warn("no certificate yet: clients cannot connect", "domain", domain, "err", err, "retry", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
	}
}

// get implements [tls.Config.GetCertificate] with ACME. A client never causes an order.
// Otherwise each handshake would repeat a failed one, a minute after the last, and one
// without ECDSA would order a second certificate.
func (t *publicTLS) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if slices.Equal(hello.SupportedProtos, []string{acme.ALPNProto}) {
		return t.acme.GetCertificate(hello) // the authority validates
	}
	domain := strings.ToLower(hello.ServerName)
	if _, ready := t.ready.Load(domain); !ready {
		return nil, fmt.Errorf("there is no certificate of %q", domain)
	}
	return t.acme.GetCertificate(helloFor(domain))
}

// helloFor is what today's clients send: they accept the certificate that autocert
// prefers.
func helloFor(domain string) *tls.ClientHelloInfo {
	return &tls.ClientHelloInfo{
		ServerName: domain, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}, SupportedCurves: []tls.CurveID{tls.CurveP256},
	}
}

var certificateExpires = prometheus.NewDesc("junban_certificate_expires_timestamp_seconds",
	"When the certificate of the public listener expires; 0 without a certificate. The domain is empty for one of files.",
	[]string{"domain"}, nil)

// Describe implements [prometheus.Collector].
func (t *publicTLS) Describe(to chan<- *prometheus.Desc) { to <- certificateExpires }

// Collect implements [prometheus.Collector].
func (t *publicTLS) Collect(to chan<- prometheus.Metric) {
	for domain, leaf := range t.leaves() {
		seconds := 0.0
		if leaf != nil {
			seconds = float64(leaf.NotAfter.Unix())
		}
		to <- prometheus.MustNewConstMetric(certificateExpires, prometheus.GaugeValue, seconds, domain)
	}
}

// leaves returns the current certificate of each domain, or nil if there is none. The
// domain is empty for a certificate of files.
func (t *publicTLS) leaves() map[string]*x509.Certificate {
	all := map[string]*x509.Certificate{}
	if t.files != nil {
		all[""] = t.files.leaf()
	}
	for _, domain := range t.domains {
		all[domain] = t.cached(domain)
	}
	return all
}

// cached returns the certificate of ACME in the cache, or nil if there is none. It does
// not ask for one.
func (t *publicTLS) cached(domain string) *x509.Certificate {
	text, err := t.acme.Cache.Get(context.Background(), domain)
	if err != nil {
		return nil
	}
	pair, err := tls.X509KeyPair(text, text) // the key and the chain are in one file
	if err != nil {
		return nil
	}
	return pair.Leaf
}

// warnLate logs every day which certificates should have been renewed. autocert reports
// no failed renewal, and files are renewed by others.
func (t *publicTLS) warnLate(ctx context.Context, log *slog.Logger) error {
	for {
		for domain, leaf := range t.leaves() {
			if leaf != nil && isLate(leaf, time.Now()) {
				log.Warn("the certificate is not renewed and will expire", "domain", domain, "expires", leaf.NotAfter)
			}
		}
		select {
		case <-time.After(24 * time.Hour):
		case <-ctx.Done():
			return nil
		}
	}
}

// isLate reports whether a week is left, or a quarter of a short lifetime. autocert
// renews when a third is left, or 30 days.
func isLate(leaf *x509.Certificate, now time.Time) bool {
	return leaf.NotAfter.Sub(now) < min(leaf.NotAfter.Sub(leaf.NotBefore)/4, 7*24*time.Hour)
}

// certificateFiles has a certificate and its key in two files, which may change while
// the program runs. It is safe for concurrent use.
type certificateFiles struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex // guards what follows
	current *tls.Certificate
	of      [2]os.FileInfo // the files that current is from
	checked time.Time
	failure string // of the last check, logged once
}

// certificateCheck is the least time between two looks at the files.
const certificateCheck = time.Second

// get implements [tls.Config.GetCertificate]. While new files cannot be used, it returns
// the certificate of the old ones.
func (f *certificateFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.checked) < certificateCheck {
		return f.current, nil
	}
	f.checked = time.Now()
	failure := ""
	if err := f.loadChanged(); err != nil {
		failure = err.Error()
	}
	if failure != "" && failure != f.failure {
		f.log.Warn("the changed certificate is not used", "err", failure)
	}
	f.failure = failure
	return f.current, nil
}

// leaf returns the current certificate.
func (f *certificateFiles) leaf() *x509.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.current.Leaf
}

// load reads the files.
func (f *certificateFiles) load() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.loadChanged()
}

// loadChanged reads the files if they are not those of current. f.mu is held.
func (f *certificateFiles) loadChanged() error {
	cert, err1 := os.Stat(f.cert)
	key, err2 := os.Stat(f.key)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	now := [2]os.FileInfo{cert, key}
	if f.current != nil && sameFile(now[0], f.of[0]) && sameFile(now[1], f.of[1]) {
		return nil
	}
	pair, err := readPair(f.cert, f.key)
	if err != nil {
		return err
	}
	if f.current != nil {
		f.log.Info("the certificate has changed", "expires", pair.Leaf.NotAfter)
	}
	if !isValid(pair.Leaf, time.Now()) {
		f.log.Warn("the certificate is not valid now: clients refuse it", "begins", pair.Leaf.NotBefore, "expires", pair.Leaf.NotAfter)
	}
	if lacksIssuers(pair) {
		f.log.Warn("the certificate file lacks those of its issuers: some clients refuse it; use the full chain", "file", f.cert)
	}
	f.current, f.of = pair, now
	return nil
}

// readPair reads a certificate and its key.
func readPair(cert, key string) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err == nil {
		return &pair, nil
	}
	if text, _ := os.ReadFile(key); bytes.Contains(text, []byte("ENCRYPTED")) {
		return nil, fmt.Errorf("%s is encrypted: write it without a passphrase, such as by openssl pkey -in KEY -out FILE", key)
	}
	return nil, err
}

// isValid reports whether the certificate has begun and not expired.
func isValid(leaf *x509.Certificate, now time.Time) bool {
	return !now.After(leaf.NotAfter) && !now.Before(leaf.NotBefore)
}

// lacksIssuers reports whether the certificate is alone and has an issuer to download.
// An authority without intermediates names none.
func lacksIssuers(pair *tls.Certificate) bool {
	return len(pair.Certificate) == 1 && len(pair.Leaf.IssuingCertificateURL) > 0
}

func sameFile(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

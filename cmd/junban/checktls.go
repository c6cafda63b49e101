package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// checkCertificates tests the certificates of the public listener. It returns nothing if that is
// plain, and asks no ACME server.
func (p *program) checkCertificates(now time.Time) []finding {
	switch {
	case p.TLSCert != "":
		return checkFiles(p.TLSCert, p.TLSKey, now)
	case len(p.TLSDomains) > 0:
		return p.checkACME(now)
	}
	return nil
}

// checkFiles tests a certificate and its key.
func checkFiles(cert, key string, now time.Time) []finding {
	pair, err := readPair(cert, key)
	if err != nil {
		return []finding{{required, "", "certificate", err.Error(), "--tls-cert and --tls-key can be read and belong together"}}
	}
	all := []finding{{what: "certificate", found: "has the key of --tls-key"}, checkNames(pair.Leaf), checkExpiry("", pair.Leaf, now), checkUse(pair.Leaf)}
	chain := finding{what: "chain", found: fmt.Sprintf("%d certificates", len(pair.Certificate))}
	if lacksIssuers(pair) {
		chain = finding{advised, "", "chain", "1 certificate", "the certificates of its issuers follow it: some clients refuse it otherwise"}
	}
	return append(all, chain)
}

// checkNames tests whether the certificate names a host. Only clients know which name
// they use.
func checkNames(leaf *x509.Certificate) finding {
	names := slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		return finding{required, "", "names", "none", "a subject alternative name: browsers ignore the common name"}
	}
	return finding{what: "names", found: strings.Join(names, ", ")}
}

// checkExpiry tests when a certificate begins and expires.
func checkExpiry(domain string, leaf *x509.Certificate, now time.Time) finding {
	f := finding{server: domain, what: "expiry", found: leaf.NotAfter.UTC().Format(time.DateTime) + " UTC"}
	switch {
	case now.Before(leaf.NotBefore):
		f.verdict, f.found, f.needed = required, "begins "+leaf.NotBefore.UTC().Format(time.DateTime)+" UTC", "a certificate that is valid now; check the clock"
	case !isValid(leaf, now):
		f.verdict, f.found, f.needed = required, "expired "+f.found, "a renewed certificate"
	case isLate(leaf, now):
		f.verdict, f.needed = advised, "a renewed certificate: it should have been renewed by now"
	}
	return f
}

// checkUse tests whether the certificate is one of a server.
func checkUse(leaf *x509.Certificate) finding {
	allowed := leaf.ExtKeyUsage
	if len(allowed)+len(leaf.UnknownExtKeyUsage) > 0 && !slices.Contains(allowed, x509.ExtKeyUsageServerAuth) && !slices.Contains(allowed, x509.ExtKeyUsageAny) {
		return finding{required, "", "use", "not for servers", "extended key usage serverAuth"}
	}
	return finding{what: "use", found: "server"}
}

// checkACME tests the folder of ACME and the certificates that are in it.
func (p *program) checkACME(now time.Time) []finding {
	folder := filepath.Join(p.Data, acmeFolder)
	kept := finding{what: "acme", found: folder + " can be written"}
	if err := canWrite(folder); err != nil {
		kept = finding{required, "", "acme", err.Error(), "a folder in --data that junban can write: it holds the account and the certificates"}
	}
	t, err := (&program{config: p.config, log: slog.New(slog.DiscardHandler)}).openTLS()
	if err != nil {
		return []finding{kept, {required, "", "certificate", err.Error(), "root certificates in PEM"}}
	}
	all := []finding{kept}
	for _, domain := range t.domains {
		switch leaf := t.cached(domain); {
		case leaf == nil:
			all = append(all, finding{server: domain, what: "certificate", found: "none yet: a start orders it"})
		case leaf.VerifyHostname(domain) != nil:
			all = append(all, finding{required, domain, "names", strings.Join(leaf.DNSNames, ", "), domain})
		default:
			all = append(all, finding{server: domain, what: "certificate", found: "in " + folder}, checkExpiry(domain, leaf, now))
		}
	}
	return all
}

// canWrite tests whether files can be created in a folder. If the folder is missing, it
// tests the nearest one above, where junban will create it.
func canWrite(folder string) error {
	at, err := os.Stat(folder)
	switch {
	case errors.Is(err, os.ErrNotExist) && filepath.Dir(folder) != folder:
		return canWrite(filepath.Dir(folder))
	case err != nil:
		return err
	case !at.IsDir():
		return fmt.Errorf("%s is not a folder", folder)
	}
	f, err := os.CreateTemp(folder, ".check-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

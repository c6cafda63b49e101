package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Submission is a relay that asks for TLS and a login, which Debian's OpenSMTPD cannot
// do: its TLS does not work with OpenSSL 3.
type Submission struct {
	Addr  string
	Roots *x509.CertPool // of its certificate

	user, password string
	mu             sync.Mutex
	mails          map[string][]Mail // by receiver
}

// Submit starts a relay that takes one login. Implicit is TLS from the first byte, else
// STARTTLS is offered.
func Submit(t testing.TB, implicit bool, user, password string) *Submission {
	t.Helper()
	cert, roots := certificate(t)
	s := &Submission{Roots: roots, user: user, password: password, mails: map[string][]Mail{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &submission{of: s}, nil }))
	server.ErrorLog = log.New(io.Discard, "", 0) // clients of a test break connections
	server.Domain, server.TLSConfig = "submission.example", &tls.Config{Certificates: []tls.Certificate{cert}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, server.TLSConfig)
	}
	var serving sync.WaitGroup
	serving.Go(func() { server.Serve(l) }) // ends with an error, always
	t.Cleanup(func() {
		server.Close()
		serving.Wait()
	})
	return s
}

// Mails are the mails to an address.
func (s *Submission) Mails(address string) []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails[address]
}

// submission is one connection.
type submission struct {
	of       *Submission
	loggedIn bool
	to       []string
}

var errFirstLogin = &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "log in first"}

func (s *submission) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *submission) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.of.user || password != s.of.password {
			return smtp.ErrAuthFailed
		}
		s.loggedIn = true
		return nil
	}), nil
}

func (s *submission) Mail(string, *smtp.MailOptions) error {
	if !s.loggedIn {
		return errFirstLogin
	}
	s.to = nil
	return nil
}

func (s *submission) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *submission) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := Parse(raw)
	if err != nil {
		return err
	}
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	for _, to := range s.to {
		s.of.mails[to] = append(s.of.mails[to], m)
	}
	return nil
}

func (s *submission) Reset()        { s.to = nil }
func (s *submission) Logout() error { return nil }

// certificate returns one of 127.0.0.1, and the roots that trust it.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

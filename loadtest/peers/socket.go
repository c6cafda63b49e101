package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// socket is a file descriptor as TLS uses it. It waits only if the descriptor does.
type socket struct {
	net.Conn // nil: nothing else is called
	fd       int
}

// Read reads what there is. Without anything, it returns EAGAIN, which TLS takes for a
// pause.
func (s socket) Read(b []byte) (int, error) {
	for {
		n, err := unix.Read(s.fd, b)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, err
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// Write writes a few bytes. A short write is an error, as the send buffer is empty.
func (s socket) Write(b []byte) (int, error) {
	n, err := unix.Write(s.fd, b)
	if err == nil && n < len(b) {
		err = errors.New("short write")
	}
	return max(n, 0), err
}

// shakeHands performs the handshake of TLS on a descriptor that waits. Any certificate
// is accepted, as every server is on this machine.
func shakeHands(fd int) (*tls.Conn, error) {
	conn := tls.Client(socket{fd: fd}, &tls.Config{InsecureSkipVerify: true})
	return conn, conn.Handshake()
}

// certificateFiles are the names of a certificate and its key in a server's folder.
func certificateFiles(folder string) (certificate, key string) {
	return filepath.Join(folder, "certificate.pem"), filepath.Join(folder, "key.pem")
}

// writeCertificate writes a certificate and its key to the folder.
func writeCertificate(folder string) error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 0, 1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	certificate, key := certificateFiles(folder)
	return errors.Join(
		os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600))
}

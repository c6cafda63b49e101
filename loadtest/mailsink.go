package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"sync"
	"time"
)

// mailSink is a relay on this machine. It takes every mail, and keeps it. It is safe for
// concurrent use.
type mailSink struct {
	listener net.Listener

	mu    sync.Mutex
	mails []receivedMail // guarded by mu
}

type receivedMail struct {
	at   time.Time
	text []byte
}

// openMailSink listens on a loopback address. The caller closes the sink.
func openMailSink() (*mailSink, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &mailSink{listener: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // closed
			}
			go s.serve(c)
		}
	}()
	return s, nil
}

// close ends the listener. The server under test closes its connections.
func (s *mailSink) close() { _ = s.listener.Close() }

// relay is the URL for --mail.
func (s *mailSink) relay() string { return "smtp://" + s.listener.Addr().String() + "?tls=none" }

// serve speaks as much of SMTP (RFC 5321) as a sender needs.
func (s *mailSink) serve(conn net.Conn) {
	defer conn.Close()
	c := textproto.NewConn(conn)
	reply := func(line string) bool { return c.PrintfLine("%s", line) == nil }
	if !reply("220 sink ESMTP") {
		return
	}
	for {
		line, err := c.ReadLine()
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		ok := true
		switch verb {
		case "EHLO":
			ok = reply("250-sink") && reply("250-8BITMIME") && reply("250 SMTPUTF8")
		case "DATA":
			if ok = reply("354 go on"); !ok {
				break
			}
			text, err := c.ReadDotBytes()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.mails = append(s.mails, receivedMail{time.Now(), text})
			s.mu.Unlock()
			ok = reply("250 taken")
		case "QUIT":
			reply("221 bye")
			return
		default: // HELO, MAIL, RCPT, RSET, NOOP
			ok = reply("250 ok")
		}
		if !ok {
			return
		}
	}
}

// count is how many mails came.
func (s *mailSink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mails)
}

// wait returns when n mails came after the first. After the timeout it returns what
// came, and no error.
func (s *mailSink) wait(ctx context.Context, first, n int, timeout time.Duration) (map[int]time.Time, error) {
	return awaitAll(ctx, timeout, n, func() map[int]time.Time {
		s.mu.Lock()
		defer s.mu.Unlock()
		got := map[int]time.Time{}
		for i := first; i < len(s.mails); i++ {
			got[i] = s.mails[i].at
		}
		return got
	})
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// code finds the six digits that prove an address, in the plain text of the newest mail.
func (s *mailSink) code() (string, error) {
	s.mu.Lock()
	text := s.mails[len(s.mails)-1].text
	s.mu.Unlock()
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return "", err
	}
	plain, err := plainText(textproto.MIMEHeader(m.Header), m.Body)
	if err != nil {
		return "", err
	}
	code := sixDigits.FindString(plain)
	if code == "" {
		return "", errors.New("the mail has no code")
	}
	return code, nil
}

// plainText is the first part of type text/plain, decoded; "" without one.
func plainText(header textproto.MIMEHeader, body io.Reader) (string, error) {
	kind, parameters, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(kind, "multipart/") {
		for parts := multipart.NewReader(body, parameters["boundary"]); ; {
			part, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				return "", nil
			}
			if err != nil {
				return "", err
			}
			if text, err := plainText(part.Header, part); err != nil || text != "" {
				return text, err
			}
		}
	}
	if kind != "text/plain" {
		return "", nil
	}
	switch strings.ToLower(header.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(io.LimitReader(body, maxFrameSize))
	return string(text), err
}

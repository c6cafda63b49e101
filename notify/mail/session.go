package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

const (
	// perSession is how many messages one connection carries. Carriers take few unknown
	// receivers in a session.
	perSession = 20

	// keepIdle is how long an unused connection is kept.
	keepIdle = 3 * time.Second

	// byeTimeout bounds the QUIT to a relay.
	byeTimeout = time.Second
)

// session is a connection to the relay after its login. One goroutine at a time uses it:
// a client of the library mixes up connections when it is shared.
type session struct {
	client *gomail.Client
	smtp   *smtp.Client
	conn   net.Conn // beneath TLS
	sent   int
	timer  *time.Timer // ends it, while it is idle
}

// dial connects and logs in.
func (c *Channel) dial(ctx context.Context) (*session, error) {
	s, outer, stop := &session{}, ctx, func() bool { return true }
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.options.TLS != nil {
		config = c.options.TLS.Clone()
	}
	config.ServerName = c.relay.Host
	options := []gomail.Option{
		gomail.WithPort(c.relay.Port), gomail.WithTimeout(c.options.Timeout), gomail.WithHELO(domainOf(c.address)),
		gomail.WithTLSConfig(config), gomail.WithoutSMTPUTF8(),
		gomail.WithDialContextFunc(func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			s.conn = conn
			stop = s.guard(outer)
			if !c.relay.Implicit {
				return conn, nil
			}
			secure := tls.Client(conn, config)
			return secure, secure.HandshakeContext(ctx)
		}),
	}
	switch {
	case c.relay.Implicit:
		options = append(options, gomail.WithSSL())
	case c.relay.Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if c.relay.User != "" {
		options = append(options, gomail.WithSMTPAuthCustom(&login{relay: c.relay}))
	}
	var err error
	if s.client, err = gomail.NewClient(c.relay.Host, options...); err != nil {
		return nil, err
	}
	defer func() { stop() }()
	if s.smtp, err = s.client.DialToSMTPClientWithContext(ctx); err != nil {
		if s.conn != nil {
			s.conn.Close() // the library leaves it open
		}
		return nil, errors.Join(err, context.Cause(ctx))
	}
	return s, nil
}

// guard ends the connection when the context does, until the function that it returns is
// called.
func (s *session) guard(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() { s.conn.Close() })
}

// end sends QUIT, without waiting for long.
func (s *session) end() {
	late := time.AfterFunc(byeTimeout, func() { s.conn.Close() })
	defer late.Stop()
	s.client.CloseWithSMTPClient(s.smtp) // an error changes nothing: the connection is over
	s.conn.Close()
}

// kept returns a connection that is idle, or nil.
func (c *Channel) kept() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.idle) > 0 {
		last := len(c.idle) - 1
		s := c.idle[last]
		c.idle = c.idle[:last]
		if s.timer.Stop() {
			return s
		}
	}
	return nil
}

// keep leaves a connection for the next message, or ends it.
func (c *Channel) keep(s *session) {
	c.mu.Lock()
	full := c.closed || s.sent >= perSession
	if !full {
		s.timer = time.AfterFunc(keepIdle, func() {
			c.forget(s)
			s.end()
		})
		c.idle = append(c.idle, s)
	}
	c.mu.Unlock()
	if full {
		s.end()
	}
}

// forget removes a connection from those that are idle.
func (c *Channel) forget(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, other := range c.idle {
		if other == s {
			c.idle = append(c.idle[:i], c.idle[i+1:]...)
			return
		}
	}
}

// login chooses the way to log in from those that the relay offers.
type login struct {
	relay Relay
	smtp.Auth
}

// Start chooses. A password leaves in the clear only to a relay on this machine.
func (l *login) Start(server *smtp.ServerInfo) (string, []byte, error) {
	offered := map[string]bool{}
	for _, name := range server.Auth {
		offered[name] = true
	}
	user, password, host := l.relay.User, l.relay.Password, l.relay.Host
	switch {
	case offered["PLAIN"]:
		l.Auth = smtp.PlainAuth("", user, password, host, l.relay.Plain)
	case offered["LOGIN"]:
		l.Auth = smtp.LoginAuth(user, password, host, l.relay.Plain)
	case offered["SCRAM-SHA-256"]:
		l.Auth = smtp.ScramSHA256Auth(user, password)
	case offered["CRAM-MD5"]:
		l.Auth = smtp.CRAMMD5Auth(user, password)
	default:
		return "", nil, errNoLogin
	}
	return l.Auth.Start(server)
}

var errNoLogin = errors.New("the relay offers none of the logins PLAIN, LOGIN, SCRAM-SHA-256 and CRAM-MD5")

package mail

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"time"
)

// Options configure a channel.
type Options struct {
	Relay   string        // see [ParseRelay]
	From    string        // see [ParseSender]
	Workers int           // connections at once; 0: 8
	Timeout time.Duration // of one message; 0: 30 s
	TLS     *tls.Config   // of the relay; nil: the system's roots
}

// Relay is the operator's server that sends mail on.
type Relay struct {
	Host           string
	Port           int
	Implicit       bool // TLS from the first byte; else STARTTLS, which is required
	Plain          bool // no TLS at all, of a loopback address alone
	User, Password string
}

// The errors of [ParseRelay]. They do not quote the value, which has a password.
var (
	errRelayForm  = errors.New("not the address of a relay such as smtps://user:password@mail.example.jp or smtp://user:password@mail.example.jp:587")
	errRelayPlain = errors.New("tls=none is for a relay on a loopback address, such as smtp://127.0.0.1:25?tls=none")
	errRelayLogin = errors.New("a relay's address needs both a user and a password, or none")
)

// The ports of a relay by default.
const (
	portTLS  = 465
	portSTLS = 587
)

// ParseRelay parses the address of a relay: smtps:// is TLS from the first byte, smtp://
// requires STARTTLS. smtp://127.0.0.1:25?tls=none is plain, and is for a loopback address
// alone.
func ParseRelay(text string) (Relay, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" || u.Opaque != "" {
		return Relay{}, errRelayForm
	}
	r := Relay{Host: u.Hostname()}
	switch u.Scheme {
	case "smtps":
		r.Implicit, r.Port = true, portTLS
	case "smtp":
		r.Port = portSTLS
	default:
		return Relay{}, errRelayForm
	}
	if port := u.Port(); port != "" {
		if r.Port, err = strconv.Atoi(port); err != nil || r.Port < 1 || r.Port > 65535 {
			return Relay{}, errRelayForm
		}
	}
	for name, values := range u.Query() {
		if name != "tls" || len(values) != 1 || values[0] != "none" || r.Implicit {
			return Relay{}, errRelayForm
		}
		r.Plain = true
	}
	if r.Plain && !loopback(r.Host) {
		return Relay{}, errRelayPlain
	}
	r.User = u.User.Username()
	password, has := u.User.Password()
	if r.Password = password; u.User != nil && (r.User == "" || !has || password == "") {
		return Relay{}, errRelayLogin
	}
	return r, nil
}

// Addr is the relay's host and port, without a login. It is what logs may have.
func (r Relay) Addr() string { return net.JoinHostPort(r.Host, strconv.Itoa(r.Port)) }

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// ParseSender parses the sender, such as junban <notice@junban.example>, or the address
// alone.
func ParseSender(text string) (name, address string, err error) {
	a, err := mail.ParseAddress(text)
	if err != nil {
		return "", "", fmt.Errorf("%q is not a sender such as junban <notice@junban.example>", text)
	}
	if err := ValidAddress(a.Address); err != nil {
		return "", "", fmt.Errorf("%q: %w", text, err)
	}
	return a.Name, a.Address, nil
}

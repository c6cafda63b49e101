package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"junban/internal/redisdb"
	"junban/internal/sqldb"
	"junban/notify/mail"
	"junban/notify/push"
)

// The types of the flags' values. Errors quote the value, except that of a
// Redis address, which may contain a password.

// address is the address of a listener.
type address string

// UnmarshalText parses HOST:PORT. The host may be empty.
func (a *address) UnmarshalText(b []byte) error {
	_, port, err := net.SplitHostPort(string(b))
	if err != nil {
		return fmt.Errorf("%q is not an address such as :8080", b)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is not a port number", port)
	}
	*a = address(b)
	return nil
}

// redisURL is the address of Redis; "" is the embedded store.
type redisURL string

// UnmarshalText checks the address with [redisdb.Parse].
func (u *redisURL) UnmarshalText(b []byte) error {
	if len(b) > 0 {
		if _, err := redisdb.Parse(string(b)); err != nil {
			return err
		}
	}
	*u = redisURL(b)
	return nil
}

// databaseURL is the address of the register's database; "" is the default.
type databaseURL string

// UnmarshalText checks the address with [sqldb.New].
func (u *databaseURL) UnmarshalText(b []byte) error {
	if len(b) > 0 {
		db, err := sqldb.New(string(b))
		if err != nil {
			return err
		}
		if err := db.Close(); err != nil {
			return err
		}
	}
	*u = databaseURL(b)
	return nil
}

// grace is a duration from 0 s to an hour.
type grace time.Duration

// UnmarshalText parses a duration such as 10s.
func (g *grace) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err != nil || d < 0 || d > time.Hour {
		return fmt.Errorf("%q is not a duration from 0s to 1h", b)
	}
	*g = grace(d)
	return nil
}

// domains are host names that can have a certificate.
type domains []string

// UnmarshalText parses a comma-separated list.
func (d *domains) UnmarshalText(b []byte) error {
	var all domains
	for one := range strings.SplitSeq(string(b), ",") {
		one = strings.ToLower(strings.TrimSpace(one))
		if !domainPattern.MatchString(one) {
			return fmt.Errorf("%q is not a host name such as junban.example", one)
		}
		all = append(all, one)
	}
	*d = all
	return nil
}

// domainPattern matches a name of two labels or more, in ASCII, that is no address.
var domainPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])$`)

// originURL is the public address of this server; "" is that of each request.
type originURL string

// UnmarshalText parses a scheme and a host. A slash at the end is left out.
func (u *originURL) UnmarshalText(b []byte) error {
	text := strings.TrimSuffix(string(b), "/")
	parsed, err := url.Parse(text)
	if text != "" && (err != nil || parsed.Scheme != "https" && parsed.Scheme != "http" || parsed.Hostname() == "" || text != parsed.Scheme+"://"+parsed.Host) {
		return fmt.Errorf("%q is not an address such as https://junban.example", b)
	}
	*u = originURL(text)
	return nil
}

// httpsURL is an address of a server; "" is the default.
type httpsURL string

// UnmarshalText parses a URL.
func (u *httpsURL) UnmarshalText(b []byte) error {
	parsed, err := url.Parse(string(b))
	if len(b) > 0 && (err != nil || parsed.Scheme != "https" || parsed.Host == "") {
		return fmt.Errorf("%q is not an https URL", b)
	}
	*u = httpsURL(b)
	return nil
}

// pushContact is the contact that push services are given; "" is the default.
type pushContact string

// UnmarshalText checks the contact with [push.CheckContact].
func (c *pushContact) UnmarshalText(b []byte) error {
	if len(b) > 0 && push.CheckContact(string(b)) != nil {
		return fmt.Errorf("%q is not a contact such as mailto:admin@junban.example or https://junban.example; Apple refuses local ones", b)
	}
	*c = pushContact(b)
	return nil
}

// relayURL is the address of the relay that sends mail; "": there is no relay.
type relayURL string

// UnmarshalText checks the address with [mail.ParseRelay]. Its errors do not quote the
// value, which has a password.
func (u *relayURL) UnmarshalText(b []byte) error {
	if len(b) > 0 {
		if _, err := mail.ParseRelay(string(b)); err != nil {
			return err
		}
	}
	*u = relayURL(b)
	return nil
}

// mailSender is the sender of all mail; "": it is not set.
type mailSender string

// UnmarshalText checks the sender with [mail.ParseSender].
func (m *mailSender) UnmarshalText(b []byte) error {
	if len(b) > 0 {
		if _, _, err := mail.ParseSender(string(b)); err != nil {
			return err
		}
	}
	*m = mailSender(b)
	return nil
}

// prefixes are IP address ranges.
type prefixes []netip.Prefix

// UnmarshalText parses a comma-separated list of ranges and addresses.
func (p *prefixes) UnmarshalText(b []byte) error {
	var all prefixes
	for one := range strings.SplitSeq(string(b), ",") {
		one = strings.TrimSpace(one)
		if addr, err := netip.ParseAddr(one); err == nil {
			all = append(all, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(one)
		if err != nil {
			return fmt.Errorf("%q is not an address range such as 10.0.0.0/8", one)
		}
		all = append(all, prefix.Masked())
	}
	*p = all
	return nil
}

const maxLimit = 1_000_000

// watchers is a limit of watchers, from 1 to 1,000,000.
type watchers int

// UnmarshalText parses an integer.
func (w *watchers) UnmarshalText(b []byte) (err error) {
	n, err := wholeNumber(string(b), 1, maxLimit)
	*w = watchers(n)
	return err
}

// handshakes is a limit of handshakes per second, from 0 to 1,000,000.
type handshakes int

// UnmarshalText parses an integer.
func (h *handshakes) UnmarshalText(b []byte) (err error) {
	n, err := wholeNumber(string(b), 0, maxLimit)
	*h = handshakes(n)
	return err
}

// replicas is a number of Redis replicas; nil is the default.
type replicas struct{ n *int }

// UnmarshalText parses an integer.
func (r *replicas) UnmarshalText(b []byte) error {
	n, err := wholeNumber(string(b), 0, 10)
	if err != nil {
		return err
	}
	r.n = &n
	return nil
}

// of returns the number, or the default: 1 if Redis has failover, else 0.
func (r replicas) of(replicated bool) int {
	switch {
	case r.n != nil:
		return *r.n
	case replicated:
		return 1
	default:
		return 0
	}
}

func wholeNumber(s string, least, most int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%q is not a number from %d to %d", s, least, most)
	}
	return n, nil
}

// speed is the ratio of simulated to real time; 0 is off.
type speed float64

// defaultSpeed is the speed of --simulate without a value.
const defaultSpeed speed = 60

// IsBool makes the value optional.
func (*speed) IsBool() bool { return true }

// Decode parses the value, if there is one.
func (v *speed) Decode(ctx *kong.DecodeContext) error {
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		*v = defaultSpeed
		return nil
	}
	var s string
	if err := ctx.Scan.PopValueInto("speed", &s); err != nil {
		return err
	}
	switch s {
	case "true":
		*v = defaultSpeed
		return nil
	case "false":
		*v = 0
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 0.1 && n <= 1000) {
		return errors.New("the speed must be a number from 0.1 to 1000")
	}
	*v = speed(n)
	return nil
}

// logLevel is the lowest level that is logged.
type logLevel slog.Level

// UnmarshalText parses the name of a level.
func (l *logLevel) UnmarshalText(b []byte) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, string(b)) {
		return fmt.Errorf("%q is not debug, info, warn or error", b)
	}
	return (*slog.Level)(l).UnmarshalText(b)
}

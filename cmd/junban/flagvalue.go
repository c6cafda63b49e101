package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"junban/internal/redisdb"
)

// The flags' values. Each refuses what it does not understand. No error quotes
// more than the value of its own flag, and that of a Redis address nothing.

// address is where a listener listens.
type address string

// UnmarshalText reads HOST:PORT, where the host may be left out.
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

// redisURL is the address of a Redis; "" is the embedded store.
type redisURL string

// UnmarshalText reads what [redisdb.Parse] understands.
func (u *redisURL) UnmarshalText(b []byte) error {
	if len(b) > 0 {
		if _, err := redisdb.Parse(string(b)); err != nil {
			return err
		}
	}
	*u = redisURL(b)
	return nil
}

// grace is a duration from 0 s to an hour.
type grace time.Duration

// UnmarshalText reads a duration with its unit.
func (g *grace) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err != nil || d < 0 || d > time.Hour {
		return fmt.Errorf("%q is not a duration from 0s to 1h", b)
	}
	*g = grace(d)
	return nil
}

// prefixes are ranges of IP addresses.
type prefixes []netip.Prefix

// UnmarshalText reads ranges and addresses, with commas.
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

const mostOfALimit = 1_000_000

// watchers is how many watchers a limit allows, 1 to 1,000,000.
type watchers int

// UnmarshalText reads a whole number.
func (w *watchers) UnmarshalText(b []byte) (err error) {
	n, err := wholeNumber(string(b), 1, mostOfALimit)
	*w = watchers(n)
	return err
}

// handshakes is how many handshakes a second a limit allows, 0 to 1,000,000.
type handshakes int

// UnmarshalText reads a whole number.
func (h *handshakes) UnmarshalText(b []byte) (err error) {
	n, err := wholeNumber(string(b), 0, mostOfALimit)
	*h = handshakes(n)
	return err
}

// replicas is a number of Redis replicas; nil: the default of the kind of Redis.
type replicas struct{ n *int }

// UnmarshalText reads a whole number.
func (r *replicas) UnmarshalText(b []byte) error {
	n, err := wholeNumber(string(b), 0, 10)
	if err != nil {
		return err
	}
	r.n = &n
	return nil
}

// of returns the number for a Redis: 1 where others can take over (review §5).
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

// speed is how many times faster than life the simulation plays; 0 is off.
type speed float64

// speedAlone is the speed of --simulate without a value.
const speedAlone speed = 60

// IsBool lets the flag stand alone.
func (*speed) IsBool() bool { return true }

// Decode reads the value, if the flag has one.
func (v *speed) Decode(ctx *kong.DecodeContext) error {
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		*v = speedAlone
		return nil
	}
	var s string
	if err := ctx.Scan.PopValueInto("speed", &s); err != nil {
		return err
	}
	switch s {
	case "true":
		*v = speedAlone
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

// logLevel is from which level on log lines are written.
type logLevel slog.Level

// UnmarshalText reads the name of a level.
func (l *logLevel) UnmarshalText(b []byte) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, string(b)) {
		return fmt.Errorf("%q is not debug, info, warn or error", b)
	}
	return (*slog.Level)(l).UnmarshalText(b)
}

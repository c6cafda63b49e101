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
)

// The flags' values. Each refuses what it does not understand.

type text string

func (t *text) String() string     { return string(*t) }
func (t *text) Set(s string) error { *t = text(s); return nil }

type address string

func (a *address) String() string { return string(*a) }
func (a *address) Set(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("%q is not an address such as :8080", s)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is not a port", port)
	}
	*a = address(s)
	return nil
}

type choice struct {
	chosen string
	of     []string
}

func (c *choice) String() string { return c.chosen }
func (c *choice) Set(s string) error {
	if !slices.Contains(c.of, s) {
		return fmt.Errorf("%q is none of %s", s, strings.Join(c.of, ", "))
	}
	c.chosen = s
	return nil
}

type level slog.Level

func (l *level) String() string { return slog.Level(*l).String() }
func (l *level) Set(s string) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s) {
		return fmt.Errorf("%q is none of debug, info, warn, error", s)
	}
	return (*slog.Level)(l).UnmarshalText([]byte(s))
}

type duration time.Duration

func (d *duration) String() string { return time.Duration(*d).String() }
func (d *duration) Set(s string) error {
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 || v > time.Hour {
		return fmt.Errorf("%q is not a time from 0s to 1h", s)
	}
	*d = duration(v)
	return nil
}

type prefixes []netip.Prefix

func (p *prefixes) String() string { return fmt.Sprint(*p) }
func (p *prefixes) Set(s string) error {
	var all prefixes
	for one := range strings.SplitSeq(s, ",") {
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

// number is a whole number within bounds.
type number struct{ n, least, most int }

func (v *number) String() string { return strconv.Itoa(v.n) }
func (v *number) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < v.least || n > v.most {
		return fmt.Errorf("%q is not a number from %d to %d", s, v.least, v.most)
	}
	v.n = n
	return nil
}

// replicas is a number of Redis replicas; nil: the default of the kind of Redis.
type replicas struct{ n *int }

func (r *replicas) String() string {
	if r.n == nil {
		return ""
	}
	return strconv.Itoa(*r.n)
}

func (r *replicas) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 10 {
		return fmt.Errorf("%q is not a number from 0 to 10", s)
	}
	r.n = &n
	return nil
}

// check refuses replicas of the embedded store: it has none.
func (r *replicas) check(u redisURL) error {
	if u == "" && r.n != nil && *r.n > 0 {
		return errors.New("--min-replicas needs --redis: the embedded store has no replicas")
	}
	return nil
}

// of returns the number for a Redis: 1 where others can take over (review §5).
func (r *replicas) of(replicated bool) int {
	switch {
	case r.n != nil:
		return *r.n
	case replicated:
		return 1
	default:
		return 0
	}
}

// speed is how many times faster than life the simulation plays; 0 is off.
type speed float64

func (v *speed) IsBoolFlag() bool { return true }
func (v *speed) String() string   { return strconv.FormatFloat(float64(*v), 'g', -1, 64) }
func (v *speed) Set(s string) error {
	switch s {
	case "true":
		*v = 60
		return nil
	case "false":
		*v = 0
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 0.1 && n <= 1000) {
		return errors.New("the speed is a number from 0.1 to 1000")
	}
	*v = speed(n)
	return nil
}

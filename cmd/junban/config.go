package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// config is what one run was told, by flags and the environment.
type config struct {
	listen    address
	opsListen address
	data      text
	redis     redisURL
	simulate  speed
	trusted   prefixes
	drain     duration
	logFormat choice
	logLevel  level

	help     bool
	operands []string // the command and what it works on
}

// option is one flag: how it is written, what it means, where it goes.
type option struct {
	name, operand, about string
	normal               string // its default as --help writes it
	value                flag.Value
	everywhere           bool // every command minds it, not only serve
}

func (o option) env() string {
	return "JUNBAN_" + strings.ToUpper(strings.ReplaceAll(o.name, "-", "_"))
}

// options lists the flags in the order of --help, each with its default set.
func (c *config) options() []option {
	c.listen, c.opsListen = ":8080", "127.0.0.1:9080"
	c.drain = duration(10 * time.Second)
	c.logFormat = choice{"text", []string{"text", "json"}}
	return []option{
		{"listen", "ADDR", "address of the public listener", ":8080", &c.listen, false},
		{"ops-listen", "ADDR", "address of the operator's listener: health, metrics, profiles", "127.0.0.1:9080", &c.opsListen, false},
		{"data", "DIR", "folder of the embedded store", "$XDG_DATA_HOME/junban or ~/.local/share/junban", &c.data, true},
		{"redis", "URL", "redis://, rediss:// or unix://; several with commas are a Cluster, ?master=NAME a Sentinel", "the embedded store", &c.redis, true},
		{"simulate", "[=SPEED]", "play a clinic's day on the demo, SPEED times as fast as life (60 when not said)", "off", &c.simulate, false},
		{"trusted-proxies", "CIDRS", "proxies whose X-Forwarded headers are believed, with commas", "none", &c.trusted, false},
		{"drain", "TIME", "grace for watchers and requests when the program ends", "10s", &c.drain, false},
		{"log", "FORMAT", "text or json", "text", &c.logFormat, true},
		{"log-level", "LEVEL", "debug, info, warn or error", "info", &c.logLevel, true},
	}
}

// parse reads the command line over the environment. Flags may stand before,
// between and after the operands. Every error is the caller's (exit 2).
func parse(args []string, getenv func(string) string) (config, error) {
	var c config
	options := c.options()
	set := flag.NewFlagSet("junban", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.BoolVar(&c.help, "help", false, "")
	set.BoolVar(&c.help, "h", false, "")
	var bad error
	for _, o := range options {
		set.Var(checked{o.value, o.name, &bad}, o.name, "")
		if v := getenv(o.env()); v != "" {
			if err := o.value.Set(v); err != nil {
				return config{}, fmt.Errorf("%s: %w", o.env(), err)
			}
		}
	}
	for rest := args; ; {
		if err := set.Parse(rest); err != nil {
			return config{}, fmt.Errorf("%w: %w", err, errUsage)
		}
		if bad != nil {
			return config{}, bad
		}
		if set.NArg() == 0 {
			break
		}
		c.operands = append(c.operands, set.Arg(0))
		rest = set.Args()[1:]
	}
	if c.data == "" {
		c.data = text(dataFolder(getenv))
	}
	if c.help || len(c.operands) == 0 || c.operands[0] == "serve" {
		return c, nil
	}
	var err error
	set.Visit(func(f *flag.Flag) {
		i := slices.IndexFunc(options, func(o option) bool { return o.name == f.Name })
		if i >= 0 && !options[i].everywhere {
			err = fmt.Errorf("--%s has no meaning for %q: %w", f.Name, strings.Join(c.operands, " "), errUsage)
		}
	})
	return c, err
}

// dataFolder is where the embedded store lives when nobody says.
func dataFolder(getenv func(string) string) string {
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "junban")
	}
	for _, home := range []string{"HOME", "USERPROFILE"} {
		if dir := getenv(home); filepath.IsAbs(dir) {
			return filepath.Join(dir, ".local", "share", "junban")
		}
	}
	return "junban-data"
}

func (c *config) logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: slog.Level(c.logLevel)}
	if c.logFormat.chosen == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// checked keeps the first error of a flag's value to itself: package flag would
// repeat the value, and a Redis URL may hold a password.
type checked struct {
	flag.Value
	name  string
	first *error
}

// Set passes the value on.
func (c checked) Set(s string) error {
	if err := c.Value.Set(s); err != nil && *c.first == nil {
		*c.first = fmt.Errorf("--%s: %w", c.name, err)
	}
	return nil
}

// IsBoolFlag tells whether the flag may stand alone.
func (c checked) IsBoolFlag() bool {
	b, ok := c.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

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

package main

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"junban/queue"
)

// config is what one run was told, by flags and the environment.
type config struct {
	listen    address
	opsListen address
	data      text
	redis     redisURL
	replicas  replicas // that must have an act before it is acknowledged
	secret    text     // file of the secret of all tokens; "": in Redis
	opsHosts  text     // further names of the operator's listener, with commas
	simulate  speed
	trusted   prefixes
	drain     duration
	all       number // watchers of this node
	home      number // of them, of one address
	ofClinic  number // of them, of one clinic
	begin     number // watches in a second
	logFormat choice
	logLevel  level
	role      choice // of the user that is set
	accept    bool   // import, although live tickets lose their session

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
	c.all = number{100_000, 1, 1_000_000}
	c.home = number{5000, 1, 1_000_000}
	c.ofClinic = number{50_000, 1, 1_000_000}
	c.begin = number{5000, 0, 1_000_000}
	c.logFormat = choice{"text", []string{"text", "json"}}
	return []option{
		{"listen", "ADDR", "address of the public listener", ":8080", &c.listen, false},
		{"ops-listen", "ADDR", "address of the operator's listener: health, metrics, profiles", "127.0.0.1:9080", &c.opsListen, false},
		{"data", "DIR", "folder of the embedded store", "$XDG_DATA_HOME/junban or ~/.local/share/junban", &c.data, true},
		{"redis", "URL", "redis://, rediss:// or unix://; several with commas are a Cluster, ?master=NAME a Sentinel", "the embedded store", &c.redis, true},
		{"min-replicas", "N", "replicas that must have an act before it is acknowledged", "1 with Sentinel or Cluster, else 0", &c.replicas, true},
		{"secret-file", "FILE", "file with the secret of all tokens, 32 bytes or more, the same on every node", "kept in Redis", &c.secret, false},
		{"ops-hosts", "NAMES", "further names of the operator's listener, with commas", "none", &c.opsHosts, false},
		{"simulate", "[=SPEED]", "play a clinic's day on the demo, SPEED times as fast as life (60 when not said)", "off", &c.simulate, false},
		{"trusted-proxies", "CIDRS", "proxies whose X-Forwarded headers are believed, with commas", "none", &c.trusted, false},
		{"drain", "TIME", "grace for watchers and requests when the program ends", "10s", &c.drain, false},
		{"max-watchers", "N", "watchers that this node serves at most", "100000", &c.all, false},
		{"max-watchers-per-address", "N", "of them, from one IPv4 address or IPv6 /48; half of it from a /56, a fifth from a /64", "5000", &c.home, false},
		{"max-watchers-per-clinic", "N", "of them, of one clinic", "50000", &c.ofClinic, false},
		{"handshakes", "N", "watches that may begin on this node in a second, 0 for no limit", "5000", &c.begin, false},
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
	c.role = choice{"", []string{string(queue.RoleDesk), string(queue.RoleAdmin)}}
	set.Var(checked{&c.role, "role", &bad}, "role", "")
	set.BoolVar(&c.accept, "accept-affected", false, "")
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
	if err := c.replicas.check(c.redis); err != nil {
		return config{}, err
	}
	if c.data == "" {
		c.data = text(dataFolder(getenv))
	}
	of := func(command ...string) bool { return len(c.operands) >= 2 && slices.Equal(c.operands[:2], command) }
	switch {
	case c.role.chosen != "" && !of("user", "set"):
		return config{}, fmt.Errorf("--role is for user set: %w", errUsage)
	case c.accept && !of("clinic", "import"):
		return config{}, fmt.Errorf("--accept-affected is for clinic import: %w", errUsage)
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

package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// config is the command line of one run, and its environment: JUNBAN_LISTEN is
// --listen. The tags are the one source of --help and of README's table.
type config struct {
	Listen        address    `default:":8080" placeholder:"ADDR" group:"serve" help:"address of the public listener"`
	OpsListen     address    `default:"127.0.0.1:9080" placeholder:"ADDR" group:"serve" help:"address of the operator's listener: health, metrics, profiles"`
	Data          string     `placeholder:"DIR" unset:"$XDG_DATA_HOME/junban or ~/.local/share/junban" help:"folder of the embedded store"`
	Redis         redisURL   `placeholder:"URL" unset:"the embedded store" help:"redis://, rediss:// or unix://; several with commas are a Cluster, ?master=NAME a Sentinel"`
	MinReplicas   replicas   `placeholder:"N" unset:"1 with Sentinel or Cluster, else 0" help:"replicas that must have an act before it is acknowledged"`
	SecretFile    string     `placeholder:"FILE" group:"serve" unset:"kept in Redis" help:"file with the secret of all tokens, 32 bytes or more, the same on every node"`
	OpsHosts      string     `placeholder:"NAMES" group:"serve" unset:"none" help:"further names of the operator's listener, with commas"`
	Simulate      speed      `placeholder:"SPEED" group:"serve" unset:"off" help:"play a clinic's day on the demo, SPEED times as fast as life (60 if not given)"`
	Proxies       prefixes   `name:"trusted-proxies" placeholder:"CIDRS" group:"serve" unset:"none" help:"proxies whose X-Forwarded headers are believed, with commas"`
	Drain         grace      `default:"10s" placeholder:"TIME" group:"serve" help:"grace for watchers and requests when the program ends"`
	Watchers      watchers   `name:"max-watchers" default:"100000" placeholder:"N" group:"serve" help:"watchers that this node serves at most"`
	PerAddress    watchers   `name:"max-watchers-per-address" default:"5000" placeholder:"N" group:"serve" help:"of them, from one IPv4 address or IPv6 /48; half of it from a /56, a fifth from a /64"`
	PerClinic     watchers   `name:"max-watchers-per-clinic" default:"50000" placeholder:"N" group:"serve" help:"of them, of one clinic"`
	HandshakeRate handshakes `name:"handshakes" default:"5000" placeholder:"N" group:"serve" help:"watches that may begin on this node in a second, 0 for no limit"`
	LogFormat     string     `name:"log" default:"text" enum:"text,json" placeholder:"FORMAT" help:"text or json"`
	LogLevel      logLevel   `default:"info" placeholder:"LEVEL" help:"debug, info, warn or error"`

	Serve  serveCommand `cmd:"" default:"1" help:"serve the clinics; the command may be left out"`
	Clinic struct {
		Import importCommand       `cmd:"" help:"put clinics from a YAML file (clinic import --help shows one)"`
		List   listClinicsCommand  `cmd:"" help:"one line per clinic: number, name, listed or unlisted, services"`
		Remove removeClinicCommand `cmd:"" help:"remove a clinic with its users, logins and tickets"`
	} `cmd:""`
	User struct {
		Set    setUserCommand    `cmd:"" help:"make a staff user, or change the password: from JUNBAN_PASSWORD or standard input; generated and printed when both are empty"`
		List   listUsersCommand  `cmd:"" help:"one name and role per line"`
		Remove removeUserCommand `cmd:"" help:"remove a staff user"`
	} `cmd:""`
	Log     logCommand     `cmd:"" help:"print the log of a day, such as 2026-11-21 or today, one act per line"`
	Verify  verifyCommand  `cmd:"" help:"replay that log and compare; exits with 1 when Redis holds anything else"`
	Check   checkCommand   `cmd:"" help:"test the configured Redis for what the promises need; exits with 1 when something is missing"`
	Version versionCommand `cmd:"" help:"print the version"`
}

// errUsage marks a command line that was not understood.
var errUsage = errors.New("see junban --help")

// parse reads the command line over the environment. Flags may stand before,
// between and after the operands. Its errors match [errUsage]. With --help it
// writes the help to out, and returns no command.
func parse(args []string, getenv func(string) string, out io.Writer) (*config, *kong.Context, error) {
	c := &config{}
	helped := false
	parser, err := kong.New(c, kong.Name("junban"), kong.Writers(out, io.Discard), kong.Exit(func(int) { helped = true }),
		kong.Help(printHelp), kong.Resolvers(environment(getenv)), kong.ExplicitGroups([]kong.Group{{Key: "serve"}}))
	if err != nil {
		return nil, nil, err
	}
	command, err := parser.Parse(args)
	if helped {
		return c, nil, nil
	}
	if err == nil {
		err = c.check(command)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", err, errUsage)
	}
	if c.Data == "" {
		c.Data = dataFolder(getenv)
	}
	return c, command, nil
}

// check refuses flags that do not go together, or not with the command.
func (c *config) check(command *kong.Context) error {
	if c.Redis == "" && c.MinReplicas.n != nil && *c.MinReplicas.n > 0 {
		return errors.New("--min-replicas needs --redis: the embedded store has no replicas")
	}
	if name := command.Command(); name != "serve" {
		for _, p := range command.Path {
			if p.Flag != nil && !p.Resolved && p.Flag.Group != nil && p.Flag.Group.Key == "serve" {
				return fmt.Errorf("--%s cannot be used with %q", p.Flag.Name, name)
			}
		}
	}
	return nil
}

// envOf is the environment variable of a flag.
func envOf(flag *kong.Flag) string {
	return "JUNBAN_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
}

// environment gives the value of a flag of [config] that is not on the command line:
// the flags of one command have no variable.
// An error names the variable, and does not quote its value.
func environment(getenv func(string) string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, of *kong.Path, flag *kong.Flag) (any, error) {
		value := getenv(envOf(flag))
		if value == "" || flag.Name == "help" || of.App == nil {
			return nil, nil
		}
		scan := kong.Scan().PushTyped(value, kong.FlagValueToken)
		if err := flag.Mapper.Decode(&kong.DecodeContext{Value: flag.Value, Scan: scan}, reflect.New(flag.Target.Type()).Elem()); err != nil {
			return nil, fmt.Errorf("%s: %w", envOf(flag), err)
		}
		return value, nil
	})
}

// dataFolder is where the embedded store is without --data.
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
	o := &slog.HandlerOptions{Level: slog.Level(c.LogLevel)}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// drain is the grace at the end.
func (c *config) drain() time.Duration { return time.Duration(c.Drain) }

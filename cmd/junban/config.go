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

// config has the flags and commands. Each flag of all commands also has an
// environment variable: JUNBAN_LISTEN is --listen. --help and the table in
// README.md derive from the tags.
type config struct {
	Listen        address     `default:":8080" placeholder:"ADDR" group:"serve" help:"address of the public listener"`
	OpsListen     address     `default:"127.0.0.1:9080" placeholder:"ADDR" group:"serve" help:"address of the operator's listener: health, metrics, profiles"`
	TLSCert       string      `name:"tls-cert" placeholder:"FILE" group:"serve" also:"check" unset:"none: plain HTTP" help:"certificate of the public listener and its chain, PEM; read again when it changes"`
	TLSKey        string      `name:"tls-key" placeholder:"FILE" group:"serve" also:"check" unset:"none" help:"private key of that certificate, PEM"`
	TLSDomains    domains     `name:"tls-domain" placeholder:"NAMES" group:"serve" also:"check" unset:"none: plain HTTP" help:"host names to get certificates for by ACME, comma-separated; this accepts the terms of the authority"`
	ACMEDirectory httpsURL    `name:"acme-directory" placeholder:"URL" group:"serve" also:"check" unset:"Let's Encrypt" help:"directory of the ACME server"`
	ACMECA        string      `name:"acme-ca" placeholder:"FILE" group:"serve" also:"check" unset:"those of the system" help:"root certificates for connections to the ACME server, PEM"`
	Redirect      address     `name:"redirect-listen" placeholder:"ADDR" group:"serve" unset:"none" help:"address of a plain listener that redirects to https, and answers the http-01 challenges of ACME"`
	Data          string      `placeholder:"DIR" unset:"$XDG_DATA_HOME/junban or ~/.local/share/junban" help:"folder of the embedded store, the register, and certificates by ACME"`
	Database      databaseURL `placeholder:"URL" unset:"a SQLite file in the data folder; in memory when the embedded store is" help:"register of members and bookings: postgres://, which several nodes need, or sqlite:PATH"`
	Redis         redisURL    `placeholder:"URL" unset:"the embedded store" help:"redis://, rediss:// or unix://; a comma-separated list is a Cluster, ?master=NAME is Sentinel"`
	MinReplicas   replicas    `placeholder:"N" unset:"1 with Sentinel or Cluster, else 0" help:"replicas that must confirm an act before it is acknowledged"`
	SecretFile    string      `placeholder:"FILE" group:"serve" unset:"kept in Redis" help:"file with the secret for all tokens; at least 32 bytes, the same on every node"`
	OpsHosts      string      `placeholder:"NAMES" group:"serve" unset:"none" help:"additional host names of the operator's listener, comma-separated"`
	Simulate      speed       `placeholder:"SPEED" group:"serve" unset:"off" help:"simulate a day of the demo clinic, SPEED times as fast as real time (60 without a value)"`
	Proxies       prefixes    `name:"trusted-proxies" placeholder:"CIDRS" group:"serve" unset:"none" help:"proxies whose X-Forwarded headers are trusted, comma-separated"`
	Origin        originURL   `placeholder:"URL" group:"serve" also:"check" unset:"https:// and the first of --tls-domain, else the host that each request names" help:"public address of this server, such as https://junban.example; links in mails and notices lead to it"`
	PushContact   pushContact `placeholder:"URL" group:"serve" also:"check" unset:"https:// and the first of --tls-domain, else none" help:"contact that push services may write to: an https URL, or mailto: and an address"`
	PushAllow     prefixes    `placeholder:"CIDRS" group:"serve" unset:"none" help:"private ranges where push services of your own are, comma-separated; a subscription that names such an address, not a host name, may use http and any port"`
	Mail          relayURL    `placeholder:"URL" group:"serve" also:"check" unset:"none: notices by mail are not offered" help:"relay that sends mail: smtps://USER:PASSWORD@HOST, or smtp:// with STARTTLS, which is required; smtp://127.0.0.1:25?tls=none for one on this machine"`
	MailFrom      mailSender  `placeholder:"SENDER" group:"serve" also:"check" unset:"none" help:"sender of all mail, such as junban <notice@junban.example>; reports of the relay go to b+... at its domain"`
	Drain         grace       `default:"10s" placeholder:"TIME" group:"serve" help:"grace period for watchers and requests at shutdown"`
	Watchers      watchers    `name:"max-watchers" default:"100000" placeholder:"N" group:"serve" help:"limit of watchers on this node"`
	PerAddress    watchers    `name:"max-watchers-per-address" default:"5000" placeholder:"N" group:"serve" help:"limit of watchers from one IPv4 address or IPv6 /48; half of it from a /56, a fifth from a /64"`
	PerClinic     watchers    `name:"max-watchers-per-clinic" default:"50000" placeholder:"N" group:"serve" help:"limit of watchers of one clinic"`
	HandshakeRate handshakes  `name:"handshakes" default:"5000" placeholder:"N" group:"serve" help:"limit of new watchers per second on this node, 0 for no limit"`
	LogFormat     string      `name:"log" default:"text" enum:"text,json" placeholder:"FORMAT" help:"text or json"`
	LogLevel      logLevel    `default:"info" placeholder:"LEVEL" help:"debug, info, warn or error"`

	Serve  serveCommand `cmd:"" default:"1" help:"serve the clinics (the default command)"`
	Clinic struct {
		Import importCommand       `cmd:"" help:"import clinics from a YAML file; clinic import --help shows an example"`
		List   listClinicsCommand  `cmd:"" help:"one line per clinic: number, name, listed or unlisted, services"`
		Remove removeClinicCommand `cmd:"" help:"remove a clinic with its users, logins and tickets"`
	} `cmd:""`
	User struct {
		Set    setUserCommand    `cmd:"" help:"create a staff user or change the password: from JUNBAN_PASSWORD or standard input, or generated and printed"`
		List   listUsersCommand  `cmd:"" help:"one name and role per line"`
		Remove removeUserCommand `cmd:"" help:"remove a staff user"`
	} `cmd:""`
	Register struct {
		Rebuild rebuildCommand `cmd:"" help:"fold the kept logs of a clinic, or of all, again into the register's bookings; servers may run meanwhile"`
	} `cmd:""`
	Bounce  bounceCommand  `cmd:"" help:"read one report of a mail that was not delivered from standard input, and send no more to an address that does not exist; for a pipe of the mail server, from b+...@ at the domain of --mail-from"`
	Log     logCommand     `cmd:"" help:"print the log of a day, such as 2026-11-21 or today, one act per line"`
	Verify  verifyCommand  `cmd:"" help:"replay that log and compare it with Redis; exits with 1 if they differ"`
	Check   checkCommand   `cmd:"" help:"test whether Redis, the database, TLS and mail are configured as junban needs it; exits with 1 if a required setting is missing"`
	Version versionCommand `cmd:"" help:"print the version"`
}

// errUsage marks an invalid command line.
var errUsage = errors.New("see junban --help")

// parse reads the command line and the environment. Flags may precede or follow
// the operands. Its errors match [errUsage]. With --help, it writes the help to
// out and returns no command.
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
	if c.Origin == "" && len(c.TLSDomains) > 0 {
		c.Origin = originURL("https://" + c.TLSDomains[0])
	}
	if c.PushContact == "" && len(c.TLSDomains) > 0 {
		c.PushContact = pushContact("https://" + c.TLSDomains[0])
	}
	return c, command, nil
}

// check refuses flags that contradict each other or the command.
func (c *config) check(command *kong.Context) error {
	if c.Redis == "" && c.MinReplicas.n != nil && *c.MinReplicas.n > 0 {
		return errors.New("--min-replicas needs --redis: the embedded store has no replicas")
	}
	if err := c.checkTLS(); err != nil {
		return err
	}
	if (c.Mail == "") != (c.MailFrom == "") {
		return errors.New("--mail and --mail-from need each other")
	}
	if name := command.Command(); name != "serve" {
		for _, p := range command.Path {
			if p.Flag != nil && !p.Resolved && p.Flag.Group != nil && p.Flag.Group.Key == "serve" && p.Flag.Tag.Get("also") != name {
				return fmt.Errorf("--%s cannot be used with %q", p.Flag.Name, name)
			}
		}
	}
	return nil
}

// checkTLS refuses settings of TLS that contradict each other.
func (c *config) checkTLS() error {
	acme := len(c.TLSDomains) > 0
	switch {
	case c.TLSCert != "" && c.TLSKey == "":
		return errors.New("--tls-cert needs --tls-key")
	case c.TLSKey != "" && c.TLSCert == "":
		return errors.New("--tls-key needs --tls-cert")
	case c.TLSCert != "" && acme:
		return errors.New("--tls-cert and --tls-domain exclude each other")
	case c.ACMEDirectory != "" && !acme:
		return errors.New("--acme-directory needs --tls-domain")
	case c.ACMECA != "" && !acme:
		return errors.New("--acme-ca needs --tls-domain")
	case c.Redirect != "" && c.TLSCert == "" && !acme:
		return errors.New("--redirect-listen needs --tls-cert or --tls-domain")
	case c.Simulate > 0 && (c.TLSCert != "" || acme):
		return errors.New("--simulate needs a plain listener: it cannot check the certificate of this machine")
	}
	return nil
}

// envOf returns the environment variable of a flag.
func envOf(flag *kong.Flag) string {
	return "JUNBAN_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
}

// environment resolves flags of [config] that the command line leaves out.
// Flags of a single command have no variable. An error names the variable, but
// does not quote its value: the value may be a password.
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

// dataFolder returns the default of --data.
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

// drain returns the grace period at shutdown.
func (c *config) drain() time.Duration { return time.Duration(c.Drain) }

package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"junban/internal/redisdb"
)

func env(pairs ...string) func(string) string {
	return func(name string) string {
		if i := slices.Index(pairs, name); i >= 0 && i%2 == 0 {
			return pairs[i+1]
		}
		return ""
	}
}

func TestParse_Precedence(t *testing.T) {
	t.Parallel()
	c, _, err := parse([]string{"--listen", ":1"}, env("JUNBAN_LISTEN", ":2", "JUNBAN_OPS_LISTEN", "[::1]:3", "JUNBAN_LOG_LEVEL", "warn"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != ":1" || c.OpsListen != "[::1]:3" || slog.Level(c.LogLevel) != slog.LevelWarn || c.drain() != 10*time.Second {
		t.Errorf("parsed %+v", c)
	}
}

func TestParse_LimitsOfWatchers(t *testing.T) {
	t.Parallel()
	c, _, err := parse([]string{"--max-watchers=7", "--handshakes", "0"}, env("JUNBAN_MAX_WATCHERS", "8", "JUNBAN_MAX_WATCHERS_PER_ADDRESS", "9", "JUNBAN_HANDSHAKES", "10"), io.Discard)
	if err != nil || c.Watchers != 7 || c.PerAddress != 9 || c.PerClinic != 50_000 || c.HandshakeRate != 0 {
		t.Errorf("parsed %+v, error %v", c, err)
	}
	if _, _, err := parse([]string{"--max-watchers=0"}, env(), io.Discard); err == nil || !strings.Contains(err.Error(), "--max-watchers") || !strings.Contains(err.Error(), "1 to 1000000") {
		t.Errorf("--max-watchers=0: error %v", err)
	}
}

func TestParse_AcceptsFlagsInAnyPosition(t *testing.T) {
	t.Parallel()
	c, command, err := parse([]string{"--data", "/d", "clinic", "--log=json", "import", "-", "--redis=redis://h"}, env(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if c.Data != "/d" || c.Redis != "redis://h" || c.LogFormat != "json" || command.Command() != "clinic import <file>" || c.Clinic.Import.File != "-" {
		t.Errorf("parsed %+v", c)
	}
}

func TestParse_SimulateDefaultsToSixty(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]speed{"--simulate": 60, "--simulate=2.5": 2.5, "--simulate=false": 0} {
		c, _, err := parse([]string{arg}, env(), io.Discard)
		if err != nil || c.Simulate != want {
			t.Errorf("%s: %v, error %v", arg, c.Simulate, err)
		}
	}
	if c, _, err := parse(nil, env("JUNBAN_SIMULATE", "120"), io.Discard); err != nil || c.Simulate != 120 {
		t.Errorf("from the environment: %v, error %v", c.Simulate, err)
	}
}

func TestParse_AcceptsRangesAndAddresses(t *testing.T) {
	t.Parallel()
	c, _, err := parse([]string{"--trusted-proxies", "10.1.2.3/8, ::1"}, env(), io.Discard)
	want := prefixes{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	if err != nil || !slices.Equal(c.Proxies, want) {
		t.Errorf("parsed %v, error %v", c.Proxies, err)
	}
}

func TestParse_ContactOfPush(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"":                            nil,
		"https://junban.example":      {"--tls-domain", "junban.example,other.example"},
		"mailto:admin@junban.example": {"--push-contact", "mailto:admin@junban.example", "--tls-domain", "junban.example"},
	} {
		c, _, err := parse(args, env(), io.Discard)
		if err != nil || string(c.PushContact) != want {
			t.Errorf("%q: contact %q, error %v", args, c.PushContact, err)
		}
		if f := (&program{config: c}).checkPush(); (f.verdict == advised) != (want == "") {
			t.Errorf("%q: the check finds %+v", args, f)
		}
	}
}

func TestParse_OriginOfLinks(t *testing.T) {
	t.Parallel()
	mail := []string{"--mail", "smtp://127.0.0.1:25?tls=none", "--mail-from", "junban <notice@junban.example>"}
	for want, args := range map[string][]string{
		"":                       nil,
		"https://junban.example": {"--tls-domain", "junban.example,other.example"},
		"https://q.example":      {"--origin", "https://q.example/", "--tls-domain", "junban.example"},
		"http://q.example:8080":  {"--origin", "http://q.example:8080"},
	} {
		c, _, err := parse(append(args, mail...), env(), io.Discard)
		if err != nil || string(c.Origin) != want {
			t.Errorf("%q: origin %q, error %v", args, c.Origin, err)
		}
		if f := (&program{config: c}).checkOrigin(); len(f) != 1 || (f[0].verdict == advised) != (want == "") {
			t.Errorf("%q: the check finds %+v", args, f)
		}
	}
	if f := (&program{config: &config{}}).checkOrigin(); f != nil {
		t.Errorf("without mail, the check finds %+v", f)
	}
	for _, bad := range []string{"junban.example", "ftp://junban.example", "https://", "https://:443", "https://junban.example/t", "https://junban.example?x", "https://u@junban.example", "https://junban.example#x"} {
		if c, _, err := parse([]string{"--origin", bad}, env(), io.Discard); err == nil {
			t.Errorf("%q is parsed as %q", bad, c.Origin)
		}
	}
}

func TestParse_RefusesInvalidValues(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--colour"}, {"--listen", "8080"}, {"--listen", ":99999"}, {"--drain", "-1s"}, {"--drain", "10"},
		{"--simulate=fast"}, {"--simulate=0"}, {"--simulate=NaN"}, {"--simulate=1e9"}, {"--trusted-proxies", "all"},
		{"--log", "xml"}, {"--log-level", "loud"}, {"--redis", "http://h"}, {"--redis", "localhost:6379"},
		{"--max-watchers", "0"}, {"--max-watchers", "many"}, {"--max-watchers-per-address", "0"}, {"--max-watchers-per-clinic", "1000001"},
		{"--handshakes", "-1"}, {"--handshakes", "1e3"},
		{"--push-contact", "admin@junban.example"}, {"--push-contact", "mailto:admin@localhost"}, {"--push-contact", "https://junban.local"},
		{"--push-contact", "http://junban.example"}, {"--push-allow", "all"}, {"check", "--push-allow", "127.0.0.1"},
		{"clinic", "list", "--listen", ":1"}, {"--simulate", "clinic", "list"},
	} {
		if c, _, err := parse(args, env(), io.Discard); err == nil {
			t.Errorf("%q is parsed as %+v", args, c)
		}
	}
	_, _, err := parse(nil, env("JUNBAN_TRUSTED_PROXIES", "x"), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "JUNBAN_TRUSTED_PROXIES") {
		t.Errorf("the error does not name the variable: %v", err)
	}
}

func TestParse_DefaultDataFolder(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]func(string) string{
		"/x/junban":              env("XDG_DATA_HOME", "/x", "HOME", "/h"),
		"/h/.local/share/junban": env("HOME", "/h"),
		"junban-data":            env(),
	} {
		if c, _, err := parse(nil, e, io.Discard); err != nil || c.Data != want {
			t.Errorf("data is %q, want %q, error %v", c.Data, want, err)
		}
	}
}

// flagLine is the format of a flag in --help that other tests rely on.
var flagLine = regexp.MustCompile(`^  --([a-z-]+)(\[=[A-Z]+\]| [A-Z]+)   (.+) \(default (.+); (JUNBAN_[A-Z_]+)\)$`)

func TestHelp_HasOneParsableLinePerFlag(t *testing.T) {
	t.Parallel()
	var help strings.Builder
	if _, command, err := parse([]string{"--help"}, env(), &help); err != nil || command != nil {
		t.Fatalf("--help gives a command %v, error %v", command, err)
	}
	var found []string
	for line := range strings.Lines(help.String()) {
		if strings.HasPrefix(line, "  --") {
			m := flagLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
			if m == nil {
				t.Errorf("unexpected format of a flag: %q", line)
				continue
			}
			found = append(found, m[1])
		}
	}
	if len(found) < 16 {
		t.Errorf("help has only the flags %v", found)
	}
}

func TestParseRedis_NeverQuotesAPassword(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"redis://u:secret@h:port", "http://u:secret@h", "redis://u:secret@h/x", "redis://u:secret@h?colour=red", "redis://u:secret@h/1,g", "redis://u:sec%ret@h", "", ","} {
		_, err := redisdb.Parse(s)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v", s, err)
		}
		if _, _, err := parse([]string{"--redis=" + s}, env(), io.Discard); err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error quotes the password: %v", err)
		}
	}
	if _, _, err := parse([]string{"--nothing=x"}, env(), io.Discard); !errors.Is(err, errUsage) {
		t.Errorf("an unknown flag is %v", err)
	}
}

func TestParse_RefusesTLSThatContradictsItself(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--tls-cert=c": "--tls-cert needs --tls-key",
		"--tls-key=k":  "--tls-key needs --tls-cert",
		"--tls-cert=c --tls-key=k --tls-domain=a.example":    "exclude each other",
		"--acme-directory=https://a":                         "--acme-directory needs --tls-domain",
		"--acme-ca=c":                                        "--acme-ca needs --tls-domain",
		"--tls-domain=a.example --acme-directory=http://a/d": "not an https URL",
		"--redirect-listen=:80":                              "--redirect-listen needs",
		"--tls-domain=localhost":                             "not a host name",
		"--tls-domain=*.a.example":                           "not a host name",
		"--tls-domain=192.0.2.1":                             "not a host name",
		"--tls-domain=a.example,":                            "not a host name",
		"--tls-domain=a.example --simulate":                  "--simulate",
		"--tls-domain=a.example version":                     "cannot be used",
	} {
		if _, _, err := parse(strings.Fields(args), env(), io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", args, err, want)
		}
	}
	c, _, err := parse([]string{"--tls-domain=A.example, b.c.example", "--redirect-listen=:80"}, env(), io.Discard)
	if err != nil || fmt.Sprint(c.TLSDomains) != "[a.example b.c.example]" {
		t.Errorf("parsed %v, error %v", c, err)
	}
}

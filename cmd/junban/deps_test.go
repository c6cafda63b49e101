package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goPackage is part of the output of go list.
type goPackage struct {
	ImportPath string
	Dir        string
	Name       string
	Standard   bool
	GoFiles    []string
	Imports    []string
	Module     *struct{ Path string }
}

func goList(t *testing.T, args ...string) []goPackage {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Dir,Name,Standard,GoFiles,Imports,Module"}, args...)...)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v: %s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func under(path, prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }

// arrow forbids imports from a package, and those below it, to another one.
type arrow struct {
	from, to string
	except   []string // allowed imports
	reason   string
}

// belowAudiences lists what an audience of the API may import.
var belowAudiences = []string{
	"junban/account", "junban/device", "junban/hub",
	"junban/api/directory", "junban/api/limit", "junban/api/live", "junban/api/login", "junban/api/peer", "junban/api/problem", "junban/api/route", "junban/api/secret", "junban/api/view", "junban/api/wire",
	"junban/internal/icalendar", "junban/internal/refusal", "junban/notify", "junban/queue", "junban/register", "junban/static",
}

var arrows = []arrow{
	{"junban/hub", "junban", []string{"junban/hub"}, "the hub knows no clinic: it is joined to the line by a function value"},
	{"junban/hub", "github.com/redis", nil, "only redisdb and the stores touch Redis"},
	{"junban/hub/internal/socket", "junban", nil, "a socket knows no topic"},
	{"junban/hub/internal/socket", "github.com/prometheus", nil, "the hub counts"},
	{"junban/queue", "junban", []string{"junban/queue", "junban/internal"}, "the line does not know who shows it"},
	{"junban/account", "junban", []string{"junban/account", "junban/queue/clinic", "junban/queue/typed", "junban/internal/redisdb", "junban/internal/refusal"}, "users belong to a clinic, and know no device and no page"},
	{"junban/device", "junban", []string{"junban/device", "junban/queue/clinic", "junban/queue/typed", "junban/internal/redisdb", "junban/internal/refusal"}, "a device belongs to a clinic, and knows no user and no page"},
	{"junban/queue/rule", "junban", []string{"junban/queue/typed"}, "a rule knows no record"},
	{"junban/queue/rule", "github.com", nil, "a rule is plain data"},
	{"junban/queue/clinic", "junban", []string{"junban/queue/clinic", "junban/queue/hours", "junban/queue/rule", "junban/queue/typed", "junban/internal/refusal"}, "a record knows no ticket"},
	{"junban/queue/clinic", "github.com", nil, "a record is plain data"},
	{"junban/queue/feed", "junban/queue/estimate", nil, "the feed carries snapshots, and computes nothing"},
	{"junban/queue/feed", "junban/queue/forecast", nil, "the feed carries snapshots, and computes nothing"},
	{"junban/queue/journal", "junban/queue/estimate", nil, "a log is what happened, and no forecast"},
	{"junban/queue/lessons", "junban", []string{"junban/queue/clinic", "junban/queue/estimate", "junban/internal"}, "what is learned knows no ticket"},
	{"junban/queue/forecast", "github.com", nil, "a forecast is computed from a snapshot alone"},
	{"junban/queue/learn", "junban/queue/keeper", nil, "the keeper has sessions learned from, and not the other way"},
	{"junban/internal/refusal", "junban", nil, "a refusal knows nobody"},
	{"junban/internal/icalendar", "junban", nil, "a file for calendars knows no clinic"},
	{"junban/internal/idle", "junban", nil, "a map that forgets knows nobody"},
	{"junban/internal/mailtest", "junban", []string{"junban/queue/queuetest"}, "a mail server knows nobody"},
	{"junban/internal/redisdb", "junban", nil, "a connection has no domain rules"},
	{"junban/internal/sqldb", "junban", []string{"junban/internal/sqldb"}, "a connection has no domain rules"},
	{"junban/register", "junban", []string{"junban/register", "junban/queue/clinic", "junban/queue/journal", "junban/queue/typed", "junban/queue", "junban/internal/sqldb", "junban/internal/refusal"}, "the books know the line by its log, and no page"},
	{"junban/register/projection", "junban", []string{"junban/register", "junban/queue", "junban/queue/clinic", "junban/queue/journal"}, "the projection knows the line and the register alone"},
	{"junban/register", "github.com/redis", nil, "only redisdb and the stores touch Redis"},
	{"junban/api", "junban/internal/sqldb", nil, "only the stores that own tables open SQL"},
	{"junban/notify", "junban", []string{"junban/notify", "junban/queue", "junban/static", "junban/internal/icalendar", "junban/internal/idle"}, "notices know the line and the words, and no page"},
	{"junban/notify", "github.com/redis", nil, "only redisdb and the stores touch Redis"},
	{"junban/notify/message", "junban", nil, "a message knows no clinic"},
	{"junban/notify/push", "junban", []string{"junban/notify/message"}, "a channel knows no clinic"},
	{"junban/notify/mail", "junban", []string{"junban/notify/message"}, "a channel knows no clinic"},
	{"junban/notify/inbox", "junban", []string{"junban/notify/message"}, "a channel knows no clinic"},
	{"junban/queue/approach", "junban", nil, "when to set out is decided from figures alone"},
	{"junban/queue/outbox", "junban", []string{"junban/queue", "junban/internal"}, "the outbox decides no time and sends nothing"},
	{"junban/queue", "junban/register", nil, "the line does not know what is kept of it"},
	{"junban/cmd/junban/internal/clinicfile", "junban", []string{"junban/cmd/junban/internal/clinicfile", "junban/queue/clinic", "junban/queue/hours", "junban/queue/typed"}, "a file of clinics knows records only"},
	{"junban/cmd/junban/internal/embedded", "junban", []string{"junban/cmd/junban/internal/embedded", "junban/internal/redisdb"}, "a data folder has no domain rules"},
	{"junban/queue", "net/http", nil, "the line has no surface"},
	{"junban/static", "junban", []string{"junban/static", "junban/api/wire", "junban/queue/clinic", "junban/queue/rule"}, "pages are served without the program; their stories speak its contract, and their build reads the rules of a record"},
	{"junban/api/wire", "junban", nil, "outsiders use wire, and must not pull in the server"},
	{"junban/api/wire", "github.com", nil, "outsiders use wire, and must not pull in anything"},
	{"junban/api", "github.com/redis", nil, "only redisdb and the stores touch Redis"},
	{"junban/api", "junban/cmd", nil, "cmd knows everybody, and nobody knows cmd"},
	{"junban/api/problem", "junban", []string{"junban/api/wire", "junban/account", "junban/device", "junban/hub", "junban/queue", "junban/internal/refusal"}, "a problem knows no request"},
	{"junban/api/peer", "junban", []string{"junban/api/problem", "junban/queue/clinic"}, "an address knows no route"},
	{"junban/api/secret", "junban", []string{"junban/queue"}, "a secret knows no request"},
	{"junban/api/limit", "junban", []string{"junban/api/peer", "junban/api/problem", "junban/api/secret", "junban/api/wire", "junban/queue"}, "a limit knows no audience of the API"},
	{"junban/api/view", "junban", []string{"junban/api/problem", "junban/api/wire", "junban/hub", "junban/queue", "junban/static"}, "an encoding reads nothing"},
	{"junban/api/live", "junban", []string{"junban/api/view", "junban/api/wire", "junban/hub", "junban/queue", "junban/internal/refusal"}, "what a node knows of a clinic knows no request"},
	{"junban/api/ticket", "junban", append([]string{"junban/api/ticket"}, belowAudiences...), "the audiences of the API do not know each other"},
	{"junban/api/desk", "junban", append([]string{"junban/api/desk", "junban/api/ticket"}, belowAudiences...), "the audiences of the API do not know each other"},
	{"junban/api/office", "junban", append([]string{"junban/api/office"}, belowAudiences...), "the audiences of the API do not know each other"},
	{"junban/api/books", "junban", append([]string{"junban/api/books"}, belowAudiences...), "the audiences of the API do not know each other"},
	{"junban/api/notice", "junban", append([]string{"junban/api/notice"}, belowAudiences...), "the audiences of the API do not know each other"},
	{"junban/api/screen", "junban", append([]string{"junban/api/screen"}, belowAudiences...), "the audiences of the API do not know each other"},
	{"junban/api/page", "junban", append([]string{"junban/api/page"}, belowAudiences...), "the audiences of the API do not know each other"},
	{"junban/api/public", "junban", append([]string{"junban/api/public"}, belowAudiences...), "the audiences of the API do not know each other"},
	{"junban/api/watch", "junban", append([]string{"junban/api/watch"}, belowAudiences...), "the audiences of the API do not know each other"},
	{"junban/api/login", "junban", []string{"junban/api/limit", "junban/api/live", "junban/api/peer", "junban/api/problem", "junban/api/route", "junban/api/secret", "junban/api/wire", "junban/account", "junban/queue"}, "a login knows no audience of the API"},
	{"junban/api/directory", "junban", []string{"junban/api/problem", "junban/api/route", "junban/queue/clinic", "junban/queue/typed"}, "the index knows no line"},
	{"junban/api/route", "junban", []string{"junban/api/problem", "junban/api/wire", "junban/queue/clinic", "junban/queue/rule", "junban/queue/typed"}, "what all routes share knows no route"},
	{"junban/loadtest", "junban", []string{"junban/loadtest", "junban/api/wire"}, "loadtest is an outsider, and must stay one"},
	{"junban/cmd/junban/internal/programtest", "junban", []string{"junban/api/wire", "junban/cmd/junban/internal/embedded"}, "a test runs the program from outside"},
	{"junban/cmd/junban/internal/simulate", "junban", []string{"junban/cmd/junban/internal/simulate", "junban/api/wire"}, "the simulation does what anyone could do"},
}

func TestArrows_PointOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range goList(t, "./...") {
		for _, a := range arrows {
			if !under(p.ImportPath, a.from) {
				continue
			}
			for _, to := range p.Imports {
				if under(to, a.to) && !slices.ContainsFunc(a.except, func(ok string) bool { return under(to, ok) }) {
					t.Errorf("%s imports %s: %s", p.ImportPath, to, a.reason)
				}
			}
		}
	}
}

// floors are the packages from the lowest to the highest. A package imports packages
// of lower floors only, so no import leads back up.
var floors = []string{
	"api/wire hub/internal/socket notify/message queue/approach internal/browsertest internal/icalendar internal/firefoxtest internal/idle internal/pushtest internal/redisdb internal/refusal internal/sqldb queue/estimate queue/typed register/csvfile static/internal/manifest",
	"hub notify/inbox notify/mail notify/push internal/sqldb/sqldbtest queue/estimate/accuracy queue/rule register/searchkey static cmd/junban/internal/embedded cmd/junban/internal/simulate loadtest",
	"queue/hours static/story cmd/junban/internal/programtest",
	"queue/clinic",
	"account device queue/lessons static/build cmd/junban/internal/clinicfile",
	"queue",
	"queue/forecast queue/journal queue/outbox api/problem api/secret",
	"queue/feed queue/learn queue/queuetest notify/text register api/peer api/route api/view",
	"notify internal/mailtest queue/keeper register/projection register/registertest api/directory api/limit api/live",
	"api/login api/page",
	"api/books api/notice api/office api/public api/screen api/ticket api/watch",
	"api/desk",
	"api",
	"cmd/junban cmd/junban/e2e",
}

func TestFloors_ImportsLeadDown(t *testing.T) {
	t.Parallel()
	floor := map[string]int{}
	for i, names := range floors {
		for name := range strings.FieldsSeq(names) {
			floor["junban/"+name] = i + 1
		}
	}
	for _, p := range goList(t, "./...") {
		own := floor[p.ImportPath]
		if own == 0 {
			t.Errorf("%s has no floor", p.ImportPath)
		}
		for _, to := range p.Imports {
			if under(to, "junban") && floor[to] >= own {
				t.Errorf("%s on floor %d imports %s on floor %d", p.ImportPath, own, to, floor[to])
			}
		}
	}
}

func TestPackages_EachHaveOneComment(t *testing.T) {
	t.Parallel()
	for _, p := range goList(t, "./...") {
		var in []string
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if f.Doc.Text() != "" {
				in = append(in, name)
			}
		}
		if len(p.GoFiles) > 0 && len(in) != 1 {
			t.Errorf("%s has a package comment in %d files %v", p.ImportPath, len(in), in)
		}
	}
}

// modules lists the direct dependencies of the binary with their reasons.
var modules = map[string]string{
	"github.com/redis/go-redis/v9":        "Redis holds the truth",
	"github.com/julienschmidt/httprouter": "routes without allocation, and 405 with Allow",
	"github.com/coder/websocket":          "the handshake, reads and control frames of WebSocket",
	"github.com/prometheus/client_golang": "metrics",
	"github.com/goccy/go-yaml":            "files of clinics, with the line of every mistake",
	"github.com/alicebob/miniredis/v2":    "a first look on a machine without redis-server",
	"github.com/alecthomas/kong":          "commands and flags from one table, which --help and README derive from",
	"github.com/jackc/pgx/v5":             "PostgreSQL, where several nodes share the register",
	"modernc.org/sqlite":                  "SQLite without cgo, for the register of one node",
	"github.com/wneessen/go-mail":         "mail: its parts and encodings, and SMTP with TLS and logins",
	"golang.org/x/crypto":                 "argon2id for passwords, and ACME",
	"golang.org/x/text":                   "one form for full and half width, so that a search finds what was typed in either",
	"rsc.io/qr":                           "the code on the sheet for a clinic's entrance",
}

func TestBinary_HasReasonsForItsModules(t *testing.T) {
	t.Parallel()
	all := goList(t, "-deps", "./cmd/junban")
	module := map[string]string{}
	for _, p := range all {
		if p.Module != nil {
			module[p.ImportPath] = p.Module.Path
		}
	}
	direct := map[string]bool{}
	for _, p := range all {
		if module[p.ImportPath] != "junban" {
			continue
		}
		for _, to := range p.Imports {
			if m := module[to]; m != "" && m != "junban" {
				direct[m] = true
			}
		}
	}
	for m := range direct {
		if modules[m] == "" {
			t.Errorf("the binary uses %s without a reason in this table", m)
		}
	}
	for m := range maps.Keys(modules) {
		if !direct[m] {
			t.Errorf("%s is in the table, but not in the binary", m)
		}
	}
}

// TestKeys_EachHasOneOwner checks that no two packages use the same Redis key
// of a clinic. All keys share one prefix, so removing a clinic removes them.
func TestKeys_EachHasOneOwner(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	for _, p := range goList(t, "./...") {
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) != 2 {
					return true
				}
				if s, ok := call.Fun.(*ast.SelectorExpr); !ok || s.Sel.Name != "ClinicKey" {
					return true
				}
				suffix, ok := call.Args[1].(*ast.BasicLit)
				if !ok {
					return true
				}
				if was, there := owner[suffix.Value]; there && was != p.ImportPath {
					t.Errorf("%s and %s both use the key %s of a clinic", was, p.ImportPath, suffix.Value)
				}
				owner[suffix.Value] = p.ImportPath
				return true
			})
		}
	}
	if owner[`"users"`] != "junban/account" || owner[`"screens"`] != "junban/device" || owner[`"clinic"`] != "junban/queue" {
		t.Errorf("the owners are %v", owner)
	}
}

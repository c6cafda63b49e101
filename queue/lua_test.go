package queue

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"junban/queue/clinic"
)

// TestLua_HeadersNameEveryKey compares each script's header with the keys that Go
// passes. Each writing script must begin with the check of its key.
func TestLua_HeadersNameEveryKey(t *testing.T) {
	t.Parallel()
	keys := regexp.MustCompile(`KEYS\[(\d+)\]\s+->`)
	opening := regexp.MustCompile(`\nlocal stop = begin\(.*\)\nif stop then return stop end\n`)
	read := func(name string) string {
		b, err := luaFiles.ReadFile("lua/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	clinic := clinic.Clinic{ID: "1234", Services: []clinic.Service{{ID: "1"}}}
	perLine := len(lineKeys(clinic, "2026-11-21"))
	if got, want := len(keys.FindAllString(read("prelude/act.lua"), -1)), len(actKeys(clinic, "2026-11-21", "k"))-perLine; got != want {
		t.Errorf("act.lua names %d keys, Go passes %d", got, want)
	}
	if n := len(snapshotKeys(clinic, "2026-11-21")); n != 10 || !strings.Contains(read("snapshot.lua"), "KEYS[9], KEYS[10], … ->") {
		t.Errorf("snapshot.lua documents 10 keys for one service, Go passes %d", n)
	}
	for _, k := range append(actKeys(clinic, "2026-11-21", "k"), snapshotKeys(clinic, "2026-11-21")...) {
		if !strings.Contains(k, "{1234}") {
			t.Errorf("key %s is not on the clinic's node", k)
		}
	}
	scripts, err := loadScripts()
	if err != nil {
		t.Fatal(err)
	}
	for name := range scripts {
		source := read(name + ".lua")
		if !strings.HasPrefix(source, "-- "+name+".lua: ") {
			t.Errorf("%s.lua does not begin with its name and purpose", name)
		}
		if n := len(regexp.MustCompile(`(?m)^\s*[^-\s].*`).FindAllString(source, -1)); n > 100 {
			t.Errorf("%s.lua has %d lines", name, n)
		}
		if name == "snapshot" || name == "close_day" || name == "session" || name == "screen" || name == "limit" || name == "persons" || name == "erase" { // one writes nothing, one acts on a day that is over, the others are of no day
			continue
		}
		if !opening.MatchString(source) {
			t.Errorf("%s.lua does not begin with begin()", name)
		}
		if !strings.Contains(source, "return done(") && !strings.Contains(source, "return call(") && name != "surge" { // it always refuses
			t.Errorf("%s.lua does not end with done()", name)
		}
	}
	if !strings.Contains(read("prelude/act.lua"), "'"+PokeChannel+"'") {
		t.Errorf("act.lua does not publish on %s", PokeChannel)
	}
}

// TestScripts_HaveOnlyTheFunctionsThatTheyUse compares the functions in front of some
// scripts with the ones that they call, directly or through others.
func TestScripts_HaveOnlyTheFunctionsThatTheyUse(t *testing.T) {
	t.Parallel()
	all, err := readPrelude()
	if err != nil {
		t.Fatal(err)
	}
	functions := func(name string) []string {
		b, err := luaFiles.ReadFile("lua/" + name + ".lua")
		if err != nil {
			t.Fatal(err)
		}
		source := withPrelude(all, string(b))
		if !strings.HasSuffix(source, string(b)) || !strings.Contains(source, "local clock = redis.call('TIME')\n") {
			t.Errorf("%s lacks its own text, or the one between the functions", name)
		}
		var named []string
		for _, b := range all {
			if b.function != "" && strings.Contains(source, b.text) {
				named = append(named, b.function)
			}
		}
		return named
	}
	common := []string{"refuse", "stale", "begin", "read_meta", "set_meta", "save_run_id", "next_version", "write_meta", "append_entry", "log", "publish", "done"}
	for name, more := range map[string][]string{
		"message": nil, // uses no ticket
		"arrive":  {"copy", "load", "service_of", "line_of", "ticket_changed", "object", "log_change", "save"},
	} {
		if got, want := functions(name), append(slices.Clone(common), more...); !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", name, got, want)
		}
	}
	used := map[string]bool{}
	scripts, err := loadScripts()
	if err != nil {
		t.Fatal(err)
	}
	for name := range scripts {
		if !slices.Contains(noActs, name) {
			for _, f := range functions(name) {
				used[f] = true
			}
		}
	}
	for _, b := range all {
		if b.function != "" && !used[b.function] {
			t.Errorf("no script uses %s", b.function)
		}
	}
}

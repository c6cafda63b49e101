package queue

import (
	"regexp"
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
	if n := len(snapshotKeys(clinic, "2026-11-21")); n != 9 || !strings.Contains(read("snapshot.lua"), "KEYS[8], KEYS[9], … ->") {
		t.Errorf("snapshot.lua documents 9 keys for one service, Go passes %d", n)
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
		if name == "snapshot" || name == "close_day" || name == "session" || name == "screen" || name == "limit" { // one writes nothing, one acts on a day that is over, the others are of no day
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

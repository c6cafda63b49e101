package queue

import (
	"embed"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var luaFiles embed.FS

// script is one act as Redis knows it.
type script struct {
	name string
	*redis.Script
}

// ownLine are the acts that get the keys of their service's line only: they
// touch no other, and keys cost time. The rest get every service's.
var ownLine = map[string]bool{"call_next": true}

// loadScripts reads the embedded Lua. Before every script that writes stands
// what it uses of the shared parts, and snapshot.lua alone.
func loadScripts() (map[string]script, error) {
	files, err := luaFiles.ReadDir("lua")
	if err != nil {
		return nil, fmt.Errorf("embedded scripts: %w", err)
	}
	sources, shared := map[string]string{}, []paragraph{}
	for _, f := range files {
		source, err := luaFiles.ReadFile(path.Join("lua", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("embedded scripts: %w", err)
		}
		if strings.HasPrefix(f.Name(), "_") { // _act.lua, then _seats.lua, which uses it
			shared = append(shared, paragraphs(string(source))...)
		} else {
			sources[strings.TrimSuffix(f.Name(), ".lua")] = string(source)
		}
	}
	scripts := map[string]script{}
	for name, source := range sources {
		if name != "snapshot" {
			source = withShared(shared, source)
		}
		scripts[name] = script{name, redis.NewScript(source)}
	}
	return scripts, nil
}

var (
	luaNotCode  = regexp.MustCompile(`--.*|'[^'\n]*'`) // comments and texts
	luaName     = regexp.MustCompile(`[.:]?[A-Za-z_]\w*`)
	luaDeclared = regexp.MustCompile(`(?m)^local (?:function )?([\w, ]+)`)
)

// paragraph is one of the shared ones: what it declares, and the names it uses.
type paragraph struct {
	source   string
	declares []string
	uses     map[string]bool
}

func paragraphs(source string) (all []paragraph) {
	for p := range strings.SplitSeq(source, "\n\n") {
		read := paragraph{source: p, uses: namesIn(p)}
		for _, declared := range luaDeclared.FindAllStringSubmatch(p, -1) {
			for name := range strings.SplitSeq(declared[1], ",") {
				read.declares = append(read.declares, strings.TrimSpace(name))
			}
		}
		all = append(all, read)
	}
	return all
}

// namesIn are the names in a piece of Lua; a field keeps its dot, and is none.
func namesIn(code string) map[string]bool {
	names := map[string]bool{}
	for _, name := range luaName.FindAllString(luaNotCode.ReplaceAllString(code, ""), -1) {
		names[name] = true
	}
	return names
}

// withShared puts before a script the shared paragraphs that declare a name it
// uses, or that one of those uses. Each function that Redis makes for nothing
// costs every act a part of a microsecond. Going backwards is enough: a
// paragraph uses only what stands before it.
func withShared(shared []paragraph, source string) string {
	used := namesIn(source)
	for _, p := range slices.Backward(shared) {
		if slices.ContainsFunc(p.declares, func(name string) bool { return used[name] }) {
			maps.Copy(used, p.uses)
			source = p.source + "\n\n" + source
		}
	}
	return source
}

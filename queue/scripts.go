package queue

import (
	"embed"
	"fmt"
	"path"
	"regexp"
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
	sources, shared := map[string]string{}, []string{}
	for _, f := range files {
		source, err := luaFiles.ReadFile(path.Join("lua", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("embedded scripts: %w", err)
		}
		if strings.HasPrefix(f.Name(), "_") { // _act.lua, then _seats.lua, which uses it
			shared = append(shared, strings.Split(string(source), "\n\n")...)
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

// withShared puts before a script the shared paragraphs that declare a name it
// uses, or that one of those uses. Each function that Redis makes for nothing
// costs every act a part of a microsecond. Going backwards is enough: a
// paragraph uses only what stands before it.
func withShared(shared []string, source string) string {
	used := map[string]bool{}
	use := func(code string) {
		for _, name := range luaName.FindAllString(luaNotCode.ReplaceAllString(code, ""), -1) {
			used[name] = true // a field keeps its dot, and is no name
		}
	}
	use(source)
	for i := len(shared) - 1; i >= 0; i-- {
		needed := false
		for _, declared := range luaDeclared.FindAllStringSubmatch(shared[i], -1) {
			for name := range strings.SplitSeq(declared[1], ",") {
				needed = needed || used[strings.TrimSpace(name)]
			}
		}
		if needed {
			use(shared[i])
			source = shared[i] + "\n\n" + source
		}
	}
	return source
}

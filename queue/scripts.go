package queue

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua lua/prelude/*.lua
var luaFiles embed.FS

// prelude stands before every act, in this order: a file uses those before it. The
// last three files are one function each, which an act calls to make what it needs:
// Redis makes the functions of a script each time it runs.
var prelude = []string{"act", "ticket", "autostop", "seats", "numbers", "surge"}

// standalone are the scripts that are no act: they come without the prelude.
var standalone = []string{"snapshot", "limit"}

// script is one of lua/*.lua as Redis knows it.
type script struct {
	name string
	*redis.Script
}

// loadScripts reads the embedded Lua.
func loadScripts() (map[string]script, error) {
	var shared strings.Builder
	for _, name := range prelude {
		source, err := luaFiles.ReadFile(path.Join("lua", "prelude", name+".lua"))
		if err != nil {
			return nil, fmt.Errorf("embedded scripts: %w", err)
		}
		shared.Write(source)
	}
	files, err := luaFiles.ReadDir("lua")
	if err != nil {
		return nil, fmt.Errorf("embedded scripts: %w", err)
	}
	scripts := map[string]script{}
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), ".lua")
		if !ok {
			continue
		}
		source, err := luaFiles.ReadFile(path.Join("lua", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("embedded scripts: %w", err)
		}
		if slices.Contains(standalone, name) {
			scripts[name] = script{name, redis.NewScript(string(source))}
		} else {
			scripts[name] = script{name, redis.NewScript(shared.String() + string(source))}
		}
	}
	return scripts, nil
}

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

// prelude stands before every act, in this order: a file uses those before it. Redis
// makes the functions of a script each time the script runs. So seats, numbers and
// surge are one function each, which an act calls to make the others.
var prelude = []string{"act", "ticket", "autostop", "seats", "numbers", "surge", "change"}

// without are the files of the prelude that a script does not get. snapshot and limit
// are no acts; issue changes no ticket, and bounds how many are issued in a second.
var without = map[string][]string{"snapshot": prelude, "limit": prelude, "issue": {"change"}}

// script is one of lua/*.lua as Redis knows it.
type script struct {
	name string
	*redis.Script
}

// loadScripts reads the embedded Lua.
func loadScripts() (map[string]script, error) {
	files, err := luaFiles.ReadDir("lua")
	if err != nil {
		return nil, fmt.Errorf("embedded scripts: %w", err)
	}
	scripts := map[string]script{}
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), ".lua")
		if !ok {
			continue // the folder of the prelude
		}
		parts := []string{}
		for _, part := range prelude {
			if !slices.Contains(without[name], part) {
				parts = append(parts, path.Join("lua", "prelude", part+".lua"))
			}
		}
		var source []byte
		for _, part := range append(parts, path.Join("lua", f.Name())) {
			text, err := luaFiles.ReadFile(part)
			if err != nil {
				return nil, fmt.Errorf("embedded scripts: %w", err)
			}
			source = append(source, text...)
		}
		scripts[name] = script{name, redis.NewScript(string(source))}
	}
	return scripts, nil
}

package queue

import (
	"embed"
	"fmt"
	"path"
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

// loadScripts reads the embedded Lua: _act.lua stands before every script that
// writes, and snapshot.lua alone.
func loadScripts() (map[string]script, error) {
	prelude, err := luaFiles.ReadFile("lua/_act.lua")
	if err != nil {
		return nil, fmt.Errorf("embedded scripts: %w", err)
	}
	files, err := luaFiles.ReadDir("lua")
	if err != nil {
		return nil, fmt.Errorf("embedded scripts: %w", err)
	}
	scripts := map[string]script{}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".lua")
		if name == "_act" {
			continue
		}
		source, err := luaFiles.ReadFile(path.Join("lua", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("embedded scripts: %w", err)
		}
		if name != "snapshot" {
			source = append(append([]byte{}, prelude...), source...)
		}
		scripts[name] = script{name, redis.NewScript(string(source))}
	}
	return scripts, nil
}

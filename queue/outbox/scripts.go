package outbox

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var luaFiles embed.FS

// plain are the scripts that common.lua does not stand before.
var plain = []string{"own", "follow", "proof", "news"}

// loadScripts reads the embedded Lua. common.lua stands before the scripts that are not
// plain.
func loadScripts() map[string]*redis.Script {
	files, err := luaFiles.ReadDir("lua")
	if err != nil {
		panic(err) // the files are in the program
	}
	read := func(name string) string {
		text, err := luaFiles.ReadFile("lua/" + name)
		if err != nil {
			panic(err)
		}
		return string(text)
	}
	common, scripts := read("common.lua"), map[string]*redis.Script{}
	for _, f := range files {
		switch name := strings.TrimSuffix(f.Name(), ".lua"); {
		case name == "common":
		case slices.Contains(plain, name):
			scripts[name] = redis.NewScript(read(f.Name()))
		default:
			scripts[name] = redis.NewScript(common + read(f.Name()))
		}
	}
	return scripts
}

// run sends a script, and returns its reply as a list.
func (s *Store) run(ctx context.Context, name string, keys []string, args ...any) ([]any, error) {
	return listOf(name, s.scripts[name].Run(ctx, s.rdb, keys, args...))
}

// read sends a script that changes nothing, and returns its reply as a list.
func (s *Store) read(ctx context.Context, name string, keys []string, args ...any) ([]any, error) {
	return listOf(name, s.scripts[name].RunRO(ctx, s.rdb, keys, args...))
}

func listOf(name string, answer *redis.Cmd) ([]any, error) {
	reply, err := answer.Slice()
	if err != nil {
		return nil, fmt.Errorf("outbox: script %s: %w", name, err)
	}
	return reply, nil
}

func text(reply []any, i int) string {
	if i >= len(reply) {
		return ""
	}
	t, _ := reply[i].(string)
	return t
}

func number(reply []any, i int) int64 {
	if i >= len(reply) {
		return 0
	}
	n, _ := reply[i].(int64)
	return n
}

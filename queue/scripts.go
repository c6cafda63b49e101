package queue

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

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

// run sends one script that needs no replica, and times it.
func (s *Store) run(ctx context.Context, name string, keys []string, argv []any) ([]any, error) {
	reply, _, err := s.runConfirmed(ctx, name, keys, argv, 0)
	return reply, err
}

// runConfirmed sends one script, times it with its confirmation, and reports
// whether that many replicas have what it wrote.
func (s *Store) runConfirmed(ctx context.Context, name string, keys []string, argv []any, replicas int) (reply []any, confirmed bool, err error) {
	start := time.Now()
	reply, confirmed, err = s.send(ctx, s.scripts[name], keys, argv, replicas)
	word := "error"
	switch {
	case err != nil:
	case len(reply) == 0:
		err = errors.New("empty reply")
	case confirmed:
		word, _ = reply[0].(string)
	default:
		word = "unconfirmed"
	}
	s.seconds.WithLabelValues(name, word).Observe(time.Since(start).Seconds())
	if err != nil {
		return nil, false, fmt.Errorf("script %s: %w", name, err)
	}
	return reply, confirmed, nil
}

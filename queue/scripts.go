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

// noActs are the scripts without a prelude: they do not change the line.
var noActs = []string{"snapshot", "limit", "persons", "erase"}

// script is one of lua/*.lua as Redis knows it.
type script struct {
	name string
	*redis.Script
}

// loadScripts reads the embedded Lua.
//
// Redis makes the functions of a script each time it runs. So each act has only those
// that it uses: with all of the prelude it takes a twelfth more time.
func loadScripts() (map[string]script, error) {
	blocks, err := readPrelude()
	if err != nil {
		return nil, err
	}
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
		text, err := luaFiles.ReadFile(path.Join("lua", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("embedded scripts: %w", err)
		}
		source := string(text)
		if !slices.Contains(noActs, name) {
			source = withPrelude(blocks, source)
		}
		scripts[name] = script{name, redis.NewScript(source)}
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

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

// A block of a script that few acts come to is marked in its first line.
const (
	seldom    = "  -- (shared)\n"
	blockEnds = "\nend\n"
)

// withShared puts before a script the shared paragraphs that declare a name it
// uses, or that one of those uses; those that only a block marked [seldom] uses,
// into that block. Each function that Redis makes for nothing costs every act a
// part of a microsecond.
func withShared(shared []paragraph, source string) string {
	plain, rest, ok := strings.Cut(source, seldom)
	if !ok {
		before, _ := wanted(shared, source)
		return before + source
	}
	block, after, _ := strings.Cut(rest, blockEnds)
	before, used := wanted(shared, plain+after)
	inside, _ := wanted(slices.DeleteFunc(slices.Clone(shared), func(p paragraph) bool { return p.declaresOneOf(used) }), block)
	return before + plain + inside + block + blockEnds + after
}

// wanted are the paragraphs that a source uses, itself or through another, and
// every name that is used then. Going backwards is enough: a paragraph uses only
// what stands before it.
func wanted(shared []paragraph, source string) (paragraphs string, used map[string]bool) {
	used = namesIn(source)
	for _, p := range slices.Backward(shared) {
		if p.declaresOneOf(used) {
			maps.Copy(used, p.uses)
			paragraphs = p.source + "\n\n" + paragraphs
		}
	}
	return paragraphs, used
}

func (p paragraph) declaresOneOf(names map[string]bool) bool {
	return slices.ContainsFunc(p.declares, func(name string) bool { return names[name] })
}

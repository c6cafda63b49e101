package queue

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// prelude are the files that stand before an act, in this order: a file uses those
// before it. [withPrelude] leaves out the functions that an act does not need.
var prelude = []string{"act", "ticket", "autostop", "seats", "numbers", "surge", "change"}

// luaBlock is a part of the Lua that stands before every act: a function, or the text
// between two functions.
type luaBlock struct {
	function string // its name; "": the text between two functions, which every act has
	text     string
}

// readPrelude returns the blocks of all files of the prelude.
func readPrelude() ([]luaBlock, error) {
	var blocks []luaBlock
	for _, name := range prelude {
		text, err := luaFiles.ReadFile(path.Join("lua", "prelude", name+".lua"))
		if err != nil {
			return nil, fmt.Errorf("embedded scripts: %w", err)
		}
		blocks = append(blocks, luaBlocks(string(text))...)
	}
	return blocks, nil
}

// luaFunction matches a local function that begins and ends at the start of a line, or
// is one line.
var luaFunction = regexp.MustCompile(`(?m)^local function (\w+)(?:\(.*\) .* end(?: --.*)?\n|\((?:.*\n)+?end(?: --.*)?\n)`)

// luaBlocks returns the functions of a file, and the text between them, in their order.
func luaBlocks(file string) []luaBlock {
	var blocks []luaBlock
	rest := 0
	for _, at := range luaFunction.FindAllStringSubmatchIndex(file, -1) {
		blocks = append(blocks, luaBlock{"", file[rest:at[0]]}, luaBlock{file[at[2]:at[3]], file[at[0]:at[1]]})
		rest = at[1]
	}
	return append(blocks, luaBlock{"", file[rest:]})
}

// luaWord matches a word of Lua, or what has no name of a function: a text, a comment, a
// field.
var luaWord = regexp.MustCompile(`'(?:[^'\\\n]|\\.)*'|--.*|\.\w+|\w+`)

// withPrelude returns a script behind the blocks that it needs: the texts, and the
// functions that it or these name. A name in another sense costs no more than a
// function that is not used.
func withPrelude(blocks []luaBlock, script string) string {
	needed := map[string]bool{}
	name := func(text string) {
		for _, word := range luaWord.FindAllString(text, -1) {
			needed[word] = true
		}
	}
	name(script)
	var parts []string
	for _, b := range slices.Backward(blocks) { // a function stands behind those that it uses
		if b.function == "" || needed[b.function] {
			name(b.text)
			parts = append(parts, b.text)
		}
	}
	slices.Reverse(parts)
	return strings.Join(parts, "") + script
}

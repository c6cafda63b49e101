package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// phrases maps the phrases that the project does not use to their replacements. Each
// is a word, or words, in any case; a name such as knockTwice contains knock.
var phrases = []struct{ phrase, instead string }{
	{"whoever", `"clients that …", "patients who …"`},
	{"manieth", `"every Nth"`},
	{`\banew\b`, `"again"`},
	{"is none of", `"is not one of"`},
	{"is none that", `"unknown …"`},
	{"none that", `"no … that"`},
	{"the own account", `"your own account"`},
	{"household", "clientPrefix, or the address range"},
	{"knock", "handshake"},
	{"ErrEager", "ErrHandshakeRate"},
	{"acts of today", `"today's activity"`},
	{"the press before", `"your last action"`},
	{"places of the web", `"online places"`},
}

// worded are the kinds of files whose texts are checked. Of the pages' texts it is
// the English ones.
var worded = []string{".go", ".ts", ".js", ".mjs", ".lua", ".css", ".html", ".yaml", ".md"}

// skippedFolders have texts that are generated, or written by others.
var skippedFolders = []string{".git", "testdata", "vendor", "dist", "node_modules", "pictures"}

// wordsIn returns a line for each of the phrases in a text.
func wordsIn(text string) (found []string) {
	for _, p := range phrases {
		word := regexp.MustCompile(`(?i)` + p.phrase)
		for _, at := range word.FindAllStringIndex(text, -1) {
			line, _, _ := strings.Cut(text[strings.LastIndexByte(text[:at[0]], '\n')+1:], "\n")
			found = append(found, text[at[0]:at[1]]+": write "+p.instead+" in: "+strings.TrimSpace(line))
		}
	}
	return found
}

// TestWords holds comments, names, errors and the English texts of the pages to plain
// technical English.
func TestWords(t *testing.T) {
	t.Parallel()
	if found := wordsIn("// Whoever watches\n// starts anew.\n"); len(found) != 2 {
		t.Errorf("the check finds %q", found)
	}
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(skippedFolders, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		name := d.Name()
		if name == "words_test.go" && filepath.Dir(path) == filepath.Join(root, "cmd", "junban") || !slices.Contains(worded, filepath.Ext(name)) && name != "en.json" && name != "Makefile" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, found := range wordsIn(string(text)) {
			rel, _ := filepath.Rel(root, path)
			t.Errorf("%s: %s", rel, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 400 {
		t.Errorf("only %d files were read", files)
	}
}

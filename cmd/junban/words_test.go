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

// phrases lists phrases that the project does not use, with replacements. Each
// is matched in any case, also within names such as knockTwice.
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
	{`\bso many\b`, `"N", or "this many"`},
	{`\bseldom\b`, `"rarely"`},
	{"askJSON", "issueRequest"},
	{"ErrCrowded", "ErrTooManyWatchers"},
}

// worded lists the types of files that are checked. Of the locale files, only
// the English one is.
var worded = []string{".go", ".ts", ".js", ".mjs", ".lua", ".css", ".html", ".yaml", ".md"}

// skippedFolders contain generated or third-party texts.
var skippedFolders = []string{".git", "testdata", "vendor", "dist", "node_modules", "pictures"}

// wordsIn returns a line for each phrase in a text.
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

// eachFile calls read with the path of every file below root, outside skippedFolders.
func eachFile(t *testing.T, root string, read func(path string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(skippedFolders, d.Name()):
			return filepath.SkipDir
		case !d.IsDir():
			read(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWords checks the comments, names, errors and English texts for these
// phrases.
func TestWords(t *testing.T) {
	t.Parallel()
	if found := wordsIn("// Whoever watches\n// starts anew.\n"); len(found) != 2 {
		t.Errorf("found %q, want two phrases", found)
	}
	root := filepath.Join("..", "..")
	files := 0
	eachFile(t, root, func(path string) {
		name := filepath.Base(path)
		if name == "words_test.go" && filepath.Dir(path) == filepath.Join(root, "cmd", "junban") || !slices.Contains(worded, filepath.Ext(name)) && name != "en.json" && name != "Makefile" {
			return
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files++
		for _, found := range wordsIn(string(text)) {
			rel, _ := filepath.Rel(root, path)
			t.Errorf("%s: %s", rel, found)
		}
	})
	if files < 400 {
		t.Errorf("only %d files were read", files)
	}
}

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestContributing_PathsExist checks that every path in CONTRIBUTING.md exists,
// and that README.md links to it.
func TestContributing_PathsExist(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "(CONTRIBUTING.md)") {
		t.Error("README.md has no link to CONTRIBUTING.md")
	}
	paths := 0
	for _, m := range regexp.MustCompile("`(?:\\./)?((?:[\\w.-]+/)+[\\w.-]+|[\\w-]+\\.md|[\\w-]+\\.json)`").FindAllStringSubmatch(string(text), -1) {
		path := m[1]
		if path == "queue/lua/NAME.lua" { // a placeholder
			continue
		}
		if !strings.Contains(path, "/") && strings.HasSuffix(path, ".json") {
			path = "static/src/locale/" + path
		}
		paths++
		if _, err := os.Stat(filepath.Join(root, path)); errors.Is(err, fs.ErrNotExist) {
			t.Errorf("CONTRIBUTING.md names %s, which does not exist", path)
		} else if err != nil {
			t.Error(err)
		}
	}
	if paths < 40 {
		t.Errorf("only %d paths were found", paths)
	}
}

// TestContributing_CountsTheFilesOfASetting compares the number in the worked example
// with its table. It compares the table with the sources that name the setting.
func TestContributing_CountsTheFilesOfASetting(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, example, ok := strings.Cut(string(text), "## Worked example")
	if !ok {
		t.Fatal("CONTRIBUTING.md has no worked example")
	}
	table := regexp.MustCompile(`(?m)^\| .+ \| .+ \|$`).FindAllString(example[:strings.Index(example, "## Words")], -1)
	files := map[string]bool{}
	for _, row := range table {
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row, -1) {
			files[m[1]] = true
		}
	}
	count := regexp.MustCompile(`touches (\d+) files`).FindStringSubmatch(example)
	if count == nil || count[1] != strconv.Itoa(len(files)) {
		t.Errorf("the example has the number %v, its table %d files", count, len(files))
	}
	for _, folder := range []string{"queue/clinic", "api", "static/src/office", "static/src/locale", "cmd/junban/internal/clinicfile"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			if regexp.MustCompile(`\b[aA]utoPause\b`).Match(source) && !files[filepath.ToSlash(rel)] {
				t.Errorf("%s names autoPause and is not in the table of CONTRIBUTING.md", rel)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
		if strings.Contains(path, "NAME") { // a placeholder
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

// TestContributing_IdentifiersExist checks that every identifier in CONTRIBUTING.md is in
// a file or folder that its list item names. If the item names none, it is in any file.
func TestContributing_IdentifiersExist(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, item := range regexp.MustCompile(`\n(?:\n|\d\. |\| )`).Split(string(text), -1) {
		var places, names []string
		for _, m := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(item, -1) {
			name := m[1]
			switch {
			case strings.ContainsAny(name, " ") || strings.Contains(name, "NAME") || strings.HasSuffix(name, ".md"): // a command, a placeholder, a text
			case strings.HasSuffix(name, ".json") && !strings.Contains(name, "/"):
				places = append(places, "static/src/locale/"+name)
			case strings.ContainsAny(name, "/"):
				places = append(places, name)
			case regexp.MustCompile(`^[A-Za-z]+(\.[A-Za-z]+)?$`).MatchString(name):
				names = append(names, name[strings.Index(name, ".")+1:])
			}
		}
		for _, name := range names {
			checked++
			if !namedIn(t, root, places, name) {
				t.Errorf("CONTRIBUTING.md names %s, which is not in %q", name, places)
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d identifiers were found", checked)
	}
}

// namedIn reports whether a source or text has a word. It looks in these files and
// folders, or in all sources if there are none.
func namedIn(t *testing.T, root string, places []string, name string) (found bool) {
	t.Helper()
	word := regexp.MustCompile(`\b` + name + `\b`)
	if len(places) == 0 {
		places = []string{"account", "api", "cmd", "device", "hub", "internal", "loadtest", "queue", "static"}
	}
	for _, place := range places {
		eachFile(t, filepath.Join(root, place), func(path string) {
			if found || filepath.Base(path) == "contributing_test.go" || !slices.Contains([]string{".go", ".ts", ".lua", ".html", ".json", ".yaml", ".md"}, filepath.Ext(path)) {
				return
			}
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			found = word.Match(source)
		})
	}
	return found
}

// TestContributing_CountsTheFilesOfASetting compares the number in the worked
// example with its table, and the table with the sources that name the setting.
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

package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// goldens has the expected layouts and those of this run, by story, language
// and width. A name that ends in "dark" has the styles of both colour schemes.
type goldens struct {
	folder string
	was    map[string]layout
	mu     sync.Mutex
	is     map[string]layout
}

// readGoldens reads the expected layouts from a folder.
func readGoldens(t *testing.T, folder string) *goldens {
	t.Helper()
	a := &goldens{folder: folder, was: map[string]layout{}, is: map[string]layout{}}
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string][]string{}
		for text := range strings.SplitSeq(strings.TrimPrefix(string(content), heading), "\n"+heading) {
			title, text, _ := strings.Cut(text, "\n")
			name, other, _ := strings.Cut(title, like)
			lines, err := lengthen(strings.Split(strings.TrimSuffix(text, "\n"), "\n"), known[other])
			if err == nil {
				a.was[name], err = parseLayout(lines, strings.HasSuffix(name, dark))
			}
			if err != nil {
				t.Fatalf("%s: %s: %v", file, name, err)
			}
			known[name] = lines
		}
	}
	return a
}

const dark = " dark"

// put records a layout of this run and returns its differences from the
// expected one. Without differences beyond the tolerance, the expected layout
// is kept, so that small changes do not add up.
func (a *goldens) put(name string, l layout) (changes []string) {
	was, known := a.was[name]
	if known {
		changes = was.changes(l)
	} else {
		changes = []string{"there is no expected layout: run with -update"}
	}
	if len(changes) == 0 {
		l = was
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.is[name] = l
	return changes
}

// rename renames a layout of this run.
func (a *goldens) rename(from, to string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.is[from]
	delete(a.is, from)
	delete(a.was, from)
	a.is[to] = l
}

// write writes the layouts of this run as the expected ones. With -story, it
// keeps those of the other stories.
func (a *goldens) write(t *testing.T) {
	t.Helper()
	if *only != "" {
		maps.Copy(a.was, a.is)
		a.is = a.was
	}
	files := map[string]string{}
	above := map[string][]block{}
	for _, name := range slices.Sorted(maps.Keys(a.is)) {
		group := name[:strings.IndexAny(name, "- ")]
		lines := a.is[name].lines()
		other := nearest(lines, name, above[group])
		title := name
		if other.name != "" {
			title += like + other.name
		}
		files[group] += heading + title + "\n" + strings.Join(shorten(lines, other.lines), "\n") + "\n"
		above[group] = append(above[group], block{name, lines})
	}
	if err := os.RemoveAll(a.folder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(a.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for group, text := range files {
		if err := os.WriteFile(filepath.Join(a.folder, group+".txt"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

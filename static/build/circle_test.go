package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// importLine is the file that a TypeScript file imports, types included.
var importLine = regexp.MustCompile(`(?m)^(?:import|export)\b[^;"]*\bfrom "(\.[^"]+\.ts)";`)

// TestSources_HaveNoImportCircle follows the imports among the pages' files: none
// leads back to where it began.
func TestSources_HaveNoImportCircle(t *testing.T) {
	t.Parallel()
	imports := importsOfSources(t)
	if circle := circleIn(imports); circle != nil {
		t.Errorf("files import each other: %s", strings.Join(circle, " -> "))
	}
	if len(imports) < 50 || len(imports["staff/staff.ts"]) < 10 {
		t.Errorf("%d files were read", len(imports))
	}
	if circle := circleIn(map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"b"}}); !slices.Equal(circle, []string{"b", "c", "b"}) {
		t.Errorf("the circle of b and c is found as %v", circle)
	}
}

// TestSources_DeskAndOfficeAreApart holds the two parts of the staff page to what they
// share, which is in staff. Only the page itself has both.
func TestSources_DeskAndOfficeAreApart(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for file, targets := range importsOfSources(t) {
		for _, target := range targets {
			from, to := path.Dir(file), path.Dir(target)
			part := to == "desk" || to == "office"
			if part {
				seen[from+" "+to]++
			}
			if part && from != to && file != "staff/staff.ts" {
				t.Errorf("%s imports %s", file, target)
			}
		}
	}
	for _, arrow := range []string{"staff desk", "staff office", "desk desk", "office office"} {
		if seen[arrow] < 3 {
			t.Errorf("only %d imports %s were read", seen[arrow], arrow)
		}
	}
}

// importsOfSources returns the files that each TypeScript file of src imports.
func importsOfSources(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	err := walk(os.DirFS(filepath.Join(root, "src")), func(name string, content []byte) {
		if !strings.HasSuffix(name, ".ts") {
			return
		}
		imports[name] = nil
		for _, m := range importLine.FindAllStringSubmatch(string(content), -1) {
			imports[name] = append(imports[name], path.Join(path.Dir(name), m[1]))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}

// circleIn returns a circle of imports, from a file back to it, or nil.
func circleIn(imports map[string][]string) []string {
	done := map[string]bool{}
	var trail []string
	var visit func(file string) []string
	visit = func(file string) []string {
		if i := slices.Index(trail, file); i >= 0 {
			return append(slices.Clone(trail[i:]), file)
		}
		if done[file] {
			return nil
		}
		done[file] = true
		trail = append(trail, file)
		defer func() { trail = trail[:len(trail)-1] }()
		for _, next := range imports[file] {
			if circle := visit(next); circle != nil {
				return circle
			}
		}
		return nil
	}
	files := make([]string, 0, len(imports))
	for file := range imports {
		files = append(files, file)
	}
	slices.Sort(files)
	for _, file := range files {
		if circle := visit(file); circle != nil {
			return circle
		}
	}
	return nil
}

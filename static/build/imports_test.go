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

// importLine matches an import in a TypeScript file, including imports of
// types.
var importLine = regexp.MustCompile(`(?m)^(?:import|export)\b[^;"]*\bfrom "(\.[^"]+\.ts)";`)

// TestSources_HaveNoImportCycle checks that the imports of the pages' files
// have no cycle.
func TestSources_HaveNoImportCycle(t *testing.T) {
	t.Parallel()
	imports := importsOfSources(t)
	if cycle := findCycle(imports); cycle != nil {
		t.Errorf("files import each other: %s", strings.Join(cycle, " -> "))
	}
	if len(imports) < 50 || len(imports["staff/staff.ts"]) < 10 {
		t.Errorf("only %d files were found", len(imports))
	}
	if cycle := findCycle(map[string][]string{"a": {"b"}, "b": {"c"}, "c": {"b"}}); !slices.Equal(cycle, []string{"b", "c", "b"}) {
		t.Errorf("the cycle of b and c is found as %v", cycle)
	}
}

// TestSources_DeskAndOfficeAreApart checks that the desk and the office import
// only each their own files and the shared ones in staff. Only the page itself
// imports both.
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
			if part && from != to && file != "staff/staff.ts" && !(from == "books" && to == "desk") { // a booking's forms
				t.Errorf("%s imports %s", file, target)
			}
		}
	}
	for _, arrow := range []string{"staff desk", "staff office", "desk desk", "office office"} {
		if seen[arrow] < 3 {
			t.Errorf("only %d imports %s were found", seen[arrow], arrow)
		}
	}
}

// importsOfSources returns the imports of each TypeScript file in src.
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

// findCycle returns a cycle of imports, from a file back to it, or nil.
func findCycle(imports map[string][]string) []string {
	done := map[string]bool{}
	var stack []string
	var visit func(file string) []string
	visit = func(file string) []string {
		if i := slices.Index(stack, file); i >= 0 {
			return append(slices.Clone(stack[i:]), file)
		}
		if done[file] {
			return nil
		}
		done[file] = true
		stack = append(stack, file)
		defer func() { stack = stack[:len(stack)-1] }()
		for _, next := range imports[file] {
			if cycle := visit(next); cycle != nil {
				return cycle
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
		if cycle := visit(file); cycle != nil {
			return cycle
		}
	}
	return nil
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A comment cites a rule as "(A15)", "(B02 to B04)", "(人 or 組, A04)" or "domain §5.4".
var (
	commentLine = regexp.MustCompile(`(?m)(?:^|\s)(?://|--|/?\*+)[ \t](.*)$`)
	inBrackets  = regexp.MustCompile(`\([^()]*\)`)
	citedID     = regexp.MustCompile(`\b[A-Z][0-9]{1,2}\b`)
	citedPart   = regexp.MustCompile(`\b(?:domain|design) §[0-9]+(?:\.[0-9]+)?(?: point [0-9]+)?`)
)

// sourcesCited returns the ids of rules that the comments of a file cite.
func sourcesCited(file string) (ids []string) {
	var comments strings.Builder
	for _, line := range commentLine.FindAllStringSubmatch(file, -1) {
		comments.WriteString(line[1] + " ")
	}
	ids = citedPart.FindAllString(comments.String(), -1)
	for _, brackets := range inBrackets.FindAllString(comments.String(), -1) {
		ids = append(ids, citedID.FindAllString(brackets, -1)...)
	}
	return ids
}

// TestSources compares the ids in queue/SOURCES.md with those that comments cite.
func TestSources(t *testing.T) {
	t.Parallel()
	if got := sourcesCited("x := 1 // A rule (組,\n\t// A04), see domain\n// §5.4 and (B02 to B04).\n"); !slices.Equal(got, []string{"domain §5.4", "A04", "B02", "B04"}) {
		t.Errorf("found %q", got)
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "queue", "SOURCES.md"))
	if err != nil {
		t.Fatal(err)
	}
	uncited := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| ([A-Z]\d\d|domain §[^|]+?) \|`).FindAllStringSubmatch(string(text), -1) {
		uncited[row[1]] = true
	}
	known := len(uncited)
	if known < 30 {
		t.Fatalf("SOURCES.md has %d ids", known)
	}
	listed := func(id string) bool { return strings.Contains(string(text), "\n| "+id+" |") }
	eachFile(t, filepath.Join("..", ".."), func(path string) {
		if filepath.Base(path) == "sources_test.go" || !slices.Contains([]string{".go", ".ts", ".lua"}, filepath.Ext(path)) {
			return
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range sourcesCited(string(file)) {
			delete(uncited, id)
			if !listed(id) {
				t.Errorf("%s cites %s, which queue/SOURCES.md does not have", path, id)
			}
		}
	})
	for id := range uncited {
		t.Errorf("no comment cites %s of queue/SOURCES.md", id)
	}
}

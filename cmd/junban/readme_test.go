package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadme_FlagTableMatchesHelp compares the table of flags in README.md with
// --help, cell by cell.
func TestReadme_FlagTableMatchesHelp(t *testing.T) {
	t.Parallel()
	var help strings.Builder
	if code := run(t.Context(), []string{"--help"}, func(string) string { return "" }, strings.NewReader(""), &help, os.Stderr); code != 0 {
		t.Fatalf("--help exits with %d", code)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := func(pattern, text string, cells ...int) (rows [][]string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			var row []string
			for _, i := range cells {
				row = append(row, m[i])
			}
			rows = append(rows, row)
		}
		slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		return rows
	}
	want := rows(`(?m)^  (--\S+(?: [A-Z]+)?)   (.+) \(default (.+); (JUNBAN_\w+)\)$`, help.String(), 1, 4, 3, 2)
	got := rows("(?m)^\\| `(--[^`]+)` \\| `(\\w+)` \\| `([^`]+)` \\| (.+) \\|$", string(readme), 1, 2, 3, 4)
	if len(want) < 5 {
		t.Fatalf("--help shows %d flags:\n%s", len(want), help.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md differs from --help (-help +README):\n%s", diff)
	}
}

// TestReadme_ReasonsOfLimitsExist looks up each reason in the table of limits
// in the sources of the package that counts it.
func TestReadme_ReasonsOfLimitsExist(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	source := map[string][]string{
		"hub": {"../../hub/metrics.go"}, "closed": {"../../hub/metrics.go", "../../hub/internal/socket/conn.go"}, "http": {"../../api/problem/problem.go"},
	}
	rows := regexp.MustCompile(`(?m)^\| .+ \| .+ \| ((?:hub|closed|http) `+"`"+`.+) \|$`).FindAllStringSubmatch(string(readme), -1)
	if len(rows) < 10 {
		t.Fatalf("the table has %d rows", len(rows))
	}
	for _, row := range rows {
		metric := ""
		for _, word := range regexp.MustCompile("[a-z_`]+").FindAllString(row[1], -1) {
			reason := strings.Trim(word, "`")
			if reason == word {
				metric = word
				continue
			}
			if !slices.ContainsFunc(source[metric], func(file string) bool {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				return strings.Contains(string(text), `"`+reason+`"`)
			}) {
				t.Errorf("nothing is counted as %s %s", metric, reason)
			}
		}
	}
}

// TestReadme_ShowsTheTestedNginxFile compares README.md with the configuration
// that the tests run.
func TestReadme_ShowsTheTestedNginxFile(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("proxy/nginx.conf")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```nginx\n"+string(file)+"```\n") {
		t.Error("README.md does not show proxy/nginx.conf")
	}
}

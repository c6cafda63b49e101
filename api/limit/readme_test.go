package limit

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"junban/api/problem"
)

// readmeRow is a limit as README.md has it.
func readmeRow(l *Limit) string {
	of, where := "", "each node"
	if l.perClinic {
		of = ", of each clinic"
	}
	if l.cluster {
		where = "all nodes"
	}
	var sizes []string
	for _, s := range []struct {
		name string
		rate
	}{{"IPv4 address", l.IPv4}, {"IPv6 /64", l.Net64}, {"/56", l.Net56}, {"/48", l.Net48}, {"any address", l.Whole}} {
		if s.Burst > 0 {
			sizes = append(sizes, fmt.Sprintf("%s %d, 1 in %s", s.name, s.Burst, readmeTime(s.Every)))
		}
	}
	return fmt.Sprintf("| `%s`: %s%s (%s): %s | %d `%s` | http `%s` |", l.name, l.counts, of, where, strings.Join(sizes, "; "), problem.Table[l.code].Status, l.code, l.code)
}

// readmeTime writes a time in the largest unit that needs no fraction.
func readmeTime(d time.Duration) string {
	switch {
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%g s", d.Seconds())
}

// TestReadme_HasTheTableOfLimits holds README's rows of token buckets to the table
// of limits, in its order.
func TestReadme_HasTheTableOfLimits(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, l := range table {
		want = append(want, readmeRow(l))
	}
	got := regexp.MustCompile("(?m)^\\| `[a-z-]+`: .*, 1 in .*$").FindAllString(string(readme), -1)
	if !slices.Equal(got, want) {
		t.Errorf("README.md has other limits than the program, which has\n%s", strings.Join(want, "\n"))
	}
}

package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// metricsSource returns all sources that may define metrics.
func metricsSource(t *testing.T) string {
	t.Helper()
	var source strings.Builder
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == "loadtest" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		source.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return source.String()
}

// TestMonitoring_NamesExistingMetrics checks that the dashboard and the alert
// rules use only metrics of the program.
func TestMonitoring_NamesExistingMetrics(t *testing.T) {
	t.Parallel()
	source := metricsSource(t)
	for name, read := range map[string]func([]byte, any) error{"grafana.json": json.Unmarshal, "alerts.yaml": yaml.Unmarshal} {
		text, err := os.ReadFile(filepath.Join("monitoring", name))
		if err != nil {
			t.Fatal(err)
		}
		var whole map[string]any
		if err := read(text, &whole); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		metrics := regexp.MustCompile(`junban_[a-z_]+`).FindAllString(string(text), -1)
		if len(metrics) < 5 {
			t.Errorf("%s names %d metrics", name, len(metrics))
		}
		for _, m := range metrics {
			if !strings.Contains(source, `"`+strings.TrimSuffix(strings.TrimSuffix(m, "_bucket"), "_count")+`"`) {
				t.Errorf("%s uses %s, which does not exist", name, m)
			}
		}
	}
}

// TestMonitoring_ShowsWhatAlerts checks that the dashboard has each metric of an alert.
func TestMonitoring_ShowsWhatAlerts(t *testing.T) {
	t.Parallel()
	read := func(name string) []string {
		text, err := os.ReadFile(filepath.Join("monitoring", name))
		if err != nil {
			t.Fatal(err)
		}
		all := regexp.MustCompile(`junban_[a-z_]+`).FindAllString(string(text), -1)
		for i, m := range all {
			all[i] = strings.TrimSuffix(strings.TrimSuffix(m, "_bucket"), "_count")
		}
		return all
	}
	shown := read("grafana.json")
	for _, m := range read("alerts.yaml") {
		if !slices.Contains(shown, m) {
			t.Errorf("an alert uses %s, and the dashboard does not show it", m)
		}
	}
}

// TestMonitoring_ShowsRefusalsByLimit checks the expressions about limits:
// their labels and the names of limits exist.
func TestMonitoring_ShowsRefusalsByLimit(t *testing.T) {
	t.Parallel()
	source := metricsSource(t)
	const metric = "junban_limit_refused_total"
	made := regexp.MustCompile(`"` + metric + `"[^{}]*\}, \[\]string\{([^}]*)\}`).FindStringSubmatch(source)
	if made == nil {
		t.Fatalf("the sources do not define %s", metric)
	}
	known := map[string]bool{"instance": true} // Prometheus adds it
	for label := range strings.SplitSeq(made[1], ",") {
		known[strings.Trim(label, ` "`)] = true
	}
	about := regexp.MustCompile(`by \(([^)]*)\) \(rate\(` + metric + `(?:\{([^}]*)\})?\[`)
	matcher := regexp.MustCompile(`(\w+)=~?\\?"([^"\\]*)\\?"`)
	for _, name := range []string{"grafana.json", "alerts.yaml"} {
		text, err := os.ReadFile(filepath.Join("monitoring", name))
		if err != nil {
			t.Fatal(err)
		}
		found := about.FindAllStringSubmatch(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s does not show %s", name, metric)
		}
		for _, f := range found {
			by := strings.Split(f[1], ", ")
			if !slices.Contains(by, "limit") {
				t.Errorf("%s does not group by limit: %s", name, f[0])
			}
			for _, m := range matcher.FindAllStringSubmatch(f[2], -1) {
				by = append(by, m[1])
				for value := range strings.SplitSeq(m[2], "|") {
					if m[1] == "limit" && !strings.Contains(source, `name: "`+value+`"`) {
						t.Errorf("%s names the limit %s, which does not exist", name, value)
					}
				}
			}
			for _, label := range by {
				if !known[label] {
					t.Errorf("%s uses the label %s, which %s does not have", name, label, metric)
				}
			}
		}
	}
}

package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestMonitoring_NamesOnlyMetricsThatThereAre holds the dashboard and the alert
// rules to the metrics in the source.
func TestMonitoring_NamesOnlyMetricsThatThereAre(t *testing.T) {
	t.Parallel()
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
			if !strings.Contains(source.String(), `"`+strings.TrimSuffix(strings.TrimSuffix(m, "_bucket"), "_count")+`"`) {
				t.Errorf("%s names %s, which nobody counts", name, m)
			}
		}
	}
}

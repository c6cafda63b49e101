package main

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// builtTokens returns the custom properties of a built stylesheet, by colour
// scheme.
func builtTokens(t *testing.T) map[string]map[string]string {
	t.Helper()
	built, err := bundle(root)
	if err != nil {
		t.Fatal(err)
	}
	var css string
	for name, content := range built {
		if strings.HasPrefix(name, "assets/index-") {
			css = string(content)
		}
	}
	dark := regexp.MustCompile(`@media\s*\(prefers-color-scheme:\s*dark\)\s*\{:root\{([^}]*)\}\}`)
	night := dark.FindStringSubmatch(css)
	if night == nil {
		t.Fatal("the stylesheet has no dark scheme")
	}
	before, _, _ := strings.Cut(css, "@media")
	property := regexp.MustCompile(`(--[a-z0-9-]+):\s*([^;}]+)`)
	schemes := map[string]map[string]string{"light": {}, "dark": {}}
	for _, p := range property.FindAllStringSubmatch(before, -1) {
		schemes["light"][p[1]], schemes["dark"][p[1]] = p[2], p[2]
	}
	for _, p := range property.FindAllStringSubmatch(night[1], -1) {
		schemes["dark"][p[1]] = p[2]
	}
	return schemes
}

// luminance returns the relative luminance of a token, as defined by WCAG.
func luminance(t *testing.T, tokens map[string]string, name string) float64 {
	t.Helper()
	value := strings.TrimSpace(tokens[name])
	for strings.HasPrefix(value, "var(") {
		value = strings.TrimSpace(tokens[strings.TrimSuffix(strings.TrimPrefix(value, "var("), ")")])
	}
	rgb, err := strconv.ParseUint(strings.TrimPrefix(value, "#"), 16, 32)
	if err != nil || len(value) != 7 {
		t.Fatalf("%s is %q, not a colour", name, value)
	}
	part := func(shift uint) float64 {
		c := float64(rgb>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

func TestTokens_HaveEnoughContrast(t *testing.T) {
	t.Parallel()
	pairs := map[string][]string{
		"--ink":       {"--paper", "--ground", "--accent-ground", "--warn", "--bad"},
		"--quiet":     {"--paper", "--ground", "--accent-ground", "--warn", "--bad"},
		"--edge":      {"--paper", "--ground"},
		"--accent":    {"--paper", "--ground", "--accent-ground"},
		"--on-accent": {"--accent"},
		"--good-ink":  {"--paper", "--ground"},
		"--warn-ink":  {"--warn", "--paper", "--ground"},
		"--bad-ink":   {"--bad", "--paper", "--ground"},
		"--focus":     {"--paper", "--ground", "--halo"},
	}
	for scheme, tokens := range builtTokens(t) {
		for ink, grounds := range pairs {
			for _, ground := range grounds {
				a, b := luminance(t, tokens, ink), luminance(t, tokens, ground)
				if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
					t.Errorf("%s: %s on %s is %.2f : 1", scheme, ink, ground, ratio)
				}
			}
		}
	}
}

func TestTokens_StylesHaveNoOtherColours(t *testing.T) {
	t.Parallel()
	colour := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(rgba?|hsla?)\(`)
	err := walk(os.DirFS(filepath.Join(root, "src")), func(name string, content []byte) {
		if !strings.HasSuffix(name, ".css") || name == "sample/sample.css" || name == "frame/frame.css" { // a partner's page, and the frame within it
			return
		}
		for line := range strings.SplitSeq(string(content), "\n") {
			if strings.HasPrefix(line, "#") { // a rule for an ID
				continue
			}
			if found := colour.FindString(line); found != "" {
				t.Errorf("src/%s has %s", name, found)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestResolve_InsertsTheAgencysValues(t *testing.T) {
	t.Parallel()
	agency := ":root {\n  --a: #111111;\n  --b: var(--a);\n  --c: #222222;\n}\n"
	css, err := resolve(agency, "@import \"agency.css\";\n:root {\n  --mine: var(--b);\n  --other: var(--mine);\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	if want := "\n:root {\n  --mine:#111111;\n  --other:var(--mine);\n}\n"; css != want {
		t.Errorf("resolved %q, want %q", css, want)
	}
	if _, err := resolve(agency, ":root {\n  --mine: var(--nobody);\n}\n"); err == nil {
		t.Error("an undeclared token was accepted")
	}
	if _, err := resolve(":root {\n  --a: var(--b);\n  --b: var(--a);\n}\n", ":root {\n  --mine: var(--a);\n}\n"); err == nil {
		t.Error("a cycle of tokens was accepted")
	}
}

// TestStyles_UseOnlyBuiltTokens checks that styles use only tokens that pages
// have. Browsers ignore unknown names silently.
func TestStyles_UseOnlyBuiltTokens(t *testing.T) {
	t.Parallel()
	tokens := builtTokens(t)["light"]
	sheets, err := filepath.Glob(filepath.Join(root, "src", "*", "*.css"))
	if err != nil || len(sheets) < 8 {
		t.Fatalf("the styles are %q, %v", sheets, err)
	}
	for _, sheet := range sheets {
		if strings.HasSuffix(sheet, "tokens.css") {
			continue
		}
		content, err := os.ReadFile(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, used := range regexp.MustCompile(`var\((--[a-z0-9-]+)`).FindAllStringSubmatch(string(content), -1) {
			if tokens[used[1]] == "" && !strings.Contains(string(content), used[1]+":") {
				t.Errorf("%s uses %s, which no page has", sheet, used[1])
			}
		}
	}
}

package main

import (
	"strings"
	"testing"
)

func TestInsertTexts_ReplacesNamedGroups(t *testing.T) {
	t.Parallel()
	whole := locale{"unit": {"n": "{n} groups"}, "problem": {"a": "A"}, "mishap": {"b": "B"}}
	source := "import { mishap, problem, unit } from \"../locale/ja.json\";\n\nconst texts = { problem: { ...problem, ...mishap }, unit };\n\npublish(texts);\n"
	want := "const texts = { problem: { ...{\"a\":\"A\"}, ...{\"b\":\"B\"} }, unit: {\"n\":\"{n} groups\"} };\n\npublish(texts);"
	if got, err := insertTexts(source, whole); err != nil || strings.TrimSpace(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for name, wrong := range map[string]string{
		"no import":   "const texts = { unit };",
		"no object":   "import { unit } from \"../locale/ja.json\";",
		"no sentence": strings.ReplaceAll(source, "unit", "units"),
	} {
		if got, err := insertTexts(wrong, whole); err == nil {
			t.Errorf("%s: got %q, want an error", name, got)
		}
	}
}

package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

func TestOver_KeepsTheFormsOfALanguage(t *testing.T) {
	t.Parallel()
	ja := locale{"unit": {"n_other": "{n}組", "only": "日本語"}}
	got := over(ja, locale{"unit": {"n_one": "{n} group", "n_other": "{n} groups"}, "more": {"a": "A"}})
	want := locale{"unit": {"n_one": "{n} group", "n_other": "{n} groups", "only": "日本語"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("over (-want +got):\n%s", diff)
	}
	if ja["unit"]["n_one"] != "" {
		t.Error("the Japanese sentences were changed")
	}
}

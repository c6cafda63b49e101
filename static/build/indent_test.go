package main

import "testing"

func TestIndent_BecomesASpaceInTemplates(t *testing.T) {
	t.Parallel()
	source := "const a = html`<ul>\n    <li>${x}\n    ${y}</li>\n  </ul>\n  text`;\nif (a) {\n  b();\n}\nfor (;;) {}\n  call<T>();\n"
	want := "const a = html`<ul> <li>${x} ${y}</li> </ul>\n  text`;\nif (a) {\n  b();\n}\nfor (;;) {}\n  call<T>();\n"
	if got := indented.ReplaceAllString(source, "$1 $2"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

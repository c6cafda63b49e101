package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// damages are changes that the comparison must report. Each is a script with an
// element e; undo reverts it.
var damages = []struct{ name, selector, script, report string }{
	{"a button is hidden", "main button", `e.style.visibility = "hidden"`, "is missing"},
	{"a button is transparent", "main button", `e.style.opacity = 0`, "is missing"},
	{"a line is dropped", "main dd", `e.style.display = "none"`, "is missing"},
	{"a line is added", "main dd", `const p = document.createElement("p"); p.textContent = "もう一つ"; e.after(p); undo = () => p.remove()`, "is new"},
	{"a word is changed", "main dd", `const n = [...e.childNodes].find((n) => n.data?.trim() && n.nodeType === 3), was = n.data; n.data = "別"; undo = () => (n.data = was)`, "is missing"},
	{"a button is 12 px to the right", "main button", `e.style.position = "relative"; e.style.left = "12px"`, "+12 px to the right"},
	{"a button is 12 px down", "main button", `e.style.position = "relative"; e.style.top = "12px"`, "+12 px down"},
	{"a button is narrower", "main button", `e.style.width = e.offsetWidth - 40 + "px"`, "px wide"},
	{"a button is higher", "main button", `e.style.height = e.offsetHeight + 12 + "px"`, "px high"},
	{"a text has another colour", "main dd", `e.style.color = "rgb(200, 0, 0)"`, "#c80000"},
	{"a text is smaller", "main dd", `e.style.fontSize = "12px"`, "is painted"},
	{"a text is not bold", "main dd", `e.style.fontWeight = 400`, "is painted"},
	{"a text is struck through", "main dd", `e.style.textDecoration = "line-through"`, "line-through"},
	{"a button has another colour", "main button", `e.style.backgroundColor = "rgb(0, 120, 0)"`, "#007800"},
	{"a button has another border", "main button", `e.style.border = "1px dashed rgb(250, 0, 0)"`, "#fa0000"},
	{"a button is faint", "main button", `e.style.opacity = 0.5`, "opacity0.5"},
	{"a button is disabled", "main button", `e.disabled = true; undo = () => (e.disabled = false)`, "disabled"},
	{"a card has no shadow or border", "main section", `e.style.boxShadow = "none"; e.style.borderColor = "transparent"`, "section"},
	{"a button is covered", "main button", cover("white"), "is new"},
	{"a button is under a transparent element", "main button", cover("transparent"), "under:div"},
	{"a button has another dark colour", "main button", `const sheet = new CSSStyleSheet();
		sheet.replaceSync("@media (prefers-color-scheme: dark) { main button { background: rgb(120, 0, 0) !important } }");
		document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
		undo = () => document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== sheet)`, "in dark colours: is painted"},
}

func cover(colour string) string {
	return fmt.Sprintf(`const r = e.getBoundingClientRect(), div = document.createElement("div");
		div.style.cssText = "position: absolute; z-index: 99; left: " + (r.left + scrollX) + "px; top: " + (r.top + scrollY) + "px; width: " + r.width + "px; height: " + r.height + "px; background: %s";
		document.body.append(div); undo = () => div.remove()`, colour)
}

// both returns the layout of a page with the styles of both colour schemes.
func both(t *testing.T, b tab) layout {
	t.Helper()
	var all []layout
	for _, scheme := range []string{"light", "dark"} {
		if err := b.scheme(scheme); err != nil {
			t.Fatal(err)
		}
		l, err := ask[layout](b, "layout()")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	for _, fault := range all[0].inDark(all[1]) {
		t.Error(fault)
	}
	return all[0]
}

// TestLayout_ReportsEachChange applies one change after another.
func TestLayout_ReportsEachChange(t *testing.T) {
	t.Parallel()
	if *only != "" {
		t.Skip("-story selects stories, and this test has its own")
	}
	list := stories()
	i := slices.IndexFunc(list, func(s Story) bool { return s.Name == "patient-progress" })
	b := openTab(t, browser(t, serve(t, list)), onEachPage(t))
	if err := b.resize(frame{360, 640}); err != nil {
		t.Fatal(err)
	}
	if err := b.visit(list[i], "ja"); err != nil {
		t.Fatal(err)
	}
	whole := both(t, b)
	if changes := whole.changes(both(t, b)); len(changes) > 0 {
		t.Fatalf("unchanged page: %q", changes)
	}
	for _, d := range damages {
		change := fmt.Sprintf(`(() => {
			const e = document.querySelector(%q), style = e.style.cssText;
			let undo = () => {};
			%s;
			window.undo = () => { undo(); e.style.cssText = style; };
			return true;
		})()`, d.selector, d.script)
		if _, err := ask[bool](b, change); err != nil {
			t.Fatalf("%s: %v", d.name, err)
		}
		changes := whole.changes(both(t, b))
		if !slices.ContainsFunc(changes, func(c string) bool { return strings.Contains(c, d.report) }) {
			t.Errorf("%s: reported %q, want one with %q", d.name, changes, d.report)
		}
		if _, err := ask[bool](b, "undo(), true"); err != nil {
			t.Fatal(err)
		}
	}
	if changes := whole.changes(both(t, b)); len(changes) > 0 {
		t.Errorf("after undoing all changes: %q", changes)
	}
}

// TestLayout_HasTolerance: differences between browser versions are no changes.
func TestLayout_HasTolerance(t *testing.T) {
	t.Parallel()
	was := layout{
		{Key: "main", Box: [4]int{0, 0, 360, 1000}, Style: []string{"bg#ffffff"}},
		{Key: "text", Text: "受付", Box: [4]int{16, 20, 100, 24}, Style: []string{"c#1a1a1a", "16b"}},
		{Key: "button", Box: [4]int{16, 60, 100, 48}, Style: []string{"bg#0017c1"}},
		{Key: "text", Text: "人数（最大）", Box: [4]int{16, 120, 80, 24}, Style: []string{"c#1a1a1a", "16"}},
	}
	for _, test := range []struct {
		name    string
		change  func(layout)
		reports int
	}{
		{"nothing", func(layout) {}, 0},
		{"a few px", func(l layout) { l[1].Box = [4]int{19, 23, 103, 27} }, 0},
		{"a large piece grows by 0.5 %", func(l layout) { l[0].Box[3] = 1005 }, 0},
		{"a large piece grows by 1 %", func(l layout) { l[0].Box[3] = 1010 }, 1},
		{"a slightly different colour", func(l layout) { l[2].Style = []string{"bg#0819c8"} }, 0},
		{"a negligible alpha", func(l layout) { l[2].Style = []string{"bg#0017c1fe"} }, 0},
		{"half transparent", func(l layout) { l[2].Style = []string{"bg#0017c180"} }, 1},
		{"4 px to the right", func(l layout) { l[1].Box[0] += 4 }, 1},
		{"a shift of all that follows is reported once", func(l layout) { l[1].Box[1] += 12; l[2].Box[1] += 12; l[3].Box[1] += 12 }, 1},
		{"another colour", func(l layout) { l[2].Style = []string{"bg#0017d1"} }, 1},
		{"another word of the style", func(l layout) { l[1].Style = []string{"c#1a1a1a", "16"} }, 1},
		{"a bracket at the edge is trimmed", func(l layout) { l[3].Box[2] -= 8 }, 0},
		{"more than a bracket is trimmed", func(l layout) { l[3].Box[2] -= 16 }, 1},
		{"another text", func(l layout) { l[1].Text = "受付中" }, 2},
	} {
		is := slices.Clone(was)
		test.change(is)
		if changes := was.changes(is); len(changes) != test.reports {
			t.Errorf("%s: %d changes %q, want %d", test.name, len(changes), changes, test.reports)
		}
	}
}

// TestLayout_RoundTrips also covers the form as a difference from another
// layout.
func TestLayout_RoundTrips(t *testing.T) {
	t.Parallel()
	one := layout{
		{Key: "a", Box: [4]int{-3, 5, 10, 10}, Style: []string{"bg#ffffff"}, Dark: []string{"bg#000000"}},
		{Key: "text", Text: `say "x" | = 3`, Box: [4]int{0, -2, 10, 10}, Style: []string{"c#1a1a1a", "16"}, Dark: []string{"c#1a1a1a", "16"}},
		{Key: "img", Box: [4]int{0, 30, 10, 10}, Style: []string{}, Dark: []string{"bg#ffffff"}},
	}
	two := slices.Concat(one[1:], one[:1], one[:1])
	for _, before := range []layout{nil, one, two} {
		for _, l := range []layout{one, two} {
			lines, err := lengthen(shorten(l.lines(), before.lines()), before.lines())
			if err != nil {
				t.Fatal(err)
			}
			got, err := parseLayout(lines, true)
			if err != nil {
				t.Fatal(err)
			}
			if changes := l.changes(got); len(changes) > 0 || !slices.Equal(got.lines(), l.lines()) {
				t.Errorf("read back: %q", changes)
			}
		}
	}
}

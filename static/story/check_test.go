package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"junban/static"
)

// storyCheck checks one story in one language.
type storyCheck struct {
	tab
	story   Story
	lang    string
	goldens *goldens
	found   func(format string, args ...any)
}

// run checks the story on all screens, in English on the narrowest, but for a wall
// screen. It expects light colours, and restores
// them except after an error.
func (s storyCheck) run() error {
	all := frames(s.story)
	if s.lang == static.English && !s.story.Portrait && !everything() {
		all = all[:1]
	}
	for i, f := range all {
		if err := s.resize(f); err != nil {
			return err
		}
		if i == 0 {
			if err := s.visit(s.story, s.lang); err != nil {
				return err
			}
		}
		height, err := s.look(f)
		if err != nil {
			return err
		}
		if err := s.show(i, f, height); err != nil {
			return err
		}
	}
	return nil
}

// show compares the layout on the i-th screen. It takes pictures of
// differences, or all pictures if requested. On the first screen, it also runs
// axe in one language.
func (s storyCheck) show(i int, f frame, height int) error {
	audited := i == 0 && s.lang != static.English
	inDark := audited || everything()
	var is, isDark layout
	var err error
	if s.compared(i) {
		if is, err = s.layout(); err != nil {
			return err
		}
	}
	if everything() {
		if err := s.take(f, height, "light", pictureFolder()); err != nil {
			return err
		}
	}
	if audited {
		if err := s.audit("light"); err != nil {
			return err
		}
	}
	if inDark {
		if err := s.scheme("dark"); err != nil {
			return err
		}
		if s.compared(i) && audited {
			if isDark, err = s.layout(); err != nil {
				return err
			}
		}
		if everything() {
			if err := s.take(f, height, "dark", pictureFolder()); err != nil {
				return err
			}
		}
		if audited {
			if err := s.audit("dark"); err != nil {
				return err
			}
		}
		if err := s.scheme("light"); err != nil {
			return err
		}
	}
	if !s.compared(i) {
		return nil
	}
	name := fmt.Sprintf("%s %s %d", s.story.Name, s.lang, f.width)
	if isDark != nil {
		name += dark
		for _, fault := range is.inDark(isDark) {
			s.found("%s: %s", name, fault)
		}
	}
	return s.compare(name, is, f, height)
}

// compare reports the differences from the expected layout, with a picture.
func (s storyCheck) compare(name string, is layout, f frame, height int) error {
	changes := s.goldens.put(name, is)
	if len(changes) == 0 || *update {
		return nil
	}
	const most = 12 // of one page
	if n := len(changes); n > most {
		changes = append(changes[:most], fmt.Sprintf("and %d more", n-most))
	}
	if err := s.take(f, height, "light", pictureFolder()); err != nil {
		return err
	}
	s.found("%s differs (%s; run with -update if intended):\n\t%s", name, s.pictureFile(f, "light", pictureFolder()), strings.Join(changes, "\n\t"))
	return nil
}

// compared reports whether the layout on the i-th screen is compared. In
// English that is the narrowest. On the middle one, only look checks the page.
func (s storyCheck) compared(i int) bool {
	return i == 0 || i > 1 && s.lang != static.English
}

// layout returns the layout of the page.
func (s storyCheck) layout() (layout, error) { return ask[layout](s.tab, "layout()") }

// look checks a screen and returns the height of the page. A wall screen
// adjusts its font size once a second.
func (s storyCheck) look(f frame) (height int, err error) {
	seen, err := ask[struct {
		Height int
		Faults []string
	}](s.tab, `new Promise(requestAnimationFrame).then(() => {
		if (typeof story !== "undefined") story.beat();
		return new Promise(requestAnimationFrame);
	}).then(judge)`)
	if err != nil {
		return 0, err
	}
	for _, fault := range seen.Faults {
		if gives := s.story.Portrait && (f.width < 1080 || s.story.Crowded); gives && !strings.HasPrefix(fault, "the document") {
			continue // a wall screen does not scroll
		}
		s.found("%s in %s at %d px: %s", s.story.Name, s.lang, f.width, fault)
	}
	return max(f.height, min(seen.Height, tall)), nil
}

// take takes a picture of the whole page.
func (s storyCheck) take(f frame, height int, scheme, folder string) error {
	whole, err := s.picture(f.width, height, 1)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(s.pictureFile(f, scheme, folder), whole, 0o644)
}

func (s storyCheck) pictureFile(f frame, scheme, folder string) string {
	return filepath.Join(folder, fmt.Sprintf("%s-%s-%d-%s.png", s.story.Name, s.lang, f.width, scheme))
}

// pictureFolder returns the folder of the pictures.
func pictureFolder() string {
	if folder := os.Getenv("JUNBAN_TEST_PICTURES"); folder != "" {
		return folder
	}
	return pictures
}

// allowed disables two rules of axe. The page of a temporary error may reload,
// because it has no input. For target sizes, look is stricter.
const allowed = `{"meta-refresh": {enabled: false}, "target-size": {enabled: false}}`

// audit runs axe with the rules of WCAG 2.2 AA, or in the dark scheme with that
// of contrast. On the desk, it checks the part with the story's subject.
func (s storyCheck) audit(scheme string) error {
	rules := `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}`
	if scheme == "dark" {
		rules = `{type: "rule", values: ["color-contrast"]}`
	}
	part := "document"
	if strings.HasPrefix(s.story.Name, "staff-") {
		part = fmt.Sprintf(`document.querySelector(%q).closest("junban-staff section") ?? document`, s.story.Shows)
	}
	violations, err := ask[[]string](s.tab, `stir(); (window.axe || auditor()).run(`+part+`, {runOnly: `+rules+`, resultTypes: ["violations"], preload: false, rules: `+allowed+`})
		.then((r) => calm() || r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + " " + n.failureSummary.replace(/\s+/g, " "))))`)
	if err != nil {
		return err
	}
	for _, v := range violations {
		s.found("%s, %s: axe: %s", s.story.Name, scheme, v)
	}
	return nil
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"junban/static"
)

// sitting is one story in one language before the camera.
type sitting struct {
	tab
	story   Story
	lang    string
	gallery *gallery
	judge   string // the script that looks at a page
	found   func(format string, args ...any)
}

func (s sitting) sit() error {
	if err := s.scheme("light"); err != nil {
		return err
	}
	for i, f := range frames(s.story) {
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

// show takes the pictures on the story's i-th screen, first those in light. Only
// on the first axe looks too, in one language.
func (s sitting) show(i int, f frame, height int) error {
	audited := i == 0 && s.lang != static.English
	if s.compared(i, "light") || everything() {
		if err := s.take(i, f, height, "light"); err != nil {
			return err
		}
	}
	if audited {
		if err := s.audit("light"); err != nil {
			return err
		}
	}
	if !audited && !everything() {
		return nil
	}
	if err := s.scheme("dark"); err != nil {
		return err
	}
	if err := s.take(i, f, height, "dark"); err != nil {
		return err
	}
	if audited {
		if err := s.audit("dark"); err != nil {
			return err
		}
	}
	return s.scheme("light")
}

// compared reports whether a story's picture on its i-th screen is compared: what
// is dark is laid out as what is light, and one width of each story tells; what
// is English, as what is Japanese; between the narrowest screen and the widest the
// judge alone looks.
func (s sitting) compared(i int, scheme string) bool {
	if s.lang == static.English {
		return i == 0 && scheme == "light"
	}
	return i == 0 || i > 1 && scheme == "light"
}

// look says what is wrong on a screen, and how tall the page is there. A screen
// on a wall fits its letters to it once a second.
func (s sitting) look(f frame) (height int, err error) {
	seen, err := ask[struct {
		Height int
		Faults []string
	}](s.tab, `new Promise(requestAnimationFrame).then(() => {
		if (typeof story !== "undefined") story.beat();
		return new Promise(requestAnimationFrame);
	}).then(() => `+s.judge+`)`)
	if err != nil {
		return 0, err
	}
	for _, fault := range seen.Faults {
		if gives := s.story.Portrait && (f.width < 1080 || s.story.Crowded); gives && !strings.HasPrefix(fault, "the document") {
			continue // a screen on a wall is no phone, and does not scroll
		}
		s.found("%s in %s at %d px: %s", s.story.Name, s.lang, f.width, fault)
	}
	return max(f.height, min(seen.Height, tall)), nil
}

// take takes the picture, and compares it with the known one.
func (s sitting) take(i int, f frame, height int, scheme string) error {
	name := fmt.Sprintf("%s-%s-%d-%s", s.story.Name, s.lang, f.width, scheme)
	differs := false
	if s.compared(i, scheme) {
		tiny, err := s.picture(f.width, height, small/float64(f.width))
		if err != nil {
			return err
		}
		sig, err := signature(tiny)
		if err != nil {
			return err
		}
		differs = !*update && !alike(s.gallery.was[name], sig)
		s.gallery.hang(name, sig)
	}
	folder := os.Getenv("JUNBAN_TEST_PICTURES")
	if folder == "" && !differs {
		return nil
	}
	if folder == "" {
		folder = pictures
	}
	whole, err := s.picture(f.width, height, 1)
	if err != nil {
		return err
	}
	file := filepath.Join(folder, name+".png")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file, whole, 0o644); err != nil {
		return err
	}
	if differs {
		s.found("%s differs: look at %s, and run with -update if it is meant", name, file)
	}
	return nil
}

// allowed: the page of a passing trouble has nothing to lose by asking again, and
// for what a finger must meet the judge asks for more.
const allowed = `{"meta-refresh": {enabled: false}, "target-size": {enabled: false}}`

// audit runs axe: all of WCAG 2.2 AA that a machine can tell; where only the
// colours are others, their contrast. Of the desk it looks at the part that the
// story is about.
func (s sitting) audit(scheme string) error {
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

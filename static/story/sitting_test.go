package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"junban/static"
)

// sitting is one story in one language before the browser.
type sitting struct {
	tab
	story Story
	lang  string
	album *album
	found func(format string, args ...any)
}

// sit expects light colours, and leaves them except after an error.
func (s sitting) sit() error {
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

// show compares the layout on the story's i-th screen, and takes pictures of it
// where it differs or where all are wanted. On the first screen axe looks too, in
// one language.
func (s sitting) show(i int, f frame, height int) error {
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

// compare reports how a layout differs from the expected one, with a picture.
func (s sitting) compare(name string, is layout, f frame, height int) error {
	changes := s.album.put(name, is)
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
	s.found("%s differs (%s; run with -update if it is meant):\n\t%s", name, s.pictureFile(f, "light", pictureFolder()), strings.Join(changes, "\n\t"))
	return nil
}

// compared reports whether a story's layout on its i-th screen is compared. In
// English the narrowest is enough; between the narrowest and the widest screen
// only the judge looks.
func (s sitting) compared(i int) bool {
	return i == 0 || i > 1 && s.lang != static.English
}

// layout asks the page for what it paints.
func (s sitting) layout() (layout, error) { return ask[layout](s.tab, "layout()") }

// look says what is wrong on a screen, and how tall the page is there. A screen
// on a wall fits its letters to it once a second.
func (s sitting) look(f frame) (height int, err error) {
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
			continue // a screen on a wall is no phone, and does not scroll
		}
		s.found("%s in %s at %d px: %s", s.story.Name, s.lang, f.width, fault)
	}
	return max(f.height, min(seen.Height, tall)), nil
}

// take takes the picture of the whole page.
func (s sitting) take(f frame, height int, scheme, folder string) error {
	whole, err := s.picture(f.width, height, 1)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(s.pictureFile(f, scheme, folder), whole, 0o644)
}

func (s sitting) pictureFile(f frame, scheme, folder string) string {
	return filepath.Join(folder, fmt.Sprintf("%s-%s-%d-%s.png", s.story.Name, s.lang, f.width, scheme))
}

// pictureFolder is where pictures go.
func pictureFolder() string {
	if folder := os.Getenv("JUNBAN_TEST_PICTURES"); folder != "" {
		return folder
	}
	return pictures
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

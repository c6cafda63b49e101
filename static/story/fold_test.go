package main

import (
	"slices"
	"testing"
)

// TestDesk_ShowsEachLineAboveTheFold opens the desk of three services and four
// rooms on a common notebook. The list of each service begins within the
// screen. So does the whole first ticket of lines without notices above them.
func TestDesk_ShowsEachLineAboveTheFold(t *testing.T) {
	t.Parallel()
	list := slices.DeleteFunc(stories(), func(s Story) bool { return s.Name != "staff-large" })
	b := openTab(t, browser(t, serve(t, list)), "")
	screen := frame{1366, 768}
	if err := b.resize(screen); err != nil {
		t.Fatal(err)
	}
	for _, lang := range list[0].Langs() {
		if err := b.visit(list[0], lang); err != nil {
			t.Fatal(err)
		}
		first, err := ask[[]struct{ Top, Bottom float64 }](b, `[...document.querySelectorAll(".service")].map((s) => {
			const { top, bottom } = s.querySelector(".ticket").getBoundingClientRect();
			return { top, bottom };
		})`)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(lang, first)
		if len(first) != 3 {
			t.Fatalf("in %s %d lines have a ticket, want 3", lang, len(first))
		}
		for i, f := range first {
			if fold := float64(screen.height); f.Top > fold-44 || i > 0 && f.Bottom > fold {
				t.Errorf("in %s the first ticket of service %d is at %v to %v px; the screen ends at %d px", lang, i+1, f.Top, f.Bottom, screen.height)
			}
		}
		if t.Failed() || everything() {
			s := storyCheck{tab: b, story: list[0], lang: lang}
			if err := s.take(screen, screen.height, "light", pictureFolder()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

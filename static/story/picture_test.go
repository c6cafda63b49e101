package main

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

var (
	update = flag.Bool("update", false, "write the layouts of this run as the expected ones")
	only   = flag.String("story", "", "run only the stories whose names have this prefix")
)

const (
	pictures = "pictures" // git-ignored
	tall     = 6000       // height limit of a picture, in px
	tabs     = 3          // one waits for its page while the others compute
)

// frame is the size of a screen.
type frame struct{ width, height int }

func frames(s Story) []frame {
	if s.Lang != "" {
		return []frame{{360, 640}} // the narrowest screen, for languages with long texts
	}
	all := []frame{{360, 640}, {768, 1024}, {1920, 1080}}
	if s.Portrait {
		all = append(all, frame{1080, 1920})
	}
	return all
}

// TestStories opens every story in its languages at their widths. Nothing is
// cut, covered, too wide or too small to press, and axe finds no violations.
// The layouts that [storyCheck.compared] selects match the expected ones. It
// takes pictures only of differences.
//
// With -story it runs the stories with a prefix. With JUNBAN_TEST_PICTURES it
// takes all pictures, into that folder.
func TestStories(t *testing.T) {
	t.Parallel()
	list := slices.DeleteFunc(stories(), func(s Story) bool { return !strings.HasPrefix(s.Name, *only) })
	chrome := browser(t, serve(t, list))
	a := readGoldens(t, layouts)
	script := onEachPage(t)
	jobs := make(chan Story)
	var wg sync.WaitGroup
	for range tabs {
		b := openTab(t, chrome, script)
		if err := b.scheme("light"); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for story := range jobs {
				for _, lang := range story.Langs() {
					s := storyCheck{tab: b, story: story, lang: lang, goldens: a, found: t.Errorf}
					if err := s.run(); err != nil {
						t.Errorf("%s in %s: %v", story.Name, lang, err)
						_ = b.scheme("light")
					}
				}
			}
		})
	}
	for _, s := range list {
		jobs <- s
	}
	close(jobs)
	wg.Wait()
	if *update {
		a.write(t)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(a.was)) {
		if _, ok := a.is[name]; *only == "" && !ok {
			t.Errorf("%s: no story has this layout: run with -update", name)
		}
	}
}

// onEachPage returns a script that defines the checks as functions of every
// page, so that calls need not send them.
func onEachPage(t *testing.T) string {
	t.Helper()
	return "function judge() { return (" + read(t, "testdata/judge.js") + ") }\nfunction layout() { return (" + read(t, "testdata/layout.js") +
		") }\nfunction auditor() {" + read(t, "testdata/axe/axe.min.js") + "; return axe }"
}

// everything reports whether this run takes all pictures.
func everything() bool { return os.Getenv("JUNBAN_TEST_PICTURES") != "" }

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

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
	update = flag.Bool("update", false, "make the layouts of this run the expected ones")
	only   = flag.String("story", "", "look only at the stories whose names begin so")
)

const (
	pictures = "pictures" // git-ignored
	tall     = 6000       // px, at most, of a picture
	tabs     = 3          // one waits for its page while others compute
)

// frame is a screen on which pictures are taken.
type frame struct{ width, height int }

func frames(s Story) []frame {
	if s.Lang != "" {
		return []frame{{360, 640}} // where a language that is longer than others does harm
	}
	all := []frame{{360, 640}, {768, 1024}, {1920, 1080}}
	if s.Portrait {
		all = append(all, frame{1080, 1920})
	}
	return all
}

// TestStories_LookAsTheyShould opens every story in its languages at every
// width: nothing is cut, covered, too wide or too small to press; axe finds
// nothing; and the layouts that [sitting.compared] names are the expected ones.
// Pictures are taken only of what differs.
//
// With -story a quick run opens those whose names begin so. With
// JUNBAN_TEST_PICTURES it takes all pictures there are, into that folder.
func TestStories_LookAsTheyShould(t *testing.T) {
	t.Parallel()
	list := slices.DeleteFunc(stories(), func(s Story) bool { return !strings.HasPrefix(s.Name, *only) })
	chrome := browser(t, serve(t, list))
	a := readAlbum(t, layouts)
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
					s := sitting{tab: b, story: story, lang: lang, album: a, found: t.Errorf}
					if err := s.sit(); err != nil {
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
			t.Errorf("%s: no story has this layout any more: run with -update", name)
		}
	}
}

// onEachPage defines what looks at a page as functions of every page, so that no
// call sends them again.
func onEachPage(t *testing.T) string {
	t.Helper()
	return "function judge() { return (" + read(t, "testdata/judge.js") + ") }\nfunction layout() { return (" + read(t, "testdata/layout.js") +
		") }\nfunction auditor() {" + read(t, "testdata/axe/axe.min.js") + "; return axe }"
}

// everything says that a run takes all pictures that there are.
func everything() bool { return os.Getenv("JUNBAN_TEST_PICTURES") != "" }

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

package main

import (
	"flag"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

var (
	update = flag.Bool("update", false, "take the pictures of this run as what the pages look like")
	only   = flag.String("story", "", "look only at the stories whose names begin so")
)

const (
	pictures = "pictures" // git-ignored
	tall     = 6000       // px, at most, of a picture
	small    = 120        // px, the width of a picture that is compared
	tabs     = 3          // one waits for its page while others draw
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
// nothing; and it looks as it did, by those pictures that [sitting.compared] says.
//
// With -story a hurried run looks at those whose names begin so. With
// JUNBAN_TEST_PICTURES it takes all pictures there are, into that folder;
// without it only those are kept that differ.
func TestStories_LookAsTheyShould(t *testing.T) {
	t.Parallel()
	list := slices.DeleteFunc(stories(), func(s Story) bool { return !strings.HasPrefix(s.Name, *only) })
	chrome := browser(t, serve(t, list))
	g := readGallery(t)
	judge, axe := read(t, "testdata/judge.js"), read(t, "testdata/axe/axe.min.js")
	jobs := make(chan Story)
	var wg sync.WaitGroup
	for range tabs {
		b := openTab(t, chrome, "function auditor() {"+axe+"; return axe }")
		wg.Go(func() {
			for story := range jobs {
				for _, lang := range story.Langs() {
					s := sitting{tab: b, story: story, lang: lang, gallery: g, judge: judge, found: t.Errorf}
					if err := s.sit(); err != nil {
						t.Errorf("%s in %s: %v", story.Name, lang, err)
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
		g.write(t)
		return
	}
	for name := range g.was {
		if *only == "" && g.is[name] == "" {
			t.Errorf("%s: no story makes this picture any more: run with -update", name)
		}
	}
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

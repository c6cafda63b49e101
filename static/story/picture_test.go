package main

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
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
	known    = "testdata/pictures.txt"
	pictures = "pictures" // git-ignored
	cells    = 16         // of a signature, each way
	tall     = 6000       // px, at most, of a picture
	tabs     = 4
)

// frame is a screen on which pictures are taken.
type frame struct{ width, height int }

func frames(s Story) []frame {
	all := []frame{{360, 640}, {768, 1024}, {1920, 1080}}
	if s.Portrait {
		all = append(all, frame{1080, 1920})
	}
	return all
}

// signature is a picture as a short text: the mean greys of a grid.
func signature(content []byte) (string, error) {
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		return "", fmt.Errorf("read picture: %w", err)
	}
	size := img.Bounds().Size()
	var sum, n [cells * cells]int
	for y := range size.Y {
		for x := range size.X {
			cell := y*cells/size.Y*cells + x*cells/size.X
			sum[cell] += int(color.GrayModel.Convert(img.At(img.Bounds().Min.X+x, img.Bounds().Min.Y+y)).(color.Gray).Y)
			n[cell]++
		}
	}
	means := make([]byte, cells*cells)
	for i := range means {
		means[i] = byte(sum[i] / max(n[i], 1))
	}
	return base64.StdEncoding.EncodeToString(means), nil
}

// alike reports whether two signatures are of what looks the same: a word that
// is drawn a little otherwise is, a line that came or went is not.
func alike(a, b string) bool {
	x, errX := base64.StdEncoding.DecodeString(a)
	y, errY := base64.StdEncoding.DecodeString(b)
	if errX != nil || errY != nil || len(x) != len(y) {
		return false
	}
	sum := 0
	for i := range x {
		d := max(x[i], y[i]) - min(x[i], y[i])
		if d > 24 {
			return false
		}
		sum += int(d)
	}
	return sum <= 2*len(x)
}

// gallery is what the pictures looked like, and what they look like.
type gallery struct {
	was map[string]string
	mu  sync.Mutex
	is  map[string]string
}

func readGallery(t *testing.T) *gallery {
	t.Helper()
	g := &gallery{was: map[string]string{}, is: map[string]string{}}
	content, err := os.ReadFile(known)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(content)) {
		if name, sig, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			g.was[name] = sig
		}
	}
	return g
}

func (g *gallery) hang(name, sig string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.is[name] = sig
}

func (g *gallery) write(t *testing.T) {
	t.Helper()
	if *only != "" {
		maps.Copy(g.was, g.is)
		g.is = g.was
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(g.is)) {
		fmt.Fprintf(&out, "%s %s\n", name, g.is[name])
	}
	if err := os.WriteFile(known, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestStories_LookAsTheyShould opens every story in both languages at every
// width, light, and dark too: nothing is cut, covered, too wide or too small to
// press; axe finds nothing; and it looks as it did.
//
// With -story a hurried run looks at those whose names begin so. With
// JUNBAN_TEST_PICTURES it takes all pictures there are, into that folder;
// without it only those are kept that differ.
func TestStories_LookAsTheyShould(t *testing.T) {
	t.Parallel()
	chrome := browser(t)
	list := slices.DeleteFunc(stories(), func(s Story) bool { return !strings.HasPrefix(s.Name, *only) })
	port := serve(t, list)
	g := readGallery(t)
	judges := judges{look: read(t, "testdata/judge.js"), axe: read(t, "testdata/axe/axe.min.js")}
	type job struct {
		story Story
		lang  string
	}
	jobs := make(chan job)
	var wg sync.WaitGroup
	for range tabs {
		b := openTab(t, chrome)
		wg.Go(func() {
			for j := range jobs {
				s := sitting{tab: b, story: j.story, lang: j.lang, gallery: g, judges: judges, found: t.Errorf}
				if err := s.sit(port); err != nil {
					t.Errorf("%s in %s: %v", j.story.Name, j.lang, err)
				}
			}
		})
	}
	for _, s := range list {
		jobs <- job{s, "ja"}
		jobs <- job{s, "en"}
	}
	close(jobs)
	wg.Wait()
	if *update {
		g.write(t)
		return
	}
	for name := range g.was {
		if *only == "" && os.Getenv("JUNBAN_TEST_PICTURES") != "" && g.is[name] == "" {
			t.Errorf("%s: no story makes this picture any more: run with -update", name)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// judges are the scripts that look at a page.
type judges struct{ look, axe string }

// sitting is one story in one language before the camera.
type sitting struct {
	tab
	story   Story
	lang    string
	gallery *gallery
	judges  judges
	found   func(format string, args ...any)
}

func (s sitting) sit(port string) error {
	if err := s.scheme("light"); err != nil {
		return err
	}
	for i, f := range frames(s.story) {
		if err := s.resize(f.width, f.height); err != nil {
			return err
		}
		if i == 0 {
			if err := s.visit(port, s.story, s.lang); err != nil {
				return err
			}
		}
		height, err := s.look(f)
		if err != nil {
			return err
		}
		for _, scheme := range s.schemes(i) {
			if err := s.scheme(scheme); err != nil {
				return err
			}
			if err := s.take(f, height, scheme); err != nil {
				return err
			}
			if i == 0 && s.lang == "ja" {
				if err := s.audit(scheme); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// schemes are those in which a story is taken on its i-th screen. What is dark
// is laid out as what is light: unless all pictures are wanted, one of each
// story tells.
func (s sitting) schemes(i int) []string {
	if *update || os.Getenv("JUNBAN_TEST_PICTURES") != "" || i == 0 && s.lang == "ja" {
		return []string{"light", "dark"}
	}
	return []string{"light"}
}

// look says what is wrong on a screen, and how tall the page is there.
func (s sitting) look(f frame) (height int, err error) {
	if err := s.scheme("light"); err != nil {
		return 0, err
	}
	seen, err := ask[struct {
		Height int
		Faults []string
	}](s.tab, s.judges.look)
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
func (s sitting) take(f frame, height int, scheme string) error {
	name := fmt.Sprintf("%s-%s-%d-%s", s.story.Name, s.lang, f.width, scheme)
	small, err := s.picture(f.width, height, 240/float64(f.width))
	if err != nil {
		return err
	}
	sig, err := signature(small)
	if err != nil {
		return err
	}
	s.gallery.hang(name, sig)
	differs := !*update && !alike(s.gallery.was[name], sig)
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

// allowed: the page of a passing trouble has nothing to lose by asking again.
const allowed = `{"meta-refresh": {enabled: false}}`

// audit runs axe: all of WCAG 2.2 AA that a machine can tell; where only the
// colours are others, their contrast.
func (s sitting) audit(scheme string) error {
	rules := `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}`
	if scheme == "light" {
		if err := s.do(inject(s.judges.axe)); err != nil {
			return err
		}
	} else {
		rules = `{type: "rule", values: ["color-contrast"]}`
	}
	violations, err := ask[[]string](s.tab, `axe.run(document, {runOnly: `+rules+`, resultTypes: ["violations"], preload: false, rules: `+allowed+`})
		.then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ") + " " + n.failureSummary.replace(/\s+/g, " "))))`)
	if err != nil {
		return err
	}
	for _, v := range violations {
		s.found("%s, %s: axe: %s", s.story.Name, scheme, v)
	}
	return nil
}

func TestSignature_TellsALineFromNone(t *testing.T) {
	t.Parallel()
	paper := image.NewGray(image.Rect(0, 0, 240, 400))
	for i := range paper.Pix {
		paper.Pix[i] = 255
	}
	draw := func() string {
		var out bytes.Buffer
		if err := png.Encode(&out, paper); err != nil {
			t.Fatal(err)
		}
		sig, err := signature(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
	blank := draw()
	paper.SetGray(3, 3, color.Gray{})
	speck := draw()
	for x := 20; x < 220; x++ {
		for y := 100; y < 112; y++ {
			paper.SetGray(x, y, color.Gray{Y: 90})
		}
	}
	line := draw()
	if !alike(blank, speck) || alike(blank, line) || alike(blank, "") {
		t.Errorf("alike: speck %t, line %t, nothing %t", alike(blank, speck), alike(blank, line), alike(blank, ""))
	}
}

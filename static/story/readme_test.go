package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// forReadme lists the pictures of README.md, in static/pictures.
var forReadme = []struct {
	file, story   string
	width, height int     // of the screen, in CSS pixels
	scale         float64 // pixels of the picture per CSS pixel
}{
	{"patient", "patient-progress", 360, 740, 1.5},
	{"book", "book-slots", 360, 990, 1},
	{"slot", "slot-arrived", 360, 990, 1},
	{"homepage", "partner-sample", 480, 448, 1.5},
	{"display", "display-three", 1920, 1080, 0.5},
	{"desk", "staff-busy", 1280, 900, 0.75},
}

const maxPictureSize = 120 << 10 // in bytes; README.md must load quickly

// readmeLayout returns the name of the layout of a picture in README.md, which
// includes the picture's hash.
func readmeLayout(file string, content []byte) string {
	return fmt.Sprintf("%s of %x", file, sha256.Sum256(content))
}

// TestReadme_PicturesAreUpToDate compares the pages with the layouts of the
// pictures in README.md. With -update it retakes the pictures whose layout has
// changed.
func TestReadme_PicturesAreUpToDate(t *testing.T) {
	t.Parallel()
	list := stories()
	tab := openTab(t, browser(t, serve(t, list)), onEachPage(t))
	kept := readGoldens(t, readmeLayouts)
	if err := tab.scheme("light"); err != nil {
		t.Fatal(err)
	}
	for _, p := range forReadme {
		i := slices.IndexFunc(list, func(s Story) bool { return s.Name == p.story })
		if i < 0 {
			t.Fatalf("unknown story %s", p.story)
		}
		if !strings.HasPrefix(p.story, *only) {
			continue
		}
		if err := tab.resize(frame{p.width, p.height}); err != nil {
			t.Fatal(err)
		}
		if err := tab.visit(list[i], list[i].Langs()[0]); err != nil {
			t.Fatal(err)
		}
		if _, err := ask[bool](tab, "story.beat(); "+repainted); err != nil {
			t.Fatal(err)
		}
		is, err := ask[layout](tab, "layout()")
		if err != nil {
			t.Fatal(err)
		}
		file := "../pictures/" + p.file + ".png"
		content, err := os.ReadFile(file)
		if err != nil && !*update {
			t.Fatal(err)
		}
		name := readmeLayout(p.file, content)
		changes := kept.put(name, is)
		if len(changes) == 0 && len(content) <= maxPictureSize {
			continue
		}
		if !*update {
			t.Errorf("%s is not a picture of %s any more (run make readme-pictures):\n\t%s", file, p.story, strings.Join(changes, "\n\t"))
			continue
		}
		taken, err := tab.picture(p.width, p.height, p.scale)
		if err != nil {
			t.Fatal(err)
		}
		light, err := reducedColours(taken)
		if err != nil {
			t.Fatal(err)
		}
		if len(light) > maxPictureSize {
			t.Errorf("%s has %d bytes, more than %d", file, len(light), maxPictureSize)
		}
		if err := os.WriteFile(file, light, 0o644); err != nil {
			t.Fatal(err)
		}
		kept.rename(name, readmeLayout(p.file, light))
	}
	if *update {
		kept.write(t)
	}
}

// reducedColours returns a picture with its 256 most frequent colours. The
// pages have few colours, apart from the edges of letters.
func reducedColours(content []byte) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("decoding the picture: %w", err)
	}
	size := img.Bounds().Size()
	count := map[color.Color]int{}
	for y := range size.Y {
		for x := range size.X {
			count[img.At(x, y)]++
		}
	}
	all := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return cmp.Compare(count[b], count[a]) })
	palette := color.Palette(all[:min(len(all), 256)])
	nearest := make(map[color.Color]uint8, len(all))
	for _, c := range all {
		nearest[c] = uint8(palette.Index(c))
	}
	few := image.NewPaletted(image.Rect(0, 0, size.X, size.Y), palette)
	for y := range size.Y {
		for x := range size.X {
			few.SetColorIndex(x, y, nearest[img.At(x, y)])
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		return nil, fmt.Errorf("encoding the picture: %w", err)
	}
	return out.Bytes(), nil
}

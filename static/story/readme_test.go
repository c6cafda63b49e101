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

// forReadme are the pictures of README.md, below static/pictures.
var forReadme = []struct {
	file, story   string
	width, height int     // of the screen, in CSS pixels
	scale         float64 // pixels of the picture to one of them
}{
	{"patient", "patient-progress", 360, 740, 1.5},
	{"homepage", "partner-sample", 480, 448, 1.5},
	{"display", "display-three", 1920, 1080, 0.5},
	{"desk", "staff-busy", 1280, 900, 0.75},
}

const heaviest = 120 << 10 // bytes of one, which a reader on a train still waits for

// readmeLayout names the layout of which a picture of README.md was taken, and the
// picture by its hash.
func readmeLayout(file string, content []byte) string {
	return fmt.Sprintf("%s of %x", file, sha256.Sum256(content))
}

// TestReadme_ShowsThePagesAsTheyAre compares the pages with the layouts of which
// the pictures of README.md were taken. With -update it takes those again whose
// page has another layout.
func TestReadme_ShowsThePagesAsTheyAre(t *testing.T) {
	t.Parallel()
	list := stories()
	tab := openTab(t, browser(t, serve(t, list)), onEachPage(t))
	kept := readAlbum(t, readmeLayouts)
	if err := tab.scheme("light"); err != nil {
		t.Fatal(err)
	}
	for _, p := range forReadme {
		i := slices.IndexFunc(list, func(s Story) bool { return s.Name == p.story })
		if i < 0 {
			t.Fatalf("no story %s", p.story)
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
		if len(changes) == 0 && len(content) <= heaviest {
			continue
		}
		if !*update {
			t.Errorf("%s is no picture of %s any more (make readme-pictures):\n\t%s", file, p.story, strings.Join(changes, "\n\t"))
			continue
		}
		taken, err := tab.picture(p.width, p.height, p.scale)
		if err != nil {
			t.Fatal(err)
		}
		light, err := lightened(taken)
		if err != nil {
			t.Fatal(err)
		}
		if len(light) > heaviest {
			t.Errorf("%s is of %d bytes, more than %d", file, len(light), heaviest)
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

// lightened is a picture in the 256 colours that are most in it: our pages have
// few, and the edges of letters give the rest.
func lightened(content []byte) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
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
		return nil, fmt.Errorf("write picture: %w", err)
	}
	return out.Bytes(), nil
}

package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	known   = "testdata/pictures.txt"
	columns = 8 // of a signature
	rows    = 24
)

// shades writes a mean grey of a signature in one letter, the darkest first.
const shades = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// signature is a picture as a short text: the mean greys of a grid.
func signature(content []byte) (string, error) {
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		return "", fmt.Errorf("read picture: %w", err)
	}
	size := img.Bounds().Size()
	gray := image.NewGray(img.Bounds())
	draw.Draw(gray, gray.Bounds(), img, img.Bounds().Min, draw.Src)
	var sum, n [rows * columns]int
	for y := range size.Y {
		for x, v := range gray.Pix[y*gray.Stride:][:size.X] {
			cell := y*rows/size.Y*columns + x*columns/size.X
			sum[cell] += int(v)
			n[cell]++
		}
	}
	letters := make([]byte, len(sum))
	for i := range letters {
		letters[i] = shades[sum[i]*len(shades)/max(n[i], 1)/256]
	}
	return string(letters), nil
}

// alike reports whether two signatures are of what looks the same: a word that
// is drawn a little otherwise is, a line that came or went is not.
func alike(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	sum := 0
	for i := range len(a) {
		x, y := strings.IndexByte(shades, a[i]), strings.IndexByte(shades, b[i])
		d := max(x-y, y-x)
		if d > 6 {
			return false
		}
		sum += d
	}
	return 2*sum <= len(a)
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

func TestSignature_TellsALineFromNone(t *testing.T) {
	t.Parallel()
	paper := image.NewGray(image.Rect(0, 0, 240, 400))
	for i := range paper.Pix {
		paper.Pix[i] = 255
	}
	drawn := func() string {
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
	blank := drawn()
	paper.SetGray(3, 3, color.Gray{})
	speck := drawn()
	for x := 20; x < 220; x++ {
		for y := 100; y < 112; y++ {
			paper.SetGray(x, y, color.Gray{Y: 90})
		}
	}
	line := drawn()
	if !alike(blank, speck) || alike(blank, line) || alike(blank, "") {
		t.Errorf("alike: speck %t, line %t, nothing %t", alike(blank, speck), alike(blank, line), alike(blank, ""))
	}
}

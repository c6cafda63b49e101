package main

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// The test compares pixels, because the compression may differ between Go
// versions.
func TestIcons_AreUpToDate(t *testing.T) {
	t.Parallel()
	for name, i := range icons() {
		f, err := os.Open(filepath.Join(root, "src/icons", name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(f)
		_ = f.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := i.draw()
		if got.Bounds() != want.Bounds() {
			t.Fatalf("%s is %v, want %v", name, got.Bounds(), want.Bounds())
		}
		different := 0
		for y := range i.size {
			for x := range i.size {
				r, g, b, a := got.At(x, y).RGBA()
				R, G, B, A := want.At(x, y).RGBA()
				if r != R || g != G || b != B || a != A {
					different++
				}
			}
		}
		if different > 0 {
			t.Errorf("%s differs in %d pixels: run go run ./build -icons", name, different)
		}
	}
}

package static

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quietZone is the width of the white margin that readers require, in modules.
const quietZone = 4

// code is a QR code in SVG units.
type code struct {
	Size int    // of the square with its margin
	Path string // SVG path of the black modules, one unit each
}

// Code encodes a text as a QR code for a screen. It returns the size of the
// square with its margin, and the SVG path of the black modules. Level L
// suffices, because a screen has no stains.
func Code(text string) (size int, path string, err error) {
	c, err := drawCode(text, qr.L)
	return c.Size, c.Path, err
}

// printedCode encodes a text for paper. Level Q tolerates stains and creases.
func printedCode(text string) (code, error) { return drawCode(text, qr.Q) }

func drawCode(text string, level qr.Level) (code, error) {
	drawn, err := qr.Encode(text, level)
	if err != nil {
		return code{}, fmt.Errorf("encoding a QR code: %w", err)
	}
	var path strings.Builder
	for y := range drawn.Size {
		for x := 0; x < drawn.Size; x++ {
			start := x
			for x < drawn.Size && drawn.Black(x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", start+quietZone, y+quietZone, x-start, x-start)
			}
		}
	}
	return code{Size: drawn.Size + 2*quietZone, Path: path.String()}, nil
}

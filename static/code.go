package static

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quietZone is how many modules around a code stay white, as readers want it.
const quietZone = 4

// code is a QR code as SVG draws it: black on white, in a square of Size units.
type code struct {
	Size int
	Path string // the black modules, one unit each
}

// Code draws a text as a QR code for a screen: a square of size units with its
// quiet zone, and its black parts as an SVG path. Level L, as nothing soils it.
func Code(text string) (size int, path string, err error) {
	c, err := drawCode(text, qr.L)
	return c.Size, c.Path, err
}

// printedCode draws a text for paper. Level Q, as a code at an entrance gets stains
// and creases.
func printedCode(text string) (code, error) { return drawCode(text, qr.Q) }

func drawCode(text string, level qr.Level) (code, error) {
	drawn, err := qr.Encode(text, level)
	if err != nil {
		return code{}, fmt.Errorf("draw a code: %w", err)
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

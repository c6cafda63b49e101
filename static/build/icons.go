package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
)

// The icon is a line of three circles. The first one, whose turn it is, is
// filled and has a bar above it. The colours are those of the design.
var (
	accent = color.RGBA{0x00, 0x17, 0xc1, 0xff}
	paper  = color.RGBA{0xff, 0xff, 0xff, 0xff}
)

// icon is one file.
type icon struct {
	size  int     // in pixels
	round float64 // corner radius, as a share of the side; 0 fills the square
	scale float64 // of the figure: a mask may crop everything outside 0.8
}

func icons() map[string]icon {
	return map[string]icon{
		"icon192.png":  {192, 0.2, 1},
		"icon512.png":  {512, 0.2, 1},
		"mask512.png":  {512, 0, 0.8},
		"touch180.png": {180, 0, 0.9},
	}
}

// writeIcons writes all icons to a folder.
func writeIcons(folder string) error {
	for name, i := range icons() {
		var out bytes.Buffer
		encoder := png.Encoder{CompressionLevel: png.BestCompression}
		if err := encoder.Encode(&out, i.draw()); err != nil {
			return fmt.Errorf("drawing %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), out.Bytes(), 0o644); err != nil {
			return fmt.Errorf("writing an icon: %w", err)
		}
	}
	return nil
}

// draw renders the icon. It antialiases edges by the distance of pixel centres.
func (i icon) draw() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, i.size, i.size))
	pixel := 1 / float64(i.size)
	for y := range i.size {
		for x := range i.size {
			u, v := (float64(x)+0.5)*pixel-0.5, (float64(y)+0.5)*pixel-0.5
			ground := 1.0
			if i.round > 0 {
				ground = cover(box(u, v, 0.5, 0.5, i.round), pixel)
			}
			white := cover(figure(u/i.scale, v/i.scale)*i.scale, pixel)
			img.SetNRGBA(x, y, color.NRGBA{mix(accent.R, paper.R, white), mix(accent.G, paper.G, white), mix(accent.B, paper.B, white), uint8(math.Round(ground * 255))})
		}
	}
	return img
}

// figure returns the distance of a point from the white figure; it is negative
// inside. The side is 1, and the centre 0.
func figure(u, v float64) float64 {
	const y, r = 0.06, 0.115
	first := math.Hypot(u+0.27, v-y) - r
	bar := box(u+0.27, v+0.2, r, 0.028, 0.028)
	second := math.Abs(math.Hypot(u, v-y)-r+0.02) - 0.02
	third := math.Abs(math.Hypot(u-0.27, v-y)-r+0.02) - 0.02
	return min(first, bar, second, third)
}

// box returns the distance of a point from a rounded box around 0.
func box(u, v, w, h, radius float64) float64 {
	x, y := math.Abs(u)-w+radius, math.Abs(v)-h+radius
	return math.Hypot(max(x, 0), max(y, 0)) + min(max(x, y), 0) - radius
}

// cover returns the covered share of a pixel at a distance from an edge.
func cover(outside, pixel float64) float64 { return min(max(0.5-outside/pixel, 0), 1) }

func mix(a, b uint8, of float64) uint8 { return uint8(math.Round(float64(a)*(1-of) + float64(b)*of)) }

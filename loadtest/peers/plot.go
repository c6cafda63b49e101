package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// Sizes of the plot in pixels.
const (
	plotLabels = 310 // left end of the bars
	plotBars   = 400 // length of the longest bar
	plotLine   = 26  // height of a server's row
	plotWidth  = plotLabels + plotBars + 90
)

// segment is a part of a bar.
type segment struct {
	value  float64
	colour string
}

// plot draws three panels of bars as SVG. A thin line shows the range of the rounds.
func (r *comparison) plot() []byte {
	const dark, light = "#2f6f8f", "#8fc1d4"
	rows := r.rows()
	panels := []struct {
		title  string
		parts  func(row) []segment
		spread func(row) summary
	}{
		{"CPU per delivered frame, µs: user (dark), system", func(w row) []segment {
			return []segment{{w.user.median, dark}, {w.cpu.median - w.user.median, light}}
		}, func(w row) summary { return w.cpu }},
		{"publish to last watcher, ms", func(w row) []segment { return []segment{{w.last.median, dark}} }, func(w row) summary { return w.last }},
		{"resident memory per idle watcher, KB", func(w row) []segment { return []segment{{w.idle.median, dark}} }, func(w row) summary { return w.idle }},
	}
	height := len(panels)*(len(rows)*plotLine+56) + 56
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" font-family="system-ui, sans-serif" font-size="14" fill="#222">`+"\n", plotWidth, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", plotWidth, height)
	y := 16
	for _, panel := range panels {
		longest := 0.0
		for _, w := range rows {
			longest = max(longest, panel.spread(w).max)
		}
		scale := plotBars / max(longest, 1e-9)
		y += 16
		fmt.Fprintf(&b, `<text x="16" y="%d" font-weight="600">%s</text>`+"\n", y, escape(panel.title))
		y += 14
		for _, w := range rows {
			fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", plotLabels-10, y+14, escape(w.about))
			x := float64(plotLabels)
			for _, p := range panel.parts(w) {
				length := max(p.value, 0) * scale
				fmt.Fprintf(&b, `<rect x="%.1f" y="%d" width="%.1f" height="18" fill="%s"/>`+"\n", x, y, length, p.colour)
				x += length
			}
			of := panel.spread(w)
			fmt.Fprintf(&b, `<path d="M%.1f %d H%.1f" stroke="#222"/>`+"\n", plotLabels+max(of.min, 0)*scale, y+9, plotLabels+max(of.max, 0)*scale)
			fmt.Fprintf(&b, `<text x="%.1f" y="%d">%.1f</text>`+"\n", plotLabels+max(of.max, 0)*scale+8, y+14, of.median)
			y += plotLine
		}
		y += 26
	}
	for _, line := range r.settings() {
		fmt.Fprintf(&b, `<text x="16" y="%d" font-size="12" fill="#555">%s</text>`+"\n", y+8, escape(line))
		y += 18
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func escape(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(text)) // a bytes.Buffer returns no error
	return b.String()
}

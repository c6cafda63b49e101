package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// plot draws milliseconds against percentiles. Each further nine of a percentile
// has the same width, which shows the slowest watchers.
type plot struct {
	Width, Height   int
	Columns, Levels []gridLine
	Curves          []plottedCurve
}

// gridLine is a line at a percentile or a level, with its label.
type gridLine struct {
	At, Start, End, Label int
	Text                  string
}

// plottedCurve is the path of a curve and its place in the key.
type plottedCurve struct {
	Name, Class, Path  string
	KeyX, KeyEnd, KeyY int
}

const (
	plotWidth, plotHeight       = 900, 320
	plotLeft, plotRight         = 60, 880
	plotTop, plotBottom         = 40, 290
	plotSteps                   = 200 // points of a curve
	plotColours                 = 4
	keyAt, keyLength, labelDrop = 14, 24, 20 // the key is above the curves
)

// newPlot draws the curves. It returns nil without two durations above zero.
func newPlot(curves []curve) *plot {
	most, highest := 0, time.Duration(0)
	for _, c := range curves {
		most = max(most, len(c.Durations))
		for _, d := range c.Durations {
			highest = max(highest, d)
		}
	}
	if most < 2 || highest <= 0 {
		return nil
	}
	nines := math.Ceil(math.Log10(float64(most)))
	x := func(n float64) float64 { return plotLeft + (plotRight-plotLeft)*n/nines }
	top := roundUp(milliseconds(highest))
	y := func(ms float64) float64 { return plotBottom - (plotBottom-plotTop)*ms/top }

	p := &plot{Width: plotWidth, Height: plotHeight}
	for n := 0.0; n <= nines; n++ {
		text := fmt.Sprintf("p%.*f", max(0, int(n)-2), 100*(1-math.Pow(10, -n)))
		p.Columns = append(p.Columns, gridLine{At: int(x(n)), Start: plotTop, End: plotBottom, Label: plotBottom + labelDrop, Text: text})
	}
	for i := range 5 {
		ms := top * float64(i) / 4
		p.Levels = append(p.Levels, gridLine{At: int(y(ms)), Start: plotLeft, End: plotRight, Text: formatNumber(ms) + " ms"})
	}
	for i, c := range curves {
		if len(c.Durations) == 0 {
			continue
		}
		sorted := slices.Sorted(slices.Values(c.Durations))
		var path strings.Builder
		for step := range plotSteps + 1 {
			n := nines * float64(step) / plotSteps
			rank := min(len(sorted)-1, int(float64(len(sorted))*(1-math.Pow(10, -n))))
			verb := "L"
			if step == 0 {
				verb = "M"
			}
			fmt.Fprintf(&path, "%s%.1f %.1f", verb, x(n), y(milliseconds(sorted[rank])))
		}
		key := plotLeft + i*(plotRight-plotLeft)/len(curves)
		p.Curves = append(p.Curves, plottedCurve{
			Name: c.Name, Class: fmt.Sprintf("c%d", i%plotColours), Path: path.String(),
			KeyX: key, KeyEnd: key + keyLength, KeyY: keyAt,
		})
	}
	return p
}

// roundUp returns the next larger 1, 2, 4 or 8 times a power of ten.
func roundUp(v float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, n := range []float64{1, 2, 4, 8} {
		if v <= n*unit {
			return n * unit
		}
	}
	return 10 * unit
}

package main

import (
	"fmt"
	"html"
	"strings"

	"junban/queue/estimate"
)

// plot draws two charts as an SVG. The first has the mean error of every method
// at issue, by scenario. The second compares junban with the oracle by tickets
// ahead, over all scenarios.
func plot(results []result) string {
	const (
		width, left, right = 960, 60, 20
		top, bar, gap      = 70, 16, 26
	)
	colours := [methods]string{"#0b6e4f", "#8fbcaa", "#c0392b", "#d98e04", "#7d6ba0", "#6b7a89"}
	group := bar*int(methods) + gap
	most := 1.0
	for _, r := range results {
		for method := range methods {
			most = max(most, r.Rows[atIssue][method].MAE)
		}
	}
	const names = 150
	x := func(minutes float64) float64 { return names + minutes/most*(width-names-right-60) }

	var b strings.Builder
	upper := top + group*len(results)
	height := upper + 320
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12" fill="#222">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height)
	fmt.Fprintf(&b, `<text x="20" y="24" font-size="16">Mean error of the estimate at issue, in minutes (medians over clinics)</text>`+"\n")
	for method := range methods {
		fmt.Fprintf(&b, `<rect x="%d" y="38" width="12" height="12" fill="%s"/><text x="%d" y="49">%s</text>`+"\n",
			20+150*method, colours[method], 37+150*method, html.EscapeString(methodName(method)))
	}
	for i, r := range results {
		y := top + i*group
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", names-10, y+group/2-gap/4, html.EscapeString(r.Name))
		for method := range methods {
			mae := r.Rows[atIssue][method].MAE
			at := y + method*bar
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/><text x="%.1f" y="%d">%.1f</text>`+"\n",
				names, at, x(mae)-names, bar-2, colours[method], x(mae)+5, at+bar-4, mae)
		}
	}

	var ahead [2]estimate.Score
	for _, r := range results {
		ahead[ours].Merge(r.Ahead[ours])
		ahead[oracle].Merge(r.Ahead[oracle])
	}
	most = 1
	for _, s := range ahead {
		for _, k := range s.Buckets {
			most = max(most, k.MeanError().Minutes())
		}
	}
	const tall = 200
	floor := upper + 60 + tall
	fmt.Fprintf(&b, `<text x="20" y="%d" font-size="16">The same by tickets ahead, and the share of calls within the 80 %% range</text>`+"\n", upper+30)
	fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%d" y2="%d" stroke="#999"/>`+"\n", left, width-right, floor, floor)
	column := (width - left - right) / len(ahead[ours].Buckets)
	for i := range ahead[ours].Buckets {
		at := left + i*column
		from, to := estimate.BucketBounds(i)
		name := fmt.Sprintf("%d–%d ahead", from, to)
		switch to {
		case from:
			name = fmt.Sprintf("%d ahead", from)
		case -1:
			name = fmt.Sprintf("%d or more", from)
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">%s</text>`+"\n", at+column/2, floor+18, name)
		for m, s := range ahead {
			k := s.Buckets[i]
			h := k.MeanError().Minutes() / most * tall
			fmt.Fprintf(&b, `<rect x="%d" y="%.1f" width="40" height="%.1f" fill="%s"/><text x="%d" y="%.1f" text-anchor="middle">%.1f</text>`+"\n",
				at+column/2-44+48*m, float64(floor)-h, h, colours[m], at+column/2-24+48*m, float64(floor)-h-5, k.MeanError().Minutes())
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle" fill="%s">%.0f %% in range</text>`+"\n",
			at+column/2, floor+36, colours[ours], 100*ahead[ours].Buckets[i].Coverage())
	}
	b.WriteString("</svg>\n")
	return b.String()
}

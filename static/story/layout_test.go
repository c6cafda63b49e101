package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Folders of expected layouts, those of the stories and those of the pictures
// in README.md. Each type of page has a file, named after the first word of its
// stories.
const (
	layouts       = "testdata/layouts"
	readmeLayouts = "testdata/layouts-readme"
)

// The tests compare the layout of a page, not its pixels. Another browser
// version draws letters differently, but at the same places.
const (
	slack        = 3   // tolerance of position and size, in px
	slackShare   = 200 // tolerance of a large size: one part in slackShare
	slackChannel = 8   // tolerance of a colour channel, of 255
)

// piece is a painted box, or a run of text.
type piece struct {
	Key  string // tag name, "text", or "tag::before"
	Text string
	Box  [4]int // left, top, width, height in px, relative to the page

	// Style has a word for each painted property: c#1a1a1c (text colour), 16b
	// (font size, bold), bg#fff, border1#ccc, round8, shadow0/1/2, disabled,
	// under:div (covered by a div). Dark has the style in the dark scheme, or
	// nil if unknown.
	Style, Dark []string
}

// UnmarshalJSON decodes the output of testdata/layout.js.
func (p *piece) UnmarshalJSON(content []byte) error {
	var at [4]float64
	if err := json.Unmarshal(content, &[]any{&p.Key, &p.Text, &at[0], &at[1], &at[2], &at[3], &p.Style}); err != nil {
		return fmt.Errorf("reading a piece of a layout: %w", err)
	}
	for i, v := range at {
		p.Box[i] = int(v + 0.5)
		if v < 0 {
			p.Box[i] = -int(-v + 0.5)
		}
	}
	return nil
}

// name returns the name of the piece in a report.
func (p piece) name() string {
	if p.Text == "" {
		return fmt.Sprintf("%s at %d,%d", p.Key, p.Box[0], p.Box[1])
	}
	return fmt.Sprintf("%s %q", p.Key, p.Text)
}

// same reports whether two pieces have the same key and text.
func (p piece) same(q piece) bool { return p.Key == q.Key && p.Text == q.Text }

// layout is the pieces of a page in document order.
type layout []piece

// inDark adds the styles of the same page in the dark scheme. It returns the
// differences other than styles.
func (l layout) inDark(dark layout) (faults []string) {
	for _, d := range l.differences(dark, func(piece, piece) string { return "" }) {
		faults = append(faults, "in dark colours: "+d)
	}
	if len(l) != len(dark) {
		return faults
	}
	for i := range l {
		l[i].Dark = dark[i].Style
	}
	return faults
}

// changes returns the differences from the expected layout.
func (l layout) changes(now layout) []string {
	return l.differences(now, func(was, is piece) string {
		if d := restyled(was.Style, is.Style); d != "" {
			return d
		}
		if d := restyled(was.Dark, is.Dark); d != "" {
			return "in dark colours: " + d
		}
		return ""
	})
}

// differences returns the missing, new, moved and resized pieces of another
// layout, and what style reports for pieces in both. Positions are relative to
// the previous piece, so that a larger piece displaces only the next one.
func (l layout) differences(now layout, style func(was, is piece) string) []string {
	var all []string
	report := func(p piece, format string, args ...any) {
		all = append(all, p.name()+" "+fmt.Sprintf(format, args...))
	}
	wasTop, isTop := 0, 0
	for _, m := range align(l, now, piece.same) {
		switch {
		case m.is < 0:
			report(l[m.was], "is missing")
			continue
		case m.was < 0:
			report(now[m.is], "is new")
			continue
		}
		was, is := l[m.was], now[m.is]
		if d := is.Box[0] - was.Box[0]; beyond(d, 0) {
			report(is, "is %+d px to the right", d)
		}
		if d := (is.Box[1] - isTop) - (was.Box[1] - wasTop); beyond(d, 0) {
			report(is, "is %+d px down from the previous piece", d)
		}
		for i, what := range []string{"wide", "high"} {
			a, b := was.Box[2+i], is.Box[2+i]
			if i == 0 && max(a-b, b-a) <= was.trim() {
				continue
			}
			if beyond(b-a, a) {
				report(is, "is %d px %s, and was %d", b, what, a)
			}
		}
		if d := style(was, is); d != "" {
			report(is, "%s", d)
		}
		wasTop, isTop = was.Box[1], is.Box[1]
	}
	return all
}

// trim returns the tolerance of a text's width, in px. It is half a letter per
// full-width bracket or mark at its ends: browsers trim these differently.
func (p piece) trim() int {
	if p.Key != "text" || len(p.Style) < 2 {
		return 0
	}
	first, _ := utf8.DecodeRuneInString(p.Text)
	last, _ := utf8.DecodeLastRuneInString(p.Text)
	size, _ := strconv.ParseFloat(strings.TrimSuffix(p.Style[1], "b"), 64)
	half := 0
	for _, edge := range []rune{first, last} {
		if strings.ContainsRune("（）「」『』【】〈〉、。，．：；・", edge) {
			half += int(size/2) + 1
		}
	}
	return half
}

// beyond reports whether a change of a length exceeds the tolerance.
func beyond(change, size int) bool {
	return max(change, -change) > max(slack, size/slackShare)
}

// match is a pair of elements by index, or -1 if one list lacks the element.
type match struct{ was, is int }

// align pairs the elements of two lists along their longest common subsequence.
func align[T any](was, is []T, same func(a, b T) bool) []match {
	lengths := make([][]int, len(was)+1)
	for i := range lengths {
		lengths[i] = make([]int, len(is)+1)
	}
	for i := len(was) - 1; i >= 0; i-- {
		for j := len(is) - 1; j >= 0; j-- {
			if same(was[i], is[j]) {
				lengths[i][j] = lengths[i+1][j+1] + 1
			} else {
				lengths[i][j] = max(lengths[i+1][j], lengths[i][j+1])
			}
		}
	}
	var all []match
	for i, j := 0, 0; i < len(was) || j < len(is); {
		switch {
		case i < len(was) && j < len(is) && same(was[i], is[j]):
			all = append(all, match{i, j})
			i, j = i+1, j+1
		case j == len(is) || i < len(was) && lengths[i+1][j] >= lengths[i][j+1]:
			all = append(all, match{i, -1})
			i++
		default:
			all = append(all, match{-1, j})
			j++
		}
	}
	return all
}

// restyled describes the difference of two styles, or returns "". Colours may
// differ within the tolerance.
func restyled(was, is []string) string {
	alike := slices.EqualFunc(was, is, func(a, b string) bool {
		nameA, colourA, _ := strings.Cut(a, "#")
		nameB, colourB, _ := strings.Cut(b, "#")
		return nameA == nameB && alikeColours(colourA, colourB)
	})
	if alike {
		return ""
	}
	return fmt.Sprintf("is painted %v, and was %v", is, was)
}

// alikeColours compares two hexadecimal colours, with or without alpha.
func alikeColours(a, b string) bool {
	if a == b {
		return true
	}
	a, b = opaque(a), opaque(b)
	if len(a) != 8 || len(b) != 8 {
		return false
	}
	for i := 0; i < 8; i += 2 {
		x, errX := strconv.ParseInt(a[i:i+2], 16, 32)
		y, errY := strconv.ParseInt(b[i:i+2], 16, 32)
		if errX != nil || errY != nil || max(x-y, y-x) > slackChannel {
			return false
		}
	}
	return true
}

func opaque(colour string) string {
	if len(colour) == 6 {
		return colour + "ff"
	}
	return colour
}

package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Folders of expected layouts: a file for each kind of page, named after the first
// word of its stories, and those of which the pictures of README.md were taken.
const (
	layouts       = "testdata/layouts"
	readmeLayouts = "testdata/layouts-readme"
)

// The layout of a page is compared, not its pixels: another browser version draws
// letters in another way, but it puts them on the same places. Row T1.
const (
	slack        = 3   // px by which a piece may be displaced or be of another size
	slackShare   = 200 // the size of what is large may differ by one part in slackShare
	slackChannel = 8   // of 255, by which a channel of a colour may differ
)

// piece is a box that a page paints, or a run of its text.
type piece struct {
	Key  string // tag name, "text", or "tag::before"
	Text string
	Box  [4]int // left, top, width, height in px; the top is that of the page

	// Style has a word for each property that is painted: c#1a1a1c (colour of the
	// text), 16b (its size, bold), bg#fff, border1#ccc, round8, shadow0/1/2,
	// disabled, under:div (covered by one). Dark is the same in dark colours; nil
	// where it was not looked at.
	Style, Dark []string
}

// UnmarshalJSON reads a piece as testdata/layout.js answers it.
func (p *piece) UnmarshalJSON(content []byte) error {
	var at [4]float64
	if err := json.Unmarshal(content, &[]any{&p.Key, &p.Text, &at[0], &at[1], &at[2], &at[3], &p.Style}); err != nil {
		return fmt.Errorf("read a piece of a layout: %w", err)
	}
	for i, v := range at {
		p.Box[i] = int(v + 0.5)
		if v < 0 {
			p.Box[i] = -int(-v + 0.5)
		}
	}
	return nil
}

// name is what a report calls the piece.
func (p piece) name() string {
	if p.Text == "" {
		return fmt.Sprintf("%s at %d,%d", p.Key, p.Box[0], p.Box[1])
	}
	return fmt.Sprintf("%s %q", p.Key, p.Text)
}

// same reports whether two pieces are the same one, however it is laid out.
func (p piece) same(q piece) bool { return p.Key == q.Key && p.Text == q.Text }

// layout is what a page paints, in the order of the document.
type layout []piece

// inDark adds the styles that the same page has in dark colours. Faults are what
// is not only of another colour there.
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

// changes lists how a layout differs from the expected one.
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

// differences lists what is missing, new, displaced or of another size in another
// layout, and what the styles of a piece that is in both give. A piece's place is
// measured from the piece before it: one that grows displaces the next one, not
// all that follow.
func (l layout) differences(now layout, style func(was, is piece) string) []string {
	var all []string
	say := func(p piece, format string, args ...any) {
		all = append(all, p.name()+" "+fmt.Sprintf(format, args...))
	}
	wasTop, isTop := 0, 0
	for _, m := range align(l, now, piece.same) {
		switch {
		case m.is < 0:
			say(l[m.was], "is missing")
			continue
		case m.was < 0:
			say(now[m.is], "is new")
			continue
		}
		was, is := l[m.was], now[m.is]
		if d := is.Box[0] - was.Box[0]; beyond(d, 0) {
			say(is, "is %+d px to the right", d)
		}
		if d := (is.Box[1] - isTop) - (was.Box[1] - wasTop); beyond(d, 0) {
			say(is, "is %+d px down from what stands before it", d)
		}
		for i, what := range []string{"wide", "high"} {
			a, b := was.Box[2+i], is.Box[2+i]
			if i == 0 && max(a-b, b-a) <= was.trim() {
				continue
			}
			if beyond(b-a, a) {
				say(is, "is %d px %s, and was %d", b, what, a)
			}
		}
		if d := style(was, is); d != "" {
			say(is, "%s", d)
		}
		wasTop, isTop = was.Box[1], is.Box[1]
	}
	return all
}

// trim is by how much a text may be wider or narrower, in px: half of a letter per
// full-width bracket or mark at its edge, which browsers trim in different places.
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

// beyond reports whether a length that was of that size changed by more than the
// slack.
func beyond(change, size int) bool {
	return max(change, -change) > max(slack, size/slackShare)
}

// match is an element of two lists by index; -1 where one of them lacks it.
type match struct{ was, is int }

// align pairs the elements of two lists: the longest common subsequence.
func align[T any](was, is []T, same func(a, b T) bool) []match {
	long := make([][]int, len(was)+1)
	for i := range long {
		long[i] = make([]int, len(is)+1)
	}
	for i := len(was) - 1; i >= 0; i-- {
		for j := len(is) - 1; j >= 0; j-- {
			if same(was[i], is[j]) {
				long[i][j] = long[i+1][j+1] + 1
			} else {
				long[i][j] = max(long[i+1][j], long[i][j+1])
			}
		}
	}
	var all []match
	for i, j := 0, 0; i < len(was) || j < len(is); {
		switch {
		case i < len(was) && j < len(is) && same(was[i], is[j]):
			all = append(all, match{i, j})
			i, j = i+1, j+1
		case j == len(is) || i < len(was) && long[i+1][j] >= long[i][j+1]:
			all = append(all, match{i, -1})
			i++
		default:
			all = append(all, match{-1, j})
			j++
		}
	}
	return all
}

// restyled says how two styles differ, "" where they do not. Colours may differ by
// the slack.
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

// alikeColours compares two colours in hexadecimal digits, with or without alpha.
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

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
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

// lines writes a layout, a piece on each line: key, left, top from the top of the
// piece before, width, height, style, and the text. Lines of a diff are then those
// of the pieces that changed.
func (l layout) lines() []string {
	var all []string
	top := 0
	for _, p := range l {
		line := fmt.Sprintf("%s %d %+d %d×%d", p.Key, p.Box[0], p.Box[1]-top, p.Box[2], p.Box[3])
		top = p.Box[1]
		for _, word := range p.Style {
			line += " " + word
		}
		if p.Dark != nil && !slices.Equal(p.Dark, p.Style) {
			line += " | " + strings.Join(p.Dark, " ")
		}
		if p.Text != "" {
			line += " " + strconv.Quote(p.Text)
		}
		all = append(all, line)
	}
	return all
}

// parseLayout reads what [layout.lines] wrote.
func parseLayout(lines []string, dark bool) (layout, error) {
	l := layout{}
	top := 0
	for _, line := range lines {
		p, err := parsePiece(line, top, dark)
		if err != nil {
			return nil, err
		}
		l, top = append(l, p), p.Box[1]
	}
	return l, nil
}

// The pages of a kind have most lines in common. A layout is therefore written as
// its difference from another one above it, which its heading names: "= 12" takes
// that many lines of the other one, "- 3" leaves out that many.
const (
	heading = "== "
	like    = " like "
	takes   = "= "
	omits   = "- "
)

// block is a layout in a file.
type block struct {
	name  string
	lines []string
}

// nearest is the block that has the most lines in common with these, of those of
// the same language and width; the zero block if there is none.
func nearest(lines []string, name string, among []block) block {
	_, kind, _ := strings.Cut(name, " ")
	var best block
	most := 0
	for _, b := range among {
		if _, k, _ := strings.Cut(b.name, " "); k != kind {
			continue
		}
		count := map[string]int{}
		for _, line := range b.lines {
			count[line]++
		}
		shared := 0
		for _, line := range lines {
			if count[line] > 0 {
				count[line]--
				shared++
			}
		}
		if shared > most {
			best, most = b, shared
		}
	}
	return best
}

// shorten writes lines as their difference from others.
func shorten(lines, before []string) []string {
	var all []string
	count := func(sign string) {
		if n := len(all); n > 0 {
			if rest, ok := strings.CutPrefix(all[n-1], sign); ok {
				k, _ := strconv.Atoi(rest)
				all[n-1] = sign + strconv.Itoa(k+1)
				return
			}
		}
		all = append(all, sign+"1")
	}
	for _, m := range align(before, lines, func(a, b string) bool { return a == b }) {
		switch {
		case m.is < 0:
			count(omits)
		case m.was < 0:
			all = append(all, lines[m.is])
		default:
			count(takes)
		}
	}
	return all
}

// lengthen undoes [shorten].
func lengthen(lines, before []string) ([]string, error) {
	var all []string
	for _, line := range lines {
		count, take := strings.CutPrefix(line, takes)
		if !take {
			var omit bool
			if count, omit = strings.CutPrefix(line, omits); !omit {
				all = append(all, line)
				continue
			}
		}
		n, err := strconv.Atoi(count)
		if err != nil || n > len(before) {
			return nil, fmt.Errorf("read %q: no such lines in the layout before", line)
		}
		if take {
			all = append(all, before[:n]...)
		}
		before = before[n:]
	}
	return all, nil
}

// parsePiece reads a line of [layout.lines]. The top is that of the piece before.
func parsePiece(line string, top int, dark bool) (piece, error) {
	var p piece
	if i := strings.Index(line, ` "`); i >= 0 {
		text, err := strconv.Unquote(line[i+1:])
		if err != nil {
			return p, fmt.Errorf("read the text of %q: %w", line, err)
		}
		p.Text, line = text, line[:i]
	}
	head, tail, twice := strings.Cut(line, " | ")
	words := strings.Fields(head)
	if len(words) < 4 {
		return p, fmt.Errorf("read %q: too short", line)
	}
	width, height, _ := strings.Cut(words[3], "×")
	for i, word := range []string{words[1], words[2], width, height} {
		n, err := strconv.Atoi(word)
		if err != nil {
			return p, fmt.Errorf("read %q: %w", line, err)
		}
		p.Box[i] = n
	}
	p.Box[1] += top
	p.Key, p.Style = words[0], words[4:]
	if twice {
		p.Dark = strings.Fields(tail)
	} else if dark {
		p.Dark = p.Style
	}
	return p, nil
}

// album is the expected layouts and those of this run, by name: story, language
// and width. A name that ends in "dark" has both kinds of colours.
type album struct {
	folder string
	was    map[string]layout
	mu     sync.Mutex
	is     map[string]layout
}

// readAlbum reads the expected layouts of a folder.
func readAlbum(t *testing.T, folder string) *album {
	t.Helper()
	a := &album{folder: folder, was: map[string]layout{}, is: map[string]layout{}}
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		known := map[string][]string{}
		for text := range strings.SplitSeq(strings.TrimPrefix(string(content), heading), "\n"+heading) {
			title, text, _ := strings.Cut(text, "\n")
			name, other, _ := strings.Cut(title, like)
			lines, err := lengthen(strings.Split(strings.TrimSuffix(text, "\n"), "\n"), known[other])
			if err == nil {
				a.was[name], err = parseLayout(lines, strings.HasSuffix(name, dark))
			}
			if err != nil {
				t.Fatalf("%s: %s: %v", file, name, err)
			}
			known[name] = lines
		}
	}
	return a
}

const dark = " dark"

// put keeps a layout of this run and lists how it differs from the expected one.
// The expected one is kept where nothing differs by more than the slack, so that
// many small changes do not add up unseen.
func (a *album) put(name string, l layout) (changes []string) {
	was, known := a.was[name]
	if known {
		changes = was.changes(l)
	} else {
		changes = []string{"no layout is expected: run with -update"}
	}
	if len(changes) == 0 {
		l = was
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.is[name] = l
	return changes
}

// rename gives a layout of this run another name.
func (a *album) rename(from, to string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.is[from]
	delete(a.is, from)
	delete(a.was, from)
	a.is[to] = l
}

// write makes the layouts of this run the expected ones; those of stories that it
// did not open stay where -story chose some.
func (a *album) write(t *testing.T) {
	t.Helper()
	if *only != "" {
		maps.Copy(a.was, a.is)
		a.is = a.was
	}
	files := map[string]string{}
	above := map[string][]block{}
	for _, name := range slices.Sorted(maps.Keys(a.is)) {
		group := name[:strings.IndexAny(name, "- ")]
		lines := a.is[name].lines()
		other := nearest(lines, name, above[group])
		title := name
		if other.name != "" {
			title += like + other.name
		}
		files[group] += heading + title + "\n" + strings.Join(shorten(lines, other.lines), "\n") + "\n"
		above[group] = append(above[group], block{name, lines})
	}
	if err := os.RemoveAll(a.folder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(a.folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for group, text := range files {
		if err := os.WriteFile(filepath.Join(a.folder, group+".txt"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

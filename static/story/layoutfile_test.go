package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

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

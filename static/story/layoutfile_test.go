package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// lines formats a layout, one piece per line. The fields are key, left, top
// relative to the previous piece, width, height, style, and text. So a diff
// shows only the changed pieces.
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

// parseLayout parses the result of [layout.lines].
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

// Pages of a type have most lines in common. So a layout is written as its
// difference from one above it, which its heading names. "= 12" copies 12 lines
// of that one, and "- 3" skips 3.
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

// nearest returns the block of the same language and width with the most lines
// in common, or the zero block.
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

// shorten formats lines as their difference from others.
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

// lengthen is the inverse of [shorten].
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
			return nil, fmt.Errorf("reading %q: no such lines in the layout above", line)
		}
		if take {
			all = append(all, before[:n]...)
		}
		before = before[n:]
	}
	return all, nil
}

// parsePiece parses a line of [layout.lines]; top is that of the previous
// piece.
func parsePiece(line string, top int, dark bool) (piece, error) {
	var p piece
	if i := strings.Index(line, ` "`); i >= 0 {
		text, err := strconv.Unquote(line[i+1:])
		if err != nil {
			return p, fmt.Errorf("reading the text of %q: %w", line, err)
		}
		p.Text, line = text, line[:i]
	}
	head, tail, twice := strings.Cut(line, " | ")
	words := strings.Fields(head)
	if len(words) < 4 {
		return p, fmt.Errorf("reading %q: too short", line)
	}
	width, height, _ := strings.Cut(words[3], "×")
	for i, word := range []string{words[1], words[2], width, height} {
		n, err := strconv.Atoi(word)
		if err != nil {
			return p, fmt.Errorf("reading %q: %w", line, err)
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

package text

import (
	"strings"
	"unicode"

	"junban/static"
)

// maxWords is the longest sentence that a clinic adds to a notice, in characters.
const maxWords = 80

// clean is a text that a clinic wrote, as one line. Control characters are spaces, and
// direction marks and invalid bytes are left out.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return strings.Join(strings.Fields(text), " ")
}

// cleanLines is a text of several lines, each clean. No two empty lines follow each
// other.
func cleanLines(text string) string {
	var lines []string
	for line := range strings.Lines(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)) {
		line = static.Isolated(clean(line))
		if line != "" || len(lines) > 0 && lines[len(lines)-1] != "" {
			lines = append(lines, line)
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// clipped is a text of at most a number of characters. It is cut where no mark or joiner
// follows, so that no character loses its accent.
func clipped(text string, most int) string {
	all := []rune(text)
	if len(all) <= most {
		return text
	}
	if most < 1 {
		return ""
	}
	cut := most - 1
	for cut > 0 && (joins(all[cut]) || all[cut-1] == '\u200d') {
		cut--
	}
	return strings.TrimRight(string(all[:cut]), " ") + "…"
}

// isolatedWithin is a clipped text in Unicode isolates where it has right-to-left letters.
// The isolates count as characters.
func isolatedWithin(text string, most int) string {
	text = clipped(text, most)
	isolated := static.Isolated(text)
	if isolated != text {
		isolated = static.Isolated(clipped(text, most-2))
	}
	return isolated
}

// joins reports whether a character belongs to the one before it.
func joins(r rune) bool {
	return unicode.Is(unicode.M, r) || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r) || r >= 0x1f3fb && r <= 0x1f3ff
}

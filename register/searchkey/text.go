package searchkey

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"junban/queue/typed"
)

// Name returns the key of a name. It ignores width, case, hiragana or katakana, variants
// of characters, white space and middle dots.
func Name(s string) string {
	s = strings.ToValidUTF8(s, "")
	// What is dropped may leave characters side by side that join in the next round.
	for range 8 {
		next := norm.NFC.String(katakana(typed.Fold(katakana(s))))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// Kana returns the key of a reading, by which lists are sorted.
func Kana(s string) string { return Name(s) }

// katakana maps hiragana to katakana, and drops what no key has. A mark that follows ー is
// dropped, because [Loose] drops ー, and the mark would join another character.
func katakana(s string) string {
	var before rune
	return strings.Map(func(r rune) rune {
		switch {
		case dropped(r), before == 'ー' && (unicode.Is(unicode.M, r) || r == '゛' || r == '゜'):
			return -1
		case r == '゛':
			r = '\u3099'
		case r == '゜':
			r = '\u309a'
		case r >= 'ぁ' && r <= 'ゖ', r == 'ゝ', r == 'ゞ':
			r += 'ァ' - 'ぁ'
		}
		before = r
		return r
	}, s)
}

// dropped reports whether no key has a character: it is white space, or has no shape.
func dropped(r rune) bool {
	return unicode.IsSpace(r) || typed.Refused(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == '・' || r == '･' || r == utf8.RuneError
}

// Loose returns a key in which similar sounds are one. It is asked where the strict keys
// find nothing. It maps ヂ to ジ, ヅ to ズ, ヲ to オ and small kana to large, and drops ー.
func Loose(s string) string {
	return strings.Map(func(r rune) rune {
		if r == 'ー' {
			return -1
		}
		if to, ok := loose[r]; ok {
			return to
		}
		return r
	}, Name(s))
}

var loose = map[rune]rune{
	'ヂ': 'ジ', 'ヅ': 'ズ', 'ヲ': 'オ', 'ァ': 'ア', 'ィ': 'イ', 'ゥ': 'ウ', 'ェ': 'エ', 'ォ': 'オ', 'ッ': 'ツ', 'ャ': 'ヤ', 'ュ': 'ユ', 'ョ': 'ヨ',
	'ヮ': 'ワ', 'ヵ': 'カ', 'ヶ': 'ケ', 'ヰ': 'イ', 'ヱ': 'エ',
}

// Grams returns a set of bits for the neighbouring characters of texts. A row whose bits
// lack one of a word's bits does not contain the word. To compare two numbers is much
// faster than to search a text. The bits are those of the loose keys, so they serve the
// strict ones too.
func Grams(texts ...string) int64 {
	var bits uint64
	for _, text := range texts {
		var before rune
		for _, r := range Loose(text) {
			if !isKatakana(r) { // one kana alone is in nearly every reading
				bits |= bit(0, r)
			}
			if before != 0 {
				bits |= bit(before, r)
			}
			before = r
		}
	}
	return int64(bits)
}

func isKatakana(r rune) bool { return r >= 'ァ' && r <= 'ヿ' }

// bit is one of 63 bits; the sign stays free. Databases keep it: never change it without
// a migration.
func bit(a, b rune) uint64 {
	h := (uint64(a)<<21 | uint64(b)) * 0x9E3779B97F4A7C15
	return 1 << ((h >> 32) % 63)
}

package csvfile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
)

// The encodings of files.
const (
	UTF8  = "utf-8" // with a byte order mark when written: Excel needs it
	CP932 = "cp932" // Shift_JIS as Windows has it
)

// ParseEncoding checks the name of an encoding.
func ParseEncoding(s string) (string, error) {
	if s != UTF8 && s != CP932 {
		return "", fmt.Errorf("encoding %q is neither %q nor %q", s, UTF8, CP932)
	}
	return s, nil
}

// Geta (〓) stands for a character that the file's encoding does not have.
const Geta = '〓'

const byteOrderMark = "\ufeff"

// sameInCP932 are characters that CP932 has at another code point of Unicode.
var sameInCP932 = map[rune]rune{'〜': '～', '−': '－', '—': '―', '‖': '∥', '¥': '￥', '¢': '￠', '£': '￡', '¬': '￢'}

// variationSelector reports whether a character only selects a glyph of the one before.
func variationSelector(r rune) bool {
	return 0xfe00 <= r && r <= 0xfe0f || 0xe0100 <= r && r <= 0xe01ef
}

// clean replaces what no file may contain: bytes that are no UTF-8, and NUL.
func clean(s string) (string, int) {
	if utf8.ValidString(s) && !strings.ContainsRune(s, 0) {
		return s, 0
	}
	var b strings.Builder
	replaced := 0
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == 0 || r == utf8.RuneError && size == 1 {
			r = Geta
			replaced++
		}
		b.WriteRune(r)
	}
	return b.String(), replaced
}

// mapped is a text with the code points that CP932 has.
func mapped(s string) string {
	return strings.Map(func(r rune) rune {
		if same, ok := sameInCP932[r]; ok {
			return same
		}
		if variationSelector(r) {
			return -1
		}
		return r
	}, s)
}

// cp932 encodes a mapped text, and counts the characters that it replaced.
func cp932(encoder *encoding.Encoder, s string) ([]byte, int) {
	if b, err := encoder.Bytes([]byte(s)); err == nil {
		return b, 0
	}
	var out []byte
	replaced := 0
	for _, r := range s {
		b, err := encoder.Bytes([]byte(string(r)))
		if err != nil {
			replaced++
			b = []byte{0x81, 0xac} // Geta
		}
		out = append(out, b...)
	}
	return out, replaced
}

func newEncoder() *encoding.Encoder { return japanese.ShiftJIS.NewEncoder() }

package csvfile

import (
	"strings"
	"unicode/utf8"
)

// formulaStarts are the characters by which spreadsheets know a formula, also in full
// width as Japanese ones do. They are those of OWASP's page on CSV injection.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// formula reports whether a cell, after any apostrophes, begins like a formula.
func formula(cell string) bool {
	first, size := utf8.DecodeRuneInString(strings.TrimLeft(cell, "'"))
	return size > 0 && strings.ContainsRune(formulaStarts, first)
}

// guard puts an apostrophe before a formula. It also does so before a cell that already
// has one, so that [unguard] restores each cell.
func guard(cell string) string {
	if formula(cell) {
		return "'" + cell
	}
	return cell
}

// unguard removes the apostrophe of guard.
func unguard(cell string) string {
	if strings.HasPrefix(cell, "'") && formula(cell) {
		return cell[1:]
	}
	return cell
}

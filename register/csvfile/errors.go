package csvfile

import "fmt"

// Error is a fault of a file. Line and Column count from 1; Column counts characters, and
// is 0 where the whole line or file is at fault.
type Error struct {
	Code         string // one of the constants
	Line, Column int
	Want, Got    int // cells, or the limit and what exceeds it
}

// The codes of an [Error].
const (
	CodeUTF16    = "file_utf16"    // UTF-16, such as Excel's "Unicode text"
	CodeBinary   = "file_binary"   // no text: a workbook, a picture
	CodeEncoding = "file_encoding" // bytes that are neither UTF-8 nor CP932
	CodeSize     = "file_size"     // more bytes than [Limits]
	CodeRows     = "file_rows"     // more rows
	CodeCell     = "file_cell"     // a longer cell
	CodeColumns  = "file_columns"  // a row with another number of cells than the first; reading goes on
	CodeQuote    = "file_quote"    // a quote that does not end, or text after it
	CodeEmpty    = "file_empty"    // not even a first row
)

var sentences = map[string]string{
	CodeUTF16:    "the file is in UTF-16; save it as CSV in UTF-8",
	CodeBinary:   "the file is no text; save it as CSV",
	CodeEncoding: "the file is neither in UTF-8 nor in Shift_JIS",
	CodeSize:     "the file is too large",
	CodeRows:     "the file has too many rows",
	CodeCell:     "a cell is too long",
	CodeColumns:  "the row has another number of cells than the first row",
	CodeQuote:    "a quote does not end, or text follows it",
	CodeEmpty:    "the file is empty",
}

func (e *Error) Error() string {
	text := fmt.Sprintf("line %d", e.Line)
	if e.Column > 0 {
		text += fmt.Sprintf(", character %d", e.Column)
	}
	text += ": " + sentences[e.Code]
	if e.Want > 0 || e.Got > 0 {
		text += fmt.Sprintf(" (%d instead of %d)", e.Got, e.Want)
	}
	return text
}

package csvfile

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/transform"
)

// Limits are the most that a [Reader] reads. A zero is the default.
type Limits struct {
	Bytes   int64 // 100 MB
	Rows    int   // 200,000, besides the first
	Columns int   // 200
	Cell    int   // 10,000 characters
}

func (l Limits) orDefault() Limits {
	if l.Bytes == 0 {
		l.Bytes = 100 << 20
	}
	if l.Rows == 0 {
		l.Rows = 200_000
	}
	if l.Columns == 0 {
		l.Columns = 200
	}
	if l.Cell == 0 {
		l.Cell = 10_000
	}
	return l
}

// window is how much of a file decides about its encoding.
const window = 64 << 10

// Row is one row of a file.
type Row struct {
	Line  int // of its beginning
	Cells []string
}

// Reader reads a CSV file row by row. It finds out the encoding itself: UTF-8 with or
// without a byte order mark, else CP932. Rows end with CRLF, LF or CR. Lines without a
// character are no rows.
type Reader struct {
	limits  Limits
	raw     *bufio.Reader
	runes   io.RuneReader // of the file as UTF-8
	cp932   bool
	decided bool
	begun   bool
	fatal   error

	line, column int // of the character that was read last
	last         rune
	afterCR      bool

	width int // cells of the first row
	rows  int
}

// NewReader returns a reader of a file.
func NewReader(r io.Reader, limits Limits) *Reader {
	limits = limits.orDefault()
	raw := bufio.NewReaderSize(&limited{r: r, left: limits.Bytes}, window)
	return &Reader{limits: limits, raw: raw, runes: raw, line: 1}
}

// Encoding is the encoding of what was read so far. Text in ASCII is [UTF8].
func (r *Reader) Encoding() string {
	if r.cp932 {
		return CP932
	}
	return UTF8
}

// limited refuses more than a number of bytes.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, &Error{Code: CodeSize}
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return n, &Error{Code: CodeSize}
	}
	return n, err
}

// Read returns the next row; [io.EOF] at the end. After an [Error] with [CodeColumns] or
// [CodeCell] reading goes on with the next row; any other error is final.
func (r *Reader) Read() (Row, error) {
	for r.fatal == nil {
		row, err := r.row()
		if err != nil {
			r.fatal = err
			break
		}
		if row.Cells == nil && row.long == 0 { // an empty line
			continue
		}
		return r.check(row)
	}
	if r.fatal == io.EOF && r.width == 0 {
		return Row{}, &Error{Code: CodeEmpty, Line: 1}
	}
	return Row{}, r.fatal
}

// parsed is a row before its cells are counted. long is the column of a cell that is too
// long, or 0.
type parsed struct {
	Row
	long  int
	extra int // cells beyond the limit
}

// check holds a row to the limits and to the width of the first one.
func (r *Reader) check(row parsed) (Row, error) {
	if r.width == 0 {
		if row.extra > 0 {
			r.fatal = &Error{Code: CodeColumns, Line: row.Line, Want: r.limits.Columns, Got: len(row.Cells) + row.extra}
			return Row{}, r.fatal
		}
		r.width = len(row.Cells)
	} else if r.rows++; r.rows > r.limits.Rows {
		r.fatal = &Error{Code: CodeRows, Line: row.Line, Want: r.limits.Rows, Got: r.rows}
		return Row{}, r.fatal
	}
	if row.long > 0 {
		return row.Row, &Error{Code: CodeCell, Line: row.Line, Column: row.long, Want: r.limits.Cell, Got: r.limits.Cell + 1}
	}
	got := len(row.Cells) + row.extra
	for len(row.Cells) > r.width && row.Cells[len(row.Cells)-1] == "" && row.extra == 0 { // programs append empty cells
		row.Cells = row.Cells[:len(row.Cells)-1]
	}
	if len(row.Cells) != r.width || row.extra > 0 {
		return row.Row, &Error{Code: CodeColumns, Line: row.Line, Want: r.width, Got: got}
	}
	return row.Row, nil
}

// row reads the cells of one line, or of more where a quoted cell has line breaks. It
// returns no cells for an empty line.
func (r *Reader) row() (parsed, error) {
	c, err := r.take()
	if err != nil {
		return parsed{}, err
	}
	row := parsed{Row: Row{Line: r.line}}
	if c == '\n' {
		return row, nil
	}
	for {
		var cell strings.Builder
		n, column, quoted := 0, r.column, c == '"'
		line := r.line
		add := func(c rune) {
			if n++; n <= r.limits.Cell {
				cell.WriteRune(c)
			} else if row.long == 0 {
				row.long = column
			}
		}
		if quoted {
			for {
				if c, err = r.inQuotes(); err == io.EOF {
					return row, &Error{Code: CodeQuote, Line: line, Column: column}
				} else if err != nil {
					return row, err
				}
				if c != '"' {
					add(c)
					continue
				}
				if c, err = r.take(); err == nil && c == '"' {
					add('"')
					continue
				}
				break
			}
			if err == nil && c != ',' && c != '\n' {
				return row, &Error{Code: CodeQuote, Line: r.line, Column: r.column}
			}
		} else {
			for err == nil && c != ',' && c != '\n' {
				add(c)
				c, err = r.take()
			}
		}
		if err != nil && err != io.EOF {
			return row, err
		}
		if len(row.Cells) < r.limits.Columns {
			row.Cells = append(row.Cells, unguard(cell.String()))
		} else {
			row.extra++
		}
		if err == io.EOF || c == '\n' {
			return row, nil
		}
		if c, err = r.take(); err != nil { // a comma ended the file
			if err != io.EOF {
				return row, err
			}
			c = '\n'
		}
	}
}

// take returns the next character outside quotes: each end of a line is one \n.
func (r *Reader) take() (rune, error) {
	c, err := r.read()
	if err == nil && c == '\n' && r.afterCR {
		c, err = r.read()
	}
	r.afterCR = err == nil && c == '\r'
	if r.afterCR {
		return '\n', nil
	}
	return c, err
}

// inQuotes returns the next character inside quotes, as it is.
func (r *Reader) inQuotes() (rune, error) {
	r.afterCR = false
	return r.read()
}

// read returns the next character, and counts lines and columns. A line ends before the
// character after \n, \r\n or \r.
func (r *Reader) read() (rune, error) {
	if !r.begun {
		if err := r.begin(); err != nil {
			return 0, err
		}
	}
	if !r.decided {
		if err := r.decide(); err != nil {
			return 0, err
		}
	}
	c, size, err := r.runes.ReadRune()
	if r.last == '\n' && c != 0 || r.last == '\r' && c != '\n' {
		r.line, r.column = r.line+1, 0
	}
	if err != nil {
		return 0, r.placed(err)
	}
	r.last = c
	r.column++
	switch {
	case c == 0:
		return 0, &Error{Code: CodeBinary, Line: r.line, Column: r.column}
	case c == utf8.RuneError && (size == 1 || r.cp932):
		return 0, &Error{Code: CodeEncoding, Line: r.line, Column: r.column}
	}
	return c, nil
}

// placed gives an error of the file its line.
func (r *Reader) placed(err error) error {
	if e, ok := err.(*Error); ok {
		return &Error{Code: e.Code, Line: r.line, Want: int(r.limits.Bytes), Got: int(r.limits.Bytes) + 1}
	}
	return err
}

// begin looks at the first bytes.
func (r *Reader) begin() error {
	r.begun = true
	head, err := r.raw.Peek(512)
	if err != nil && err != io.EOF && len(head) == 0 {
		return r.placed(err)
	}
	switch {
	case bytes.HasPrefix(head, []byte(byteOrderMark)):
		r.decided = true
		_, err := r.raw.Discard(len(byteOrderMark))
		return err
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}), everySecondZero(head):
		return &Error{Code: CodeUTF16, Line: 1}
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("%PDF-")), bytes.IndexByte(head, 0) >= 0:
		return &Error{Code: CodeBinary, Line: 1}
	}
	return nil
}

// everySecondZero reports whether text looks like UTF-16 of ASCII without a mark.
func everySecondZero(head []byte) bool {
	if len(head) < 4 {
		return false
	}
	zeros := [2]int{}
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	half := len(head) / 2
	return zeros[0] == 0 && zeros[1] > half/2 || zeros[1] == 0 && zeros[0] > half/2
}

// decide chooses the encoding at the first byte that is not ASCII: UTF-8 if all of the
// window is, else CP932.
func (r *Reader) decide() error {
	first, err := r.raw.Peek(1)
	if err != nil || first[0] < utf8.RuneSelf {
		return nil // also the end, which the next read returns
	}
	r.decided = true
	text, err := r.raw.Peek(window)
	if err == nil { // the window may end inside a character
		for i := 1; i <= utf8.UTFMax && i <= len(text); i++ {
			if utf8.RuneStart(text[len(text)-i]) {
				if !utf8.FullRune(text[len(text)-i:]) {
					text = text[:len(text)-i]
				}
				break
			}
		}
	}
	if utf8.Valid(text) {
		return nil
	}
	r.cp932 = true
	r.runes = bufio.NewReaderSize(transform.NewReader(r.raw, japanese.ShiftJIS.NewDecoder()), window)
	return nil
}

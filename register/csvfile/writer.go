package csvfile

import (
	"bufio"
	"io"
	"strings"

	"golang.org/x/text/encoding"
)

// Writer writes a CSV file row by row. Its caller calls [Writer.Flush] at the end.
type Writer struct {
	out      *bufio.Writer
	encoder  *encoding.Encoder // nil: UTF-8
	replaced int64
}

// NewWriter returns a writer in an encoding. A file begins with it; to go on with a file
// whose beginning is written, use [NewContinuation].
func NewWriter(w io.Writer, encoding string) (*Writer, error) {
	out, err := NewContinuation(w, encoding)
	if err == nil && encoding == UTF8 {
		_, err = out.out.WriteString(byteOrderMark)
	}
	return out, err
}

// NewContinuation returns a writer that appends rows to a file.
func NewContinuation(w io.Writer, encoding string) (*Writer, error) {
	if _, err := ParseEncoding(encoding); err != nil {
		return nil, err
	}
	out := &Writer{out: bufio.NewWriterSize(w, 32<<10)}
	if encoding == CP932 {
		out.encoder = newEncoder()
	}
	return out, nil
}

// Write appends a row. Each cell is quoted, and no cell is a formula.
func (w *Writer) Write(cells []string) error {
	for i, cell := range cells {
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.out.WriteByte('"')
		w.cell(cell)
		w.out.WriteByte('"')
	}
	_, err := w.out.WriteString("\r\n") // returns the error of any write before
	return err
}

func (w *Writer) cell(cell string) {
	cell, replaced := clean(cell)
	w.replaced += int64(replaced)
	if w.encoder != nil {
		cell = mapped(cell)
	}
	if cell = guard(cell); strings.Contains(cell, `"`) {
		cell = strings.ReplaceAll(cell, `"`, `""`)
	}
	if w.encoder == nil {
		w.out.WriteString(cell)
		return
	}
	b, replaced := cp932(w.encoder, cell)
	w.replaced += int64(replaced)
	w.out.Write(b)
}

// Flush writes what is buffered.
func (w *Writer) Flush() error { return w.out.Flush() }

// Replaced is how many characters were written as [Geta], because the encoding does not
// have them.
func (w *Writer) Replaced() int64 { return w.replaced }

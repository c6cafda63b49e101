package csvfile_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"junban/register/csvfile"
)

// people are rows as clinics have them, with what the encodings differ in.
var people = [][]string{
	{"会員番号", "氏名", "カナ", "電話番号", "メモ"},
	{"1", "髙橋 﨑子", "タカハシ サキコ", "03-1234-5678", "①㈱ ～－―∥￥"},
	{"2", "山田 太郎", "ﾔﾏﾀﾞ ﾀﾛｳ", "+81 90-1234-5678", "=HYPERLINK(\"http://example.com\")"},
	{"3", "\"引用\", 田中", "", "090-0000-0000", "二行\r\n目と\n三行目"},
	{"4", "", "", "", "'=1"},
	{"5", "＝全角", "-1", "@a", "\ttab"},
}

func write(t testing.TB, encoding string, rows [][]string) ([]byte, int64) {
	t.Helper()
	var out bytes.Buffer
	w, err := csvfile.NewWriter(&out, encoding)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), w.Replaced()
}

func read(file []byte) (rows [][]string, encoding string, err error) {
	r := csvfile.NewReader(bytes.NewReader(file), csvfile.Limits{})
	for {
		row, err := r.Read()
		if err == io.EOF {
			return rows, r.Encoding(), nil
		}
		if err != nil {
			return rows, r.Encoding(), err
		}
		rows = append(rows, row.Cells)
	}
}

// TestWriter_Golden compares files with those that were checked in Excel's terms: CRLF,
// quotes, a mark, CP932.
func TestWriter_Golden(t *testing.T) {
	t.Parallel()
	for _, encoding := range []string{csvfile.UTF8, csvfile.CP932} {
		got, replaced := write(t, encoding, people)
		if replaced != 0 {
			t.Errorf("%s: %d characters were replaced", encoding, replaced)
		}
		golden := filepath.Join("testdata", encoding+".csv")
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", encoding, got, want)
		}
		rows, found, err := read(got)
		if err != nil || found != encoding || !reflect.DeepEqual(rows, people) {
			t.Errorf("%s: read %q as %s: %v", encoding, rows, found, err)
		}
	}
}

func TestWriter_MapsWhatCP932Lacks(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"〜−—‖¥", "葛\U000e0100城", "𠮷田 é 한", "a\x00b\xff"}}
	file, replaced := write(t, csvfile.CP932, rows)
	if replaced != 5 {
		t.Errorf("%d characters were replaced, want 5", replaced)
	}
	got, _, err := read(file)
	if want := [][]string{{"～－―∥￥", "葛城", "〓田 〓 〓", "a〓b〓"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q: %v", got, want, err)
	}
	if bytes.IndexByte(file, 0x1a) >= 0 {
		t.Error("the file contains 0x1A, which ends it for old programs")
	}
	if _, replaced := write(t, csvfile.UTF8, rows); replaced != 2 {
		t.Errorf("UTF-8: %d characters were replaced, want 2", replaced)
	}
}

// TestWriter_NoCellIsAFormula looks at the bytes, as a spreadsheet does.
func TestWriter_NoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{"=1+1", "+81", "-1", "@sum", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''+1", "\ufe0f=1", "−1"} {
		for _, encoding := range []string{csvfile.UTF8, csvfile.CP932} {
			file, _ := write(t, encoding, [][]string{{cell}})
			text := strings.TrimPrefix(strings.TrimPrefix(string(file), "\ufeff"), `"`)
			if encoding == csvfile.CP932 && !strings.HasPrefix(text, "'") {
				t.Errorf("%s: %q is written as %q", encoding, cell, text)
			}
			if encoding == csvfile.UTF8 && strings.ContainsAny(text[:1], "=+-@\t\r\n") {
				t.Errorf("%s: %q is written as %q", encoding, cell, text)
			}
		}
	}
}

func TestReader_AcceptsWhatProgramsWrite(t *testing.T) {
	t.Parallel()
	want := [][]string{{"氏名", "電話"}, {"山田", "0312345678"}, {"佐藤", ""}}
	for name, file := range map[string]string{
		"LF":              "氏名,電話\n山田,0312345678\n佐藤,\n",
		"no end":          "氏名,電話\r\n山田,0312345678\r\n佐藤,",
		"CR":              "氏名,電話\r山田,0312345678\r佐藤,\r",
		"mark":            "\ufeff氏名,電話\n山田,0312345678\n佐藤,\n",
		"quotes":          "\"氏名\",\"電話\"\n\"山田\",0312345678\n佐藤,\"\"",
		"empty lines":     "\n氏名,電話\n\n山田,0312345678\r\n\r\n佐藤,\n\n",
		"empty cells":     "氏名,電話\n山田,0312345678,,\n佐藤,,\n",
		"CP932":           "\x8e\x81\x96\xbc,\x93\x64\x98\x62\r\n\x8e\x52\x93\x63,0312345678\r\n\x8d\xb2\x93\xa1,\r\n",
		"quote in a cell": "氏名,電話\n山田,0312345678\n佐藤,\r\n",
	} {
		got, _, err := read([]byte(file))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q: %v", name, got, err)
		}
	}
	late := "a,b\n" + strings.Repeat("x,y\n", 40_000) + "\x8e\x52\x93\x63,1\n"
	rows, encoding, err := read([]byte(late))
	if err != nil || encoding != csvfile.CP932 || rows[len(rows)-1][0] != "山田" {
		t.Errorf("Japanese after 160 KB of ASCII: %s, %v", encoding, err)
	}
	// A character lies across the end of the window that decides.
	long := "a" + strings.Repeat("あ", 64<<10)
	if rows, encoding, err := read([]byte(long[:9_997] + "\n" + long)); encoding != csvfile.UTF8 || err == nil || len(rows) != 1 {
		t.Errorf("a long line: %s, %d rows, %v", encoding, len(rows), err)
	}
}

func TestReader_Refuses(t *testing.T) {
	t.Parallel()
	utf := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune("氏名,電話")) {
		utf = append(utf, byte(u), byte(u>>8))
	}
	for name, c := range map[string]struct {
		file         string
		code         string
		line, column int
	}{
		"empty":              {"", csvfile.CodeEmpty, 1, 0},
		"only lines":         {"\r\n\r\n", csvfile.CodeEmpty, 1, 0},
		"UTF-16":             {string(utf), csvfile.CodeUTF16, 1, 0},
		"UTF-16, no mark":    {"a\x00,\x00b\x00\n\x00", csvfile.CodeUTF16, 1, 0},
		"workbook":           {"PK\x03\x04\x14\x00\x06", csvfile.CodeBinary, 1, 0},
		"NUL":                {"a,b\n" + strings.Repeat("c,d\n", 200) + "e\x00,f\n", csvfile.CodeBinary, 202, 2},
		"neither":            {"a,b\nあ,\xff\xff\n", csvfile.CodeEncoding, 2, 2},
		"missing cell":       {"a,b\nc\n", csvfile.CodeColumns, 2, 0},
		"too many cells":     {"a,b\nc,d,e\n", csvfile.CodeColumns, 2, 0},
		"open quote":         {"a,b\n\"c,d\n", csvfile.CodeQuote, 2, 1},
		"text after a quote": {"a,b\n\"c\"d,e\n", csvfile.CodeQuote, 2, 4},
		"long cell":          {"a,b\nc," + strings.Repeat("あ", 10_001) + "\n", csvfile.CodeCell, 2, 3},
		"wide":               {strings.Repeat("a,", 300) + "\n", csvfile.CodeColumns, 1, 0},
		"after line breaks":  {"a,b\n\"1\r\n2\n3\",d\nc\n", csvfile.CodeColumns, 5, 0},
	} {
		_, _, err := read([]byte(c.file))
		var e *csvfile.Error
		if !errors.As(err, &e) || e.Code != c.code || e.Line != c.line || e.Column != c.column {
			t.Errorf("%s: %v, want %s at %d, %d", name, err, c.code, c.line, c.column)
		}
	}
}

func TestReader_HoldsLimits(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string]csvfile.Limits{csvfile.CodeSize: {Bytes: 10}, csvfile.CodeRows: {Rows: 2}} {
		r := csvfile.NewReader(strings.NewReader("a,b\n1,2\n3,4\n5,6\n"), limits)
		var err error
		for err == nil {
			_, err = r.Read()
		}
		var e *csvfile.Error
		if !errors.As(err, &e) || e.Code != name {
			t.Errorf("%+v: %v, want %s", limits, err, name)
		}
		if _, again := r.Read(); again != err {
			t.Errorf("a final error is followed by %v", again)
		}
	}
	r := csvfile.NewReader(strings.NewReader("a,b\nc\n1,2\n"), csvfile.Limits{})
	if _, err := r.Read(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(); err == nil {
		t.Error("a row with one cell was accepted")
	}
	if row, err := r.Read(); err != nil || row.Line != 3 {
		t.Errorf("after a wrong row: %+v, %v", row, err)
	}
}

// repeated is a reader of one line n times.
type repeated struct {
	line string
	n    int
	rest string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.n == 0 {
			return 0, io.EOF
		}
		r.n, r.rest = r.n-1, r.line
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// TestStreams writes and reads 200,000 rows, and holds the heap to what one row needs.
func TestStreams(t *testing.T) {
	// Not parallel: it measures the heap of the process.
	peak := func(do func(check func())) uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		before, most := m.HeapAlloc, uint64(0)
		do(func() {
			runtime.GC()
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > before {
				most = max(most, m.HeapAlloc-before)
			}
		})
		return most
	}
	for _, encoding := range []string{csvfile.UTF8, csvfile.CP932} {
		wrote := peak(func(check func()) {
			w, err := csvfile.NewWriter(io.Discard, encoding)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 200_000 {
				if err := w.Write(people[1]); err != nil {
					t.Fatal(err)
				}
				if i%50_000 == 49_999 {
					check()
				}
			}
		})
		line, _ := write(t, encoding, people[1:2])
		n := 0
		got := peak(func(check func()) {
			r := csvfile.NewReader(&repeated{line: strings.TrimPrefix(string(line), "\ufeff"), n: 200_000}, csvfile.Limits{})
			for {
				if _, err := r.Read(); err == io.EOF {
					break
				} else if err != nil {
					t.Fatal(err)
				}
				if n++; n%50_000 == 0 {
					check()
				}
			}
		})
		if bound := uint64(2 << 20); n != 200_000 || wrote > bound || got > bound {
			t.Errorf("%s: %d rows, %d bytes of heap to write, %d to read", encoding, n, wrote, got)
		}
	}
}

// FuzzRoundTrip writes any cells, and reads them again.
func FuzzRoundTrip(f *testing.F) {
	for _, row := range people {
		f.Add(row[1], row[4])
	}
	f.Add("'", "''=")
	f.Add("\ufeff", "\r")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 5_000 || len(b) > 5_000 {
			return
		}
		rows := [][]string{{"first", "second"}, {a, b}}
		for _, encoding := range []string{csvfile.UTF8, csvfile.CP932} {
			file, replaced := write(t, encoding, rows)
			got, _, err := read(file)
			if err != nil || len(got) != 2 {
				t.Fatalf("%s: %q: %v", encoding, got, err)
			}
			if encoding == csvfile.UTF8 && replaced == 0 && !reflect.DeepEqual(got, rows) {
				t.Fatalf("%s: %q became %q", encoding, rows, got)
			}
			again, _ := write(t, encoding, got)
			if encoding == csvfile.UTF8 && !bytes.Equal(file, again) {
				t.Fatalf("%s: written again as %q, first %q", encoding, again, file)
			}
		}
	})
}

// FuzzReader reads anything, and ends.
func FuzzReader(f *testing.F) {
	for _, encoding := range []string{csvfile.UTF8, csvfile.CP932} {
		file, _ := write(f, encoding, people)
		f.Add(file)
	}
	f.Add([]byte("a,\"b\r\nc\"\r\n\"\"\"\",\r"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r := csvfile.NewReader(bytes.NewReader(file), csvfile.Limits{})
		for range len(file) + 2 {
			row, err := r.Read()
			if err == io.EOF {
				return
			}
			var e *csvfile.Error
			if err != nil && (!errors.As(err, &e) || e.Line < 1 || e.Error() == "") {
				t.Fatalf("%v", err)
			}
			if err == nil && len(row.Cells) == 0 {
				t.Fatal("a row without cells")
			}
		}
		if _, err := r.Read(); err == nil {
			t.Fatal("it does not end")
		}
	})
}

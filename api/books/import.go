package books

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/register"
	"junban/register/csvfile"
)

const (
	mostImport   = 100 << 20 // bytes
	importErrors = 100       // that an answer lists
)

// columnNames are the names of a field in the first line of a file, without marks.
var columnNames = map[string][]string{
	"name":  {"name", "氏名", "名前", "お名前", "患者名"},
	"kana":  {"kana", "フリガナ", "ふりがな", "カナ", "氏名カナ"},
	"birth": {"birth", "birthday", "生年月日"},
	"sex":   {"sex", "性別"},
	"phone": {"phone", "tel", "電話", "電話番号"},
	"mail":  {"mail", "email", "メール", "メールアドレス"},
	"card":  {"card", "診察券", "診察券番号", "カルテ番号"},
	"memo":  {"memo", "メモ", "備考"},
	"tags":  {"tags", "タグ"},
}

// importMembers is POST /v1/clinics/:clinic/import/members?dry=. The body is the file.
func (b *Books) importMembers(w http.ResponseWriter, r *http.Request) error {
	id, a, err := b.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	ctx, cancel := longer(r)
	defer cancel()
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(downloadWithin))
	_ = control.SetWriteDeadline(time.Now().Add(downloadWithin))
	answer := wire.Imported{Dry: r.URL.Query().Has("dry"), Errors: []wire.ImportError{}}
	rows, err := readMembers(http.MaxBytesReader(w, r.Body, mostImport+1), &answer)
	if err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return route.Encode(w, http.StatusOK, answer)
	}
	done, err := b.Register.ImportMembers(ctx, id, rows, answer.Dry, a.By)
	if err != nil {
		return of(err)
	}
	answer.Added = done.Added
	for _, e := range done.Errors[:min(len(done.Errors), importErrors)] {
		answer.Errors = append(answer.Errors, wire.ImportError{Line: e.Line, Code: e.Code, Text: e.Text})
	}
	return route.Encode(w, http.StatusOK, answer)
}

// readMembers reads the rows of a file. What is wrong with it goes into the answer.
func readMembers(file io.Reader, answer *wire.Imported) ([]register.ImportRow, error) {
	in := csvfile.NewReader(file, csvfile.Limits{Bytes: mostImport})
	wrong := func(line int, code, text string) {
		if len(answer.Errors) < importErrors {
			answer.Errors = append(answer.Errors, wire.ImportError{Line: line, Code: code, Text: text})
		}
	}
	var fields []string // by column; "": not read
	var rows []register.ImportRow
	for {
		row, err := in.Read()
		var bad *csvfile.Error
		switch {
		case errors.Is(err, io.EOF):
			answer.Rows = len(rows)
			return rows, nil
		case errors.As(err, &bad):
			wrong(bad.Line, bad.Code, bad.Error())
			if bad.Code != csvfile.CodeColumns && bad.Code != csvfile.CodeCell {
				return nil, nil
			}
			continue
		case err != nil:
			return nil, problem.Refuse("malformed_body", "the file is incomplete: %v", err)
		case fields == nil:
			if fields = columnsOf(row.Cells, answer, wrong); len(answer.Errors) > 0 {
				return nil, nil
			}
			continue
		}
		rows = append(rows, register.ImportRow{Line: row.Line, Fields: fieldsOf(fields, row.Cells)})
	}
}

// columnsOf finds the field of each column in the first line.
func columnsOf(names []string, answer *wire.Imported, wrong func(int, string, string)) []string {
	fields := make([]string, len(names))
	for i, name := range names {
		bare := strings.ToLower(strings.Join(strings.Fields(name), ""))
		for field, known := range columnNames {
			if !slices.Contains(known, bare) {
				continue
			}
			if slices.Contains(fields, field) {
				wrong(1, "same_column", "two columns are "+field)
			}
			fields[i] = field
		}
		if fields[i] == "" && bare != "" {
			answer.Unknown = append(answer.Unknown, name)
		}
	}
	if !slices.Contains(fields, "name") && !slices.Contains(fields, "kana") {
		wrong(1, "no_columns", "no column is a name; the first line must name the columns")
	}
	return fields
}

func fieldsOf(fields, cells []string) (f register.MemberFields) {
	for i, cell := range cells {
		switch text := strings.TrimSpace(cell); fields[i] {
		case "name":
			f.Name = text
		case "kana":
			f.Kana = text
		case "birth":
			f.Birth = dateOf(text)
		case "sex":
			f.Sex = sexOf(text)
		case "phone":
			f.Phone = text
		case "mail":
			f.Mail = text
		case "card":
			f.Card = text
		case "memo":
			f.Memo = text
		case "tags":
			f.Tags = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("、,，;", r) })
		}
	}
	return f
}

// dateOf reads 1980/2/29 and 19800229 as 1980-02-29. Any other text stays as it is, and is
// refused later.
func dateOf(text string) string {
	for _, form := range []string{"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日"} {
		if at, err := time.Parse(form, text); err == nil {
			return at.Format(time.DateOnly)
		}
	}
	return text
}

func sexOf(text string) string {
	switch text {
	case "女", "女性", "F", "f":
		return "female"
	case "男", "男性", "M", "m":
		return "male"
	case "その他":
		return "other"
	}
	return text
}

package books

import (
	"errors"
	"io"
	"net/http"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/register"
	"junban/register/csvfile"
)

const (
	mostImport    = 100 << 20 // bytes
	importsAtOnce = 2         // on this node, of all clinics: two of the largest take a gigabyte
	importErrors  = 100       // that an answer lists
)

// importMembers is POST /v1/clinics/:clinic/import/members?dry=. The body is the file.
func (b *Books) importMembers(w http.ResponseWriter, r *http.Request) error {
	id, a, err := b.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	if _, busy := b.importing.LoadOrStore(id, true); busy { // a file of the largest size takes half a gigabyte
		return problem.Refuse("node_busy", "another file of this clinic is being imported; try again when it is done")
	}
	defer b.importing.Delete(id)
	defer b.imports.Add(-1)
	if b.imports.Add(1) > importsAtOnce {
		return problem.Refuse("node_busy", "files of other clinics are being imported; try again in a minute")
	}
	ctx, cancel := route.Longer(r)
	defer cancel()
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(route.DownloadWithin))
	_ = control.SetWriteDeadline(time.Now().Add(route.DownloadWithin))
	answer := wire.Imported{Dry: r.URL.Query().Has("dry"), Errors: []wire.ImportError{}}
	file := http.MaxBytesReader(w, r.Body, mostImport+1)
	rows, err := readMembers(file, &answer)
	if err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		_, _ = io.Copy(io.Discard, file) // a browser that still sends would see a broken connection, not the answer
		return route.Encode(w, http.StatusOK, answer)
	}
	done, err := b.Register.ImportMembers(ctx, id, rows, answer.Dry, a.By)
	if err != nil {
		return of(err)
	}
	if done.Failed == 0 {
		answer.Added, answer.Updated = done.Added, done.Updated
	}
	for _, l := range done.Lines {
		for _, e := range l.Errors {
			if len(answer.Errors) < importErrors {
				answer.Errors = append(answer.Errors, wire.ImportError{Line: l.Line, Field: e.Path, Code: string(e.Code), Text: e.Error()})
			}
		}
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
	var header *register.ImportHeader
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
		case header == nil:
			read, err := register.ReadImportHeader(row.Cells)
			for _, e := range register.InvalidFields(err) {
				wrong(row.Line, string(e.Code), e.Error())
			}
			if err != nil {
				return nil, nil
			}
			header, answer.Unknown = &read, read.Unknown
			continue
		}
		rows = append(rows, header.Row(row.Line, row.Cells))
	}
}

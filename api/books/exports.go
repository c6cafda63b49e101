package books

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue/rule"
	"junban/register"
	"junban/register/csvfile"
)

// showExports is GET /v1/clinics/:clinic/exports (L11).
func (b *Books) showExports(w http.ResponseWriter, r *http.Request) error {
	v, _, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	all, err := b.Register.Exports(r.Context(), v.Clinic.ID)
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusOK, wire.Exports{Exports: encodeAll(v, all, encodeExport)})
}

// startExport is POST /v1/clinics/:clinic/exports.
func (b *Books) startExport(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	var body wire.ExportRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	q, err := exportRequest(body, v)
	if err != nil {
		return err
	}
	e, err := b.Register.StartExport(r.Context(), v.Clinic.ID, q, a.By)
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusAccepted, encodeExport(v, e))
}

// exportSelected is POST /v1/clinics/:clinic/exports/selected (L10).
func (b *Books) exportSelected(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	var body wire.ExportRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	if len(body.IDs) == 0 {
		return problem.Invalid("ids", rule.Missing)
	}
	q, err := exportRequest(body, v)
	if err != nil {
		return err
	}
	return writeFile(w, q.Encoding, body.Of+".csv", func(out io.Writer) (int64, error) {
		return b.Register.WriteSelected(r.Context(), v.Clinic.ID, q, out, a.By)
	})
}

// writeFile writes a small file, which is whole before its first byte is sent: the header
// counts the characters that its encoding does not have.
func writeFile(w http.ResponseWriter, encoding, name string, write func(io.Writer) (int64, error)) error {
	var file bytes.Buffer
	replaced, err := write(&file)
	if err != nil {
		return of(err)
	}
	route.AsFile(w.Header(), route.CSVKind(encoding), name)
	w.Header().Set("Junban-Replaced", strconv.FormatInt(replaced, 10))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(file.Bytes())
	return nil
}

// exportRequest reads a request for a file.
func exportRequest(body wire.ExportRequest, v view.View) (q register.ExportRequest, err error) {
	q = register.ExportRequest{Of: body.Of, IDs: body.IDs, Columns: body.Columns, Encoding: body.Encoding, Words: wordsOf(v, body.Language)}
	for _, f := range []struct {
		name, value string
		values      []string
	}{
		{"of", body.Of, []string{register.OfMembers, register.OfBookings}}, {"encoding", body.Encoding, []string{csvfile.UTF8, csvfile.CP932}}, {"language", body.Language, []string{"ja", "en"}},
	} {
		if f.value != f.values[0] && f.value != f.values[1] {
			return q, problem.Invalid(f.name, rule.NotOneOf, "value", f.value, "values", rule.Values(f.values...))
		}
	}
	if body.Members != nil && body.Of == register.OfMembers {
		if q.Members, err = memberQuery("members.", *body.Members); err != nil {
			return q, err
		}
	}
	if body.Bookings != nil && body.Of == register.OfBookings {
		q.Bookings, err = bookingQuery("bookings.", *body.Bookings, v)
	}
	return q, err
}

// showExportFile is GET /v1/clinics/:clinic/exports/:export/file.
func (b *Books) showExportFile(w http.ResponseWriter, r *http.Request) error {
	id, a, err := b.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	e, err := b.Register.Export(r.Context(), id, r.PathValue("export"))
	if err != nil {
		return of(err)
	}
	ctx, cancel := route.Longer(r)
	defer cancel()
	d := &route.Download{W: w, Begin: func(h http.Header) { route.AsFile(h, route.CSVKind(e.Encoding), e.File) }}
	return of(d.End(b.Register.WriteExport(ctx, id, e.ID, d, a.By)))
}

// showLedger is GET /v1/clinics/:clinic/ledger?day= (L09): the bookings of a day, at once.
func (b *Books) showLedger(w http.ResponseWriter, r *http.Request) error {
	v, a, err := b.at(r, b.Logins.AtClinic)
	if err != nil {
		return err
	}
	day, err := route.DayParameter(r, "day")
	if err != nil {
		return err
	}
	if day == "" {
		day = v.Today()
	}
	query := r.URL.Query()
	q := register.ExportRequest{Columns: ledgerColumns, Encoding: csvfile.UTF8, Words: wordsOf(v, "ja")}
	if query.Get("encoding") == csvfile.CP932 {
		q.Encoding = csvfile.CP932
	}
	if query.Get("lang") == "en" {
		q.Words.Language = "en"
	}
	return writeFile(w, q.Encoding, "ledger-"+string(day)+".csv", func(out io.Writer) (int64, error) {
		return b.Register.WriteLedger(r.Context(), v.Clinic.ID, "", day, q, out, a.By)
	})
}

// ledgerColumns are those of the ledger.
var ledgerColumns = []string{"slot", "number", "name", "kana", "phone", "card", "birth", "firstVisit", "kind", "service", "state", "symptoms", "memo"}

// wordsOf are the names of the clinic's record that a file shows.
func wordsOf(v view.View, language string) register.Words {
	words := register.Words{Language: language, Zone: v.Zone.String(), Services: map[string]string{}, Rooms: map[string]string{}, Kinds: map[string]string{}}
	for _, s := range v.Clinic.Services {
		words.Services[s.ID] = s.Name
		for _, k := range s.Kinds {
			words.Kinds[s.ID+"/"+k.ID] = k.Name
		}
	}
	for _, r := range v.Clinic.Rooms {
		words.Rooms[r.ID] = r.Name
	}
	return words
}

func encodeExport(v view.View, e register.Export) wire.Export {
	return wire.Export{
		ID: e.ID, Of: e.Of, State: e.State, File: e.File, Encoding: e.Encoding, Rows: e.Rows, Total: e.Total, Bytes: e.Bytes, Replaced: e.Replaced, By: e.By,
		Created: v.At(e.Created), Finished: v.AtIfAny(e.Finished), Expires: v.AtIfAny(e.Expires),
	}
}

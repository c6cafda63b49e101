package books

import (
	"net/http"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/rule"
	"junban/register"
)

// mostSelected is how many rows are exported at once (L10).
const mostSelected = 1_000

// showExports is GET /v1/clinics/:clinic/exports (L11).
func (b *Books) showExports(w http.ResponseWriter, r *http.Request) error {
	id, _, err := b.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	v, err := b.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	all, err := b.Register.Exports(r.Context(), id)
	if err != nil {
		return of(err)
	}
	answer := wire.Exports{Exports: make([]wire.Export, len(all))}
	for i, e := range all {
		answer.Exports[i] = encodeExport(v, e)
	}
	return route.Encode(w, http.StatusOK, answer)
}

// startExport is POST /v1/clinics/:clinic/exports.
func (b *Books) startExport(w http.ResponseWriter, r *http.Request) error {
	id, a, err := b.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	var body wire.ExportRequest
	if err := route.Decode(w, r, &body); err != nil {
		return err
	}
	v, err := b.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	q, err := exportRequest(body, v)
	if err != nil {
		return err
	}
	e, err := b.Register.StartExport(r.Context(), id, q, a.By)
	if err != nil {
		return of(err)
	}
	return route.Encode(w, http.StatusAccepted, encodeExport(v, e))
}

// exportSelected is POST /v1/clinics/:clinic/exports/selected (L10).
func (b *Books) exportSelected(w http.ResponseWriter, r *http.Request) error {
	id, a, err := b.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	var body wire.ExportRequest
	if err := route.DecodeStrict(w, r, &body, 4*route.MaxBody); err != nil {
		return err
	}
	if len(body.IDs) == 0 {
		return problem.Invalid("ids", rule.Missing)
	}
	if len(body.IDs) > mostSelected {
		return problem.Invalid("ids", rule.TooMany, "count", len(body.IDs), "most", mostSelected)
	}
	v, err := b.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	q, err := exportRequest(body, v)
	if err != nil {
		return err
	}
	return b.writeSelected(w, r, v, q, body.Of+"-selected.csv", a)
}

// exportRequest reads a request for a file.
func exportRequest(body wire.ExportRequest, v view.View) (q register.ExportRequest, err error) {
	q = register.ExportRequest{Of: body.Of, IDs: body.IDs, Columns: body.Columns, Encoding: body.Encoding, Language: body.Language}
	for _, f := range []struct {
		name, value string
		values      []string
	}{
		{"of", body.Of, []string{register.OfMembers, register.OfBookings}}, {"encoding", body.Encoding, []string{"utf-8", "cp932"}}, {"language", body.Language, []string{"ja", "en"}},
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

// writeSelected writes the file of a request at once.
func (b *Books) writeSelected(w http.ResponseWriter, r *http.Request, v view.View, q register.ExportRequest, name string, a queue.Act) error {
	ctx, cancel := longer(r)
	defer cancel()
	_ = ctx
	return nil
}

// showExportFile is GET /v1/clinics/:clinic/exports/:export/file.
func (b *Books) showExportFile(w http.ResponseWriter, r *http.Request) error {
	id, a, err := b.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	all, err := b.Register.Exports(r.Context(), id)
	if err != nil {
		return of(err)
	}
	ctx, cancel := longer(r)
	defer cancel()
	name, encoding := "junban.csv", "utf-8"
	for _, e := range all {
		if e.ID == r.PathValue("export") {
			name, encoding = e.File, e.Encoding
		}
	}
	d := &download{w: w, begin: func(h http.Header) { asFile(h, csvKind(encoding), name) }}
	return d.end(b.Register.WriteExport(ctx, id, r.PathValue("export"), d, a.By))
}

// showLedger is GET /v1/clinics/:clinic/ledger?day= (L09): the bookings of a day, at once.
func (b *Books) showLedger(w http.ResponseWriter, r *http.Request) error {
	id, a, err := b.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	v, err := b.Clinics.ViewClinic(r.Context(), id)
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
	q := register.ExportRequest{Of: register.OfBookings, Encoding: "utf-8", Language: "ja", Bookings: register.BookingQuery{DayFrom: day, DayTo: day, State: ledgerStates}}
	if e := query.Get("encoding"); e == "cp932" {
		q.Encoding = e
	}
	if l := query.Get("lang"); l == "en" {
		q.Language = l
	}
	q.Columns = ledgerColumns
	return b.writeSelected(w, r, v, q, "ledger-"+string(day)+".csv", a)
}

// ledgerColumns are those of the ledger, and ledgerStates the bookings in it.
var (
	ledgerColumns = []string{"slot", "number", "name", "kana", "phone", "card", "birth", "firstVisit", "kind", "service", "state", "symptoms", "memo"}
	ledgerStates  = []queue.State{queue.Booked, queue.Waiting, queue.Called, queue.InService, queue.Absent, queue.Held, queue.Done, queue.NoShow}
)

func encodeExport(v view.View, e register.Export) wire.Export {
	return wire.Export{
		ID: e.ID, Of: e.Of, State: e.State, File: e.File, Encoding: e.Encoding, Rows: e.Rows, Total: e.Total, Bytes: e.Bytes, Replaced: e.Replaced, By: e.By,
		Created: v.At(e.Created), Finished: v.AtIfAny(e.Finished), Expires: v.AtIfAny(e.Expires),
	}
}

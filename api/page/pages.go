package page

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"time"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/static"
)

// render writes one of our own pages.
func (ps *Pages) render(w http.ResponseWriter, r *http.Request, p static.Page) error {
	return ps.renderAs(w, r, http.StatusOK, p)
}

func (ps *Pages) renderAs(w http.ResponseWriter, r *http.Request, status int, p static.Page) error {
	var body bytes.Buffer
	if err := ps.Site.Render(&body, p); err != nil {
		return err
	}
	h := w.Header()
	if h.Get("Content-Security-Policy") == route.Policy {
		h.Set("Content-Security-Policy", static.Policy(r.Host))
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
	return nil
}

// patientPage is /s/:service.
func (ps *Pages) patientPage(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	now, err := ps.Clinics.Board(r.Context(), ref)
	if err != nil {
		return err
	}
	board := static.NewBoard(now.Board, names(now.Snap.Clinic))
	unlisted(w, now.Snap.Clinic)
	page := static.PatientPage{
		Lang: static.Language(r), Clinic: now.Snap.Clinic.Name, Board: board, At: now.At(now.Snap.At).Format("15:04"),
		MaxParty: now.Line.Service.MaxParty, Identify: view.Identifies(now.Line.Service), Phone: now.Snap.Clinic.Phone, Names: names(now.Snap.Clinic),
		Booking: now.Line.Service.Booking.Days > 0 && !now.Line.Service.BySlot(), Slot: now.Line.Service.BySlot(), Initial: json.RawMessage(now.Frame.Body),
		Number: string(ref.Clinic), FirstVisit: cmp.Or(now.Line.Service.First, clinic.FirstByWeb), Card: static.Card(now.Snap.Clinic.Card),
		Notices: ps.Notices,
	}
	if len(now.Line.Service.Kinds) > 0 {
		page.Kinds = view.Kinds(now.Line.Service)
	}
	return ps.render(w, r, page)
}

// ticketsPage serves /t, the tickets kept on this device. Day is the oldest business date
// that any clinic can have now: of UTC-12 with its cutover at 04:00, 16 hours behind UTC.
func (ps *Pages) ticketsPage(w http.ResponseWriter, r *http.Request) error {
	day := time.Now().UTC().Add(-16 * time.Hour).Format(time.DateOnly)
	return ps.render(w, r, static.TicketsPage{Lang: static.Language(r), Day: day})
}

// webManifest is /manifest.webmanifest, by which a phone installs the page of
// its tickets.
func (ps *Pages) webManifest(w http.ResponseWriter, r *http.Request) error {
	ps.Site.WebManifest(static.Language(r)).ServeHTTP(w, r)
	return nil
}

// serviceWorker is /sw.js.
func (ps *Pages) serviceWorker(w http.ResponseWriter, r *http.Request) error {
	ps.Site.Worker().ServeHTTP(w, r)
	return nil
}

// names are the names of a clinic's services, by 情報番号.
func names(c clinic.Clinic) map[string]string {
	all := make(map[string]string)
	for _, svc := range view.Services(c) {
		all[svc.Service] = svc.Name
	}
	return all
}

// arrivePage is /in/:clinic, behind the code at the clinic's entrance.
func (ps *Pages) arrivePage(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	snap, _, err := ps.Clinics.Snapshot(r.Context(), id)
	if err != nil {
		return err
	}
	return ps.render(w, r, static.ArrivePage{
		Lang: static.Language(r), Name: snap.Clinic.Name, Day: string(snap.Day), Names: names(snap.Clinic),
	})
}

// sheetPage is /in/:clinic/sheet, to be printed and put up at the entrance.
func (ps *Pages) sheetPage(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	c, err := ps.Clinics.Record(r.Context(), id)
	if err != nil {
		return err
	}
	return ps.render(w, r, static.SheetPage{Lang: static.Language(r), Name: c.Name, URL: ps.Peers.Origin(r) + "/in/" + string(id)})
}

// displayPage is /display/:clinic.
func (ps *Pages) displayPage(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	snap, v, err := ps.Clinics.Snapshot(r.Context(), id)
	if err != nil && problem.Unreachable(err) {
		return ps.darkDisplay(w, r, id)
	}
	if err != nil {
		return err
	}
	unlisted(w, snap.Clinic)
	state := v.Boards(snap)
	f, err := v.Frame(snap, view.ClinicTopic(id), state)
	if err != nil {
		return err
	}
	p := static.DisplayPage{Lang: static.ScreenLanguage(r, snap.Clinic.Language), Clinic: string(id), Name: snap.Clinic.Name, At: v.At(snap.At).Format("15:04"), Initial: json.RawMessage(f.Body)}
	of := names(snap.Clinic)
	for _, b := range state.Boards {
		p.Boards = append(p.Boards, static.NewBoard(b, of))
	}
	return ps.render(w, r, p)
}

// darkDisplay is the screen of a clinic that cannot be read now. No person reloads a
// screen, and it may have kept its last state.
func (ps *Pages) darkDisplay(w http.ResponseWriter, r *http.Request, id clinic.ID) error {
	var body bytes.Buffer
	c, _ := ps.Clinics.LastRecord(id)
	if err := ps.Site.Render(&body, static.DisplayPage{Lang: static.ScreenLanguage(r, c.Language), Clinic: string(id)}); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Security-Policy", static.Policy(r.Host))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Language")
	h.Set("Retry-After", "2")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write(body.Bytes())
	return nil
}

// staffPage is /staff.
func (ps *Pages) staffPage(w http.ResponseWriter, r *http.Request) error {
	return ps.render(w, r, static.StaffPage{Lang: static.DeskLanguage(r)})
}

// booksPage is /books.
func (ps *Pages) booksPage(w http.ResponseWriter, r *http.Request) error {
	return ps.render(w, r, static.BooksPage{Lang: static.DeskLanguage(r)})
}

// assets is /assets/*path.
func (ps *Pages) assets(w http.ResponseWriter, r *http.Request) error {
	ps.Site.Assets().ServeHTTP(w, r)
	return nil
}

// pairPage is /display: a screen without a clinic, or one that has stored its clinic.
func (ps *Pages) pairPage(w http.ResponseWriter, r *http.Request) error {
	return ps.render(w, r, static.DisplayPage{Lang: static.ScreenLanguage(r, "")})
}

// showVersion is GET /v1/version.
func (ps *Pages) showVersion(w http.ResponseWriter, r *http.Request) error {
	return route.Encode(w, http.StatusOK, wire.Version{Pages: ps.Site.Version()})
}

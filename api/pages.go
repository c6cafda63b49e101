package api

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

// paintedLine is how many of the next numbers a board shows, its own and those of
// other services, as its script does.
const paintedLine = 8

// render writes one of our own pages.
func (s *Server) render(w http.ResponseWriter, r *http.Request, p static.Page) error {
	return s.renderAs(w, r, http.StatusOK, p)
}

func (s *Server) renderAs(w http.ResponseWriter, r *http.Request, status int, p static.Page) error {
	var body bytes.Buffer
	if err := s.site.Render(&body, p); err != nil {
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
func (s *Server) patientPage(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	now, err := s.Clinics.Board(r.Context(), ref)
	if err != nil {
		return err
	}
	board := painted(now.Board, names(now.Snap.Clinic))
	unlisted(w, now.Snap.Clinic)
	page := static.PatientPage{
		Lang: static.Language(r), Clinic: now.Snap.Clinic.Name, Board: board, At: now.At(now.Snap.At).Format("15:04"),
		MaxParty: now.Line.Service.MaxParty, Identify: now.Line.Service.Capacity.OneEach, Phone: now.Snap.Clinic.Phone, Names: names(now.Snap.Clinic),
		Booking: now.Line.Service.Booking.Days > 0, Initial: json.RawMessage(now.Frame.Body),
		Number: string(ref.Clinic), FirstVisit: cmp.Or(now.Line.Service.First, clinic.FirstByWeb), Card: static.Card(now.Snap.Clinic.Card),
	}
	if len(now.Line.Service.Kinds) > 0 {
		page.Kinds = view.Kinds(now.Line.Service)
	}
	return s.render(w, r, page)
}

// ticketsPage serves /t, the tickets kept on this device. The last zone's business
// day, cut over at 04:00, began 16 hours after ours in UTC.
func (s *Server) ticketsPage(w http.ResponseWriter, r *http.Request) error {
	day := time.Now().UTC().Add(-16 * time.Hour).Format(time.DateOnly)
	return s.render(w, r, static.TicketsPage{Lang: static.Language(r), Day: day})
}

// webManifest is /manifest.webmanifest, by which a phone installs the page of
// its tickets.
func (s *Server) webManifest(w http.ResponseWriter, r *http.Request) error {
	s.site.WebManifest(static.Language(r)).ServeHTTP(w, r)
	return nil
}

// serviceWorker is /sw.js.
func (s *Server) serviceWorker(w http.ResponseWriter, r *http.Request) error {
	s.site.Worker().ServeHTTP(w, r)
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
func (s *Server) arrivePage(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	snap, _, err := s.Clinics.Snapshot(r.Context(), id)
	if err != nil {
		return err
	}
	return s.render(w, r, static.ArrivePage{
		Lang: static.Language(r), Name: snap.Clinic.Name, Day: string(snap.Day), Names: names(snap.Clinic),
	})
}

// sheetPage is /in/:clinic/sheet, to be printed and put up at the entrance.
func (s *Server) sheetPage(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	c, err := s.Clinics.Record(r.Context(), id)
	if err != nil {
		return err
	}
	return s.render(w, r, static.SheetPage{Lang: static.Language(r), Name: c.Name, URL: s.peers.Origin(r) + "/in/" + string(id)})
}

// displayPage is /display/:clinic.
func (s *Server) displayPage(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	snap, v, err := s.Clinics.Snapshot(r.Context(), id)
	if err != nil && problem.Unreachable(err) {
		return s.darkDisplay(w, r, id)
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
		p.Boards = append(p.Boards, painted(b, of))
	}
	return s.render(w, r, p)
}

// darkDisplay is the screen of a clinic that cannot be asked for now: nobody
// stands at a screen to load it again, and it may remember what it showed.
func (s *Server) darkDisplay(w http.ResponseWriter, r *http.Request, id clinic.ID) error {
	var body bytes.Buffer
	c, _ := s.Clinics.LastRecord(id)
	if err := s.site.Render(&body, static.DisplayPage{Lang: static.ScreenLanguage(r, c.Language), Clinic: string(id)}); err != nil {
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

// painted is a board as a page first shows it, with the names of the clinic's
// services for numbers that another one gave.
func painted(b wire.Board, names map[string]string) static.Board {
	p := static.Board{
		Service: b.Service, Name: b.Name, Day: b.Day, Reception: b.Reception, Availability: b.Availability,
		FirstVisit: b.FirstVisit, StopReason: b.StopReason, WaitNote: b.WaitNote, Overrunning: b.Overrunning, Absent: b.Absent,
		Line: b.Line[:min(len(b.Line), paintedLine)],
	}
	for _, n := range b.DayNotes {
		p.DayNotes = append(p.DayNotes, static.DayNote(n))
	}
	waiting := 0
	for _, g := range b.Guests {
		if g.State == "waiting" {
			waiting++
		}
		if g.State == "waiting" && waiting > paintedLine {
			continue
		}
		p.Guests = append(p.Guests, static.Guest{Number: g.Number, Of: names[g.Of], State: g.State})
	}
	if b.OpensAt != nil {
		p.OpensAt = b.OpensAt.Time
	}
	if b.ClosesAt != nil {
		p.ClosesAt = b.ClosesAt.Time
	}
	if b.Notice != nil {
		p.Notice = b.Notice.Reason
	}
	for _, r := range b.Resting {
		rest := static.Rest{Room: r.RoomName, Duty: r.Duty}
		if r.Until != nil {
			rest.Until = r.Until.Format("15:04")
		}
		p.Resting = append(p.Resting, rest)
	}
	if b.Calling != nil {
		p.Calling = []static.Call{}
	}
	for _, c := range b.Calling {
		p.Calling = append(p.Calling, static.Call{Number: c.Number, Room: c.RoomName, Of: names[c.Of]})
	}
	if b.Waiting != nil {
		p.Waiting, p.Unit = &b.Waiting.People, b.Waiting.Unit
		if p.Unit == "組" {
			p.Waiting = &b.Waiting.Tickets
		}
	}
	if b.WaitMinutes != nil {
		p.WaitLow, p.WaitHigh = b.WaitMinutes.Low, b.WaitMinutes.High
		if b.WaitMinutes.At != nil {
			p.WaitAt = b.WaitMinutes.At.Format("15:04")
		}
	}
	if b.Message != nil {
		p.Message = b.Message.Text
		if b.Message.Until != nil {
			p.MessageUntil = b.Message.Until.Format("15:04")
		}
	}
	return p
}

// staffPage is /staff.
func (s *Server) staffPage(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, static.StaffPage{Lang: static.DeskLanguage(r)})
}

// assets is /assets/*path.
func (s *Server) assets(w http.ResponseWriter, r *http.Request) error {
	s.site.Assets().ServeHTTP(w, r)
	return nil
}

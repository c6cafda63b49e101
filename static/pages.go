package static

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
)

// Page is one of the page structs of this package.
type Page interface{ template() string }

// Board is the public state of a service as a page first paints it, before or
// without its script. A field that the clinic hides stays at its zero value.
type Board struct {
	Service      string // 情報番号, "1234-1"
	Name         string
	Reception    string // of the web desk: "open", "paused", "closed"
	Availability string // of the web desk, as in the contract: "many", "few", "none", "before", "stopped", "closed", ""
	Calling      []Call // nil when hidden; empty when nobody is called
	Waiting      *int   // in Unit; nil when hidden
	Unit         string // "人" or "組", as in the contract
	WaitLow      int    // minutes
	WaitHigh     int    // minutes; 0 when there is no estimate
	Absent       []int  // numbers absent when called; nil when hidden
	Line         []int  // the next numbers in order; nil when hidden
	Message      string // "" when there is none
}

// ShowsCalling reports whether the clinic shows the called numbers.
func (b Board) ShowsCalling() bool { return b.Calling != nil }

// ShowsAbsent reports whether the clinic shows the absent numbers.
func (b Board) ShowsAbsent() bool { return b.Absent != nil }

// Call is one number called to a room.
type Call struct {
	Number int
	Room   string // the room's name
}

// PatientPage is /s/:service.
type PatientPage struct {
	Lang     string // "ja" or "en"; see [Language]
	Clinic   string // the clinic's name
	Board    Board
	At       string // when the board was read, on the clinic's clock: "10:23"; "" where it is not told
	MaxParty int    // people one ticket may stand for, at least 1
	Initial  any    // the frame of topic service:…, marshalled as JSON; nil when there is none yet
}

// DisplayPage is /display/:clinic, the screen in the waiting room.
type DisplayPage struct {
	Lang    string
	Clinic  string // the clinic's number, "1234"
	Name    string
	Boards  []Board
	Initial any // the frame of topic clinic:…; nil when there is none yet
}

// StaffPage is /staff, the desk. It holds nothing before its script has a session.
type StaffPage struct {
	Lang string
}

// IndexPage is /, the clinics and the way to each of their screens.
type IndexPage struct {
	Lang    string
	Clinics []IndexClinic
}

// IndexClinic is one clinic of an [IndexPage].
type IndexClinic struct {
	Clinic   string // "1234"
	Name     string
	Services []IndexService
}

// IndexService is one service of an [IndexClinic].
type IndexService struct {
	Service string // "1234-1"
	Name    string
}

// PartnerPage is /partner, a sample of a foreign homepage with the element in it.
type PartnerPage struct {
	Lang         string
	Service      string // "1234-1"
	ServerOrigin string // of the server whose element is shown, "https://junban.example"
}

// ErrorPage says that a page could not be shown. Code is a problem's stable
// code; a code without a sentence of its own gets a general one.
type ErrorPage struct {
	Lang string
	Code string
}

// Passing reports whether the trouble may be over in a moment: the page then
// asks again by itself, because nobody stands at a screen on a wall.
func (p ErrorPage) Passing() bool { return p.Code == "unavailable" || p.Code == "internal" }

func (PatientPage) template() string { return "patient.html" }
func (DisplayPage) template() string { return "display.html" }
func (StaffPage) template() string   { return "staff.html" }
func (IndexPage) template() string   { return "index.html" }
func (PartnerPage) template() string { return "partner.html" }
func (ErrorPage) template() string   { return "error.html" }

// Render writes a page as HTML in UTF-8. Nothing is written when the page
// cannot be made.
func (s *Site) Render(w io.Writer, p Page) error {
	var out bytes.Buffer
	if err := s.pages.ExecuteTemplate(&out, p.template(), p); err != nil {
		return fmt.Errorf("render page: %w", err)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

func (s *Site) parsePages() (*template.Template, error) {
	set := template.New("pages").Option("missingkey=error").Funcs(template.FuncMap{
		"asset":     s.mustURL,
		"text":      s.text,
		"problem":   s.problem,
		"count":     s.count,
		"other":     otherLanguage,
		"onBoard":   onBoard,
		"reception": reception,
		"crowd":     crowd,
	})
	set, err := set.ParseFS(files, "src/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse pages: %w", err)
	}
	return set, nil
}

func (s *Site) mustURL(name string) (string, error) {
	url := s.URL(name)
	if url == "" {
		return "", fmt.Errorf("no built file %q", name)
	}
	return url, nil
}

// problem is the sentence for a problem's code, or the general one.
func (s *Site) problem(lang, code string) (string, error) {
	sentence, err := s.text(lang, "problem."+code)
	if errors.Is(err, errNoText) {
		return s.text(lang, "problem.unknown")
	}
	return sentence, err
}

// count says a figure in its unit: "14組", "14 groups".
func (s *Site) count(lang string, n int, unit string) (string, error) {
	key := "unit.tickets"
	if unit == "人" {
		key = "unit.people"
	}
	if n == 1 {
		key += "One"
	}
	return s.text(lang, key, "n", n)
}

// boardView is what the template "board" needs.
type boardView struct {
	Lang  string
	Board Board
}

func onBoard(lang string, b Board) boardView { return boardView{lang, b} }

// crowd is the class of a screen with so many services: the more there are, the
// smaller all of it is. The screen's script says the same.
func crowd(services int) string { return fmt.Sprintf("n%d", min(services, 7)) }

// reception is the key of what the web desk's state is called.
func reception(b Board) string {
	switch {
	case b.Reception != "open":
		return "reception." + b.Reception
	case b.Availability == "none":
		return "reception.full"
	case b.Availability == "few", b.Availability == "before":
		return "reception." + b.Availability
	case b.Availability == "stopped":
		return "reception.paused"
	case b.Availability == "closed":
		return "reception.closed"
	}
	return "reception.open"
}

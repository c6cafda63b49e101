package static

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"
)

// Page is one of the page structs of this package.
type Page interface{ template() string }

// PatientPage is /s/:service.
type PatientPage struct {
	Lang       string // one of [Languages]; see [Language]
	Clinic     string // the clinic's name
	Number     string // the clinic's, "1234"
	Board      Board
	At         string            // when the board was read, on the clinic's clock: "10:23"; "" where it is not told
	MaxParty   int               // people one ticket may stand for, at least 1
	Kinds      any               // what a visit may be for, marshalled as JSON; nil where it is not asked
	Identify   bool              // who takes a number says for whom
	Booking    bool              // numbers are given for days to come
	FirstVisit string            // how a first visit is received: "button" (on the web), "desk" or "none"
	Card       Card              // the form of the numbers on patient cards
	Phone      string            // the clinic's telephone; "" when it has none
	Names      map[string]string // the names of the clinic's services, by 情報番号
	Initial    any               // the frame of topic service:…, marshalled as JSON; nil when there is none yet
}

// Card is how many digits the numbers on a clinic's patient cards have; a Most of
// 0 is any text.
type Card struct{ Least, Most int }

// TicketsPage is /t, all tickets that a device keeps. The server knows none of them.
type TicketsPage struct {
	Lang string
	Day  string // a date that no clinic's business date is before: tickets of earlier ones are let go
}

// DisplayPage is the screen in the waiting room: /display/:clinic, or /display,
// which shows a code until a clinic's desk has let it in.
type DisplayPage struct {
	Lang    string
	Clinic  string // the clinic's number, "1234"; "" on /display
	Name    string
	Boards  []Board
	At      string // when the boards were read, on the clinic's clock: "10:23"; "" where there are none
	Initial any    // the frame of topic clinic:…; nil when there is none yet
}

// ArrivePage is /in/:clinic, behind the code at a clinic's entrance.
type ArrivePage struct {
	Lang  string
	Name  string            // the clinic's
	Day   string            // business date, "2026-11-21"
	Names map[string]string // the names of the clinic's services, by 情報番号
}

// SheetPage is /in/:clinic/sheet, which a clinic prints and puts up at its
// entrance: the way to its [ArrivePage] as a code.
type SheetPage struct {
	Lang string
	Name string // the clinic's
	URL  string // of the page that the code opens, in full
}

// StaffPage is /staff, the desk. It holds nothing before its script has a session.
type StaffPage struct {
	Lang string // "ja" or "en"; see [DeskLanguage]
}

// IndexPage is /, the way to a clinic: a search among the listed ones, and the
// number of any other (B02 to B04). It has no script.
type IndexPage struct {
	Lang        string
	Words       string // looked for, as they were typed
	Area        string
	Department  string
	Areas       []string // to choose from
	Departments []string
	Clinics     []IndexClinic
	Total       int    // clinics found, on all pages
	Page, Pages int    // from 1
	Previous    string // address of the page before, "" where there is none
	Next        string
	Number      string // that was typed, to be shown again with what is wrong with it
	Wrong       string // of the number: "", "malformed", "unknown", "many"
	Demo        bool   // the sample of a partner's page is served
}

// Searched reports whether anything is looked for.
func (p IndexPage) Searched() bool { return p.Words+p.Area+p.Department != "" }

// IndexClinic is one clinic of an [IndexPage].
type IndexClinic struct {
	Clinic      string // "1234"
	Name        string
	Area        string
	Departments []string
}

// ClinicPage is /c/:clinic, a clinic and its services.
type ClinicPage struct {
	Lang        string
	Clinic      string // "1234"
	Name        string
	Area        string
	Departments []string
	Address     string
	Map         string // address of a map of it, in full; "" where there is no address
	Phone       string
	Hours       string // in the clinic's words
	Week        []WeekDay
	Today       string // business date, "2026-11-21"
	Boards      []Board
	Names       map[string]string // the names of the services, by 情報番号
	At          string            // when the boards were read, on the clinic's clock: "10:23"
	Initial     any               // the frame of topic clinic:…
}

// WeekDay is one of the next seven days of a timetable.
type WeekDay struct {
	Date     string // business date, "2026-11-21"
	Sessions []WeekSession
	Reason   string // why it differs from its weekday, in the clinic's words
}

// WeekSession is when patients are seen, on the clinic's clock.
type WeekSession struct {
	Name     string // "morning", "afternoon" or "evening"
	From, To string // "09:00"
	Next     bool   // To is on the next day
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
func (TicketsPage) template() string { return "tickets.html" }
func (DisplayPage) template() string { return "display.html" }
func (ArrivePage) template() string  { return "arrive.html" }
func (SheetPage) template() string   { return "sheet.html" }
func (StaffPage) template() string   { return "staff.html" }
func (IndexPage) template() string   { return "index.html" }
func (ClinicPage) template() string  { return "clinic.html" }
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
		"asset":      s.mustURL,
		"version":    s.Version,
		"text":       s.text,
		"problem":    s.problem,
		"count":      s.count,
		"wait":       s.wait,
		"advice":     s.advice,
		"languages":  Languages,
		"words":      s.wordsURL,
		"spoken":     s.spoken,
		"onBoard":    onBoard,
		"reception":  reception,
		"crowd":      crowd,
		"when":       s.when,
		"dayNote":    s.dayNote,
		"numbers":    s.numbers,
		"stopReason": s.stopReason,
		"unusual":    unusual,
		"resting":    resting,
		"isolated":   isolated,
		"dial":       dial,
		"code":       printedCode,
		"day":        s.day,
		"theme":      theme,

		"has":            hasWord,
		"embedReception": embedReception,
		"example":        example,
		"deskLanguages":  deskLanguages,
		"items":          EmbedItems,
		"themes":         EmbedThemes,
		"attributes":     func() []string { return embedAttributes },
		"fields":         func() []string { return boardFields },
		"frames":         func() []string { return frameTypes },
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

// wordsURL is where the words of a page's script are, in a language.
func (s *Site) wordsURL(lang, page string) (string, error) {
	return s.mustURL(page + ".words." + lang + ".js")
}

// spoken are the sentences in which a screen says a call, by language: it may say
// it in another than its own too.
func (s *Site) spoken() map[string]any {
	all := make(map[string]any)
	for _, l := range Languages() {
		said := make(map[string]string)
		for _, key := range []string{"say", "sayRoom", "sayNumber", "sayOf", "sayService"} {
			said[key] = s.Text(l.Code, "display."+key)
		}
		all[l.Code] = map[string]any{"display": said}
	}
	return all
}

// problem is the sentence for a problem's code, or the general one. What the pages'
// own scripts cannot cause is in a group that those do not load.
func (s *Site) problem(lang, code string) (string, error) {
	for _, key := range []string{"problem." + code, "mishap." + code} {
		if sentence, err := s.text(lang, key); !errors.Is(err, errNoText) {
			return sentence, err
		}
	}
	return s.text(lang, "problem.unknown")
}

// count is a figure in its unit: "14組", "14 groups".
func (s *Site) count(lang string, n int, unit string) (string, error) {
	key := "unit.tickets"
	if unit == "人" {
		key = "unit.people"
	}
	return s.text(lang, key, "n", n)
}

// wait is an estimate: minutes, or a time of the clock.
func (s *Site) wait(lang string, b Board) (string, error) {
	switch {
	case b.WaitAt != "":
		return s.text(lang, "board.clock", "time", b.WaitAt)
	case b.WaitLow > 0 && b.WaitLow == b.WaitHigh:
		return s.text(lang, "board.about", "high", b.WaitHigh)
	case b.WaitLow > 0:
		return s.text(lang, "board.range", "low", b.WaitLow, "high", b.WaitHigh)
	}
	return s.text(lang, "board.within", "high", b.WaitHigh)
}

// crowd is the class of a screen with so many services: the more there are, the
// smaller all of it is. The screen's script says the same.
func crowd(services int) string { return fmt.Sprintf("n%d", min(services, 7)) }

// dial is a telephone number as a tel: address has it.
func dial(phone string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
}

package static

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"

	"rsc.io/qr"
)

// Page is one of the page structs in this package.
type Page interface{ template() string }

// PatientPage is /s/:service.
type PatientPage struct {
	Lang       string // one of [Languages]; see [Language]
	Clinic     string // name of the clinic
	Number     string // of the clinic, "1234"
	Board      Board
	At         string            // local time of the board, "10:23"; "" if not shown
	MaxParty   int               // people per ticket, at least 1
	Kinds      any               // kinds of visit to choose from, marshalled as JSON, or nil
	Identify   bool              // the form asks for the patient's name
	Booking    bool              // numbers are issued for future days
	Slot       bool              // patients book a slot, on a page of its own
	FirstVisit string            // reception of first visits: "button" (on the web), "desk" or "none"
	Card       Card              // format of patient card numbers
	Phone      string            // of the clinic, or ""
	Notices    bool              // patients can be told while the page is closed
	Names      map[string]string // names of the clinic's services, by 情報番号
	Initial    any               // frame of topic service:…, marshalled as JSON, or nil
}

// Card is the number of digits of a clinic's patient card numbers. If Most is
// 0, any text is valid.
type Card struct{ Least, Most int }

// TicketsPage is /t, the tickets stored on a device. The server does not know
// them.
type TicketsPage struct {
	Lang string
	Day  string // the earliest business date of any clinic; older tickets are dropped
}

// DisplayPage is the screen in the waiting room, /display/:clinic. /display
// shows a code until a clinic's desk accepts it.
type DisplayPage struct {
	Lang    string
	Clinic  string // number, "1234"; "" on /display
	Name    string
	Boards  []Board
	At      string // local time of the boards, "10:23"; "" without boards
	Initial any    // frame of topic clinic:…, or nil
}

// ArrivePage is /in/:clinic, the target of the QR code at a clinic's entrance.
type ArrivePage struct {
	Lang  string
	Name  string            // of the clinic
	Day   string            // business date, "2026-11-21"
	Names map[string]string // names of the clinic's services, by 情報番号
}

// SheetPage is /in/:clinic/sheet, a printable QR code of the [ArrivePage] for
// the entrance.
type SheetPage struct {
	Lang string
	Name string // of the clinic
	URL  string // absolute URL of the page that the code opens
}

// StaffPage is /staff, the desk. It has no data before its script has a login.
type StaffPage struct {
	Lang string // "ja" or "en"; see [DeskLanguage]
}

// BooksPage is /books, the clinic's books. It has no data before its script has a login.
type BooksPage struct {
	Lang string // "ja" or "en"; see [DeskLanguage]
}

// IndexPage is /, a search among the listed clinics, and a form for the number
// of any other (B02 to B04). It has no script.
type IndexPage struct {
	Lang        string
	Words       string // search text, as typed
	Area        string
	Department  string
	Areas       []string // choices
	Departments []string
	Clinics     []IndexClinic
	Total       int    // clinics found, on all pages
	Page, Pages int    // from 1
	Previous    string // URL of the previous page, or ""
	Next        string
	Number      string // as typed, to show it again
	Wrong       string // error of the number: "", "malformed", "unknown", "many"
	Demo        bool   // the sample of a partner's page is available
}

// Searched reports whether there is a search.
func (p IndexPage) Searched() bool { return p.Words+p.Area+p.Department != "" }

// IndexClinic is a clinic on an [IndexPage].
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
	Map         string // URL of a map, or ""
	Phone       string
	Hours       string // as written by the clinic
	Week        []WeekDay
	Today       string // business date, "2026-11-21"
	Boards      []Board
	Names       map[string]string // names of the services, by 情報番号
	At          string            // local time of the boards, "10:23"
	News        []ClinicNews      // the newest first
	Initial     any               // frame of topic clinic:…
}

// ClinicNews is what a clinic has sent to its followers, as it wrote it.
type ClinicNews struct {
	Title string
	Body  string
	Date  string // "2026-11-21"
}

// WeekDay is one of the next seven days of the timetable.
type WeekDay struct {
	Date     string // business date, "2026-11-21"
	Sessions []WeekSession
	Reason   string // why it differs from its weekday, as written by the clinic
}

// WeekSession is a time of consultation, in local time.
type WeekSession struct {
	Name     string // "morning", "afternoon" or "evening"
	From, To string // "09:00"
	Next     bool   // To is on the next day
}

// ErrorPage reports that a page is not available. Code is the stable code of a
// problem; an unknown code gets a general text.
type ErrorPage struct {
	Lang string
	Code string
}

// UnfollowPage is /u/:token, where the reader of a mail ends that a clinic sends news.
type UnfollowPage struct {
	Lang   string
	Clinic string // name
	Token  string // of the link
	Done   bool   // it is ended
}

// InboxPage is /demo/inbox, which shows the demo's notices.
type InboxPage struct{ Lang string }

// Passing reports whether the error may be temporary. The page then reloads
// itself, because a screen on a wall has no user.
func (p ErrorPage) Passing() bool { return p.Code == "unavailable" || p.Code == "internal" }

// Bundle is the name of the scripts and the style.
func (p PatientPage) Bundle() string {
	if p.Slot {
		return "slot"
	}
	return "patient"
}

func (PatientPage) template() string  { return "patient.html" }
func (TicketsPage) template() string  { return "tickets.html" }
func (DisplayPage) template() string  { return "display.html" }
func (ArrivePage) template() string   { return "arrive.html" }
func (SheetPage) template() string    { return "sheet.html" }
func (StaffPage) template() string    { return "staff.html" }
func (BooksPage) template() string    { return "books.html" }
func (IndexPage) template() string    { return "index.html" }
func (ClinicPage) template() string   { return "clinic.html" }
func (UnfollowPage) template() string { return "unfollow.html" }
func (InboxPage) template() string    { return "inbox.html" }
func (ErrorPage) template() string    { return "error.html" }

// Render writes a page as HTML in UTF-8. If rendering fails, it writes nothing.
func (s *Site) Render(w io.Writer, p Page) error {
	var out bytes.Buffer
	if err := s.pages.ExecuteTemplate(&out, p.template(), p); err != nil {
		return fmt.Errorf("rendering the page: %w", err)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("writing the page: %w", err)
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
		"density":    density,
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

		"weekdays":    func() []int { return []int{0, 1, 2, 3, 4, 5, 6} },
		"dayNumber":   dayNumber,
		"monthNumber": monthNumber,
		"opensMonth":  opensMonth,
		"mark":        mark,
		"markName":    s.markName,
		"fieldLabel":  s.fieldLabel,
		"fieldLabels": s.fieldLabels,
		"sessionName": s.sessionName,
		"bookField":   markedField,
		"sexes":       func() []string { return []string{"female", "male", "other"} },
		"screenCode":  func(text string) (code, error) { return drawCode(text, qr.L) },

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
		return nil, fmt.Errorf("parsing the pages: %w", err)
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

// wordsURL returns the URL of the texts of a page's script in a language.
func (s *Site) wordsURL(lang, page string) (string, error) {
	return s.mustURL(page + ".words." + lang + ".js")
}

// spoken returns the sentences of spoken calls by language. A screen may speak
// a language other than its own.
func (s *Site) spoken() map[string]any {
	all := make(map[string]any)
	for _, l := range Languages() {
		texts := make(map[string]string)
		for _, key := range []string{"say", "sayRoom", "sayNumber", "sayOf", "sayService"} {
			texts[key] = s.Text(l.Code, "display."+key)
		}
		all[l.Code] = map[string]any{"display": texts}
	}
	return all
}

// problem returns the text for a problem's code, or the general one. The group
// "mishap" has problems that the scripts cannot cause, and do not load.
func (s *Site) problem(lang, code string) (string, error) {
	for _, key := range []string{"problem." + code, "mishap." + code} {
		if sentence, err := s.text(lang, key); !errors.Is(err, errNoText) {
			return sentence, err
		}
	}
	return s.text(lang, "problem.unknown")
}

// count returns a number with its unit: "14組", "14 groups".
func (s *Site) count(lang string, n int, unit string) (string, error) {
	key := "unit.tickets"
	if unit == "人" {
		key = "unit.people"
	}
	return s.text(lang, key, "n", n)
}

// wait returns an estimate in minutes, or as a time of day.
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

// density returns the CSS class of a screen with a number of services; more
// services get a smaller layout. The script of the screen uses the same
// classes.
func density(services int) string { return fmt.Sprintf("n%d", min(services, 7)) }

// dial returns a telephone number for a tel: URL.
func dial(phone string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
}

package static

import (
	"slices"
	"strings"
	"time"
)

// BookPage is /s/:service/book, where a patient books a slot. It needs no
// script: each choice is a link or a form, and the page keeps what was typed.
type BookPage struct {
	Lang    string
	Step    string // one of the steps below
	Clinic  string // name
	Number  string // of the clinic, "1234"
	Service string // 情報番号, "1234-1"
	Name    string // of the service
	Phone   string // of the clinic, or ""
	At      string // local time at which the seats were read, "10:23"
	Today   string // business date

	Weeks          [][]BookDay // each from Sunday to Saturday
	Earlier, Later string      // first date of the weeks before and after, or ""
	Days           bool        // some day of the service can be chosen
	Day            string      // chosen date, or ""
	OpensAt        time.Time   // when the chosen day opens; zero if it is open or closed
	Sessions       []BookSession

	First      bool   // the form of a first visit
	FirstVisit string // reception of first visits: "button", "desk" or "none"
	Slot       string // chosen start, "10:00", or ""
	SlotEnd    string
	Kind       string
	Kinds      []BookChoice
	Party      int
	MaxParty   int
	Fields     []BookField
	Key        string // of the request, while it may have to be sent again

	Wrong   string   // code of a problem, or ""
	Missing []string // names of required fields that are empty
	Invalid []string // names of refused fields
	Offers  []BookSlot
	Booked  *BookDone
}

// The steps of a [BookPage].
const (
	BookChoose = "choose" // day, slot and form
	BookCheck  = "check"  // the question whether to book this
	BookDo     = "do"     // the answer to it
	BookKept   = "kept"   // the booking is made
)

// BookDay is a day of the calendar.
type BookDay struct {
	Date string // business date
	Mark string // "many", "few", "none", "before", "off", or "" without figures
	Link bool   // it can be chosen
}

// BookSession is a session of the chosen day.
type BookSession struct {
	Session string // "morning", "afternoon-2"
	Slots   []BookSlot
}

// BookSlot is a slot of a day. Slot and To are clock times of the day.
type BookSlot struct {
	Day, Slot, To string
	Mark          string // "many", "few", "none", "before", "stopped", "closed", or "" without figures
	Open          bool   // it can be chosen
	Nearest       bool   // of the offers, it is nearest to the slot that was asked for
}

// BookChoice is a kind of visit.
type BookChoice struct{ ID, Name string }

// BookField is a field about the patient.
type BookField struct {
	Name  string // as in the contract: "name", "cardNumber"
	Need  string // "required" or "optional"
	Value string
	Hint  string
}

// BookDone is a booking that was made. The page shows its code this once.
type BookDone struct {
	ID, Token   string
	Code        string // cancel code, or "" where the web cannot cancel
	Page        string // URL of the page of the ticket, with its token in the fragment
	From        string // local time of the start, "10:00"
	CancelUntil time.Time
}

func (BookPage) template() string { return "book.html" }

// Chosen returns the name of the chosen kind, or "".
func (p BookPage) Chosen() string {
	for _, k := range p.Kinds {
		if k.ID == p.Kind {
			return k.Name
		}
	}
	return ""
}

// Calls reports whether the page shows the clinic's phone number beside the problem.
func (p BookPage) Calls() bool { return p.Phone != "" && p.Wrong != "" && p.Wrong != "field_invalid" }

// Sizes returns the choices of the party.
func (p BookPage) Sizes() (sizes []int) {
	for n := range p.MaxParty {
		sizes = append(sizes, n+1)
	}
	return sizes
}

// Required reports whether the form is not sent without the field.
func (f BookField) Required() bool { return f.Need == "required" }

// Most is the longest value, in characters.
func (f BookField) Most() int {
	switch f.Name {
	case "cardNumber", "phone":
		return 20
	case "mail":
		return 254
	case "symptoms":
		return 500
	}
	return 60
}

// Type is the type of the input.
func (f BookField) Type() string {
	switch f.Name {
	case "phone":
		return "tel"
	case "mail":
		return "email"
	case "birth":
		return "date"
	}
	return "text"
}

// Autocomplete is the HTML token for what a browser knows of its user.
func (f BookField) Autocomplete() string {
	switch f.Name {
	case "name":
		return "name"
	case "phone":
		return "tel"
	case "mail":
		return "email"
	case "birth":
		return "bday"
	}
	return "off"
}

// mark returns the sign of a day in the calendar. Each sign also has a name in
// words, for those who do not see it.
func mark(availability string) string {
	switch availability {
	case "many":
		return "○"
	case "few":
		return "△"
	case "none":
		return "×"
	case "before":
		return "…"
	case "off":
		return "−"
	}
	return ""
}

// markName returns the same in words.
func (s *Site) markName(lang, availability string) (string, error) {
	switch availability {
	case "":
		return "", nil
	case "off":
		return s.text(lang, "book.off")
	}
	return s.text(lang, "slot."+availability)
}

// opensMonth reports whether a date is the first of the calendar, or of its month.
func opensMonth(weeks [][]BookDay, date string) bool {
	for _, d := range weeks[0] {
		if d.Date != "" {
			return d.Date == date || strings.HasSuffix(date, "-01")
		}
	}
	return strings.HasSuffix(date, "-01")
}

// bookedField is the data of the template of a field.
type bookedField struct {
	Lang  string
	Field BookField
	Bad   bool // it was missing or refused
}

func markedField(p BookPage, f BookField) bookedField {
	return bookedField{p.Lang, f, slices.Contains(p.Missing, f.Name) || slices.Contains(p.Invalid, f.Name)}
}

// dayNumber is the day of the month of a date: "1".
func dayNumber(date string) string { return strings.TrimPrefix(date[len(date)-2:], "0") }

// monthNumber is the month of a date, for the first day of a month.
func monthNumber(date string) string { return strings.TrimPrefix(date[5:7], "0") }

// fieldLabel returns the label of a field about the patient.
func (s *Site) fieldLabel(lang, name string) (string, error) {
	switch name {
	case "name", "phone", "cardNumber", "kind":
		return s.text(lang, "patient."+name)
	case "slot":
		return s.text(lang, "book.slot")
	}
	return s.text(lang, "book."+name)
}

// fieldLabels joins the labels of fields.
func (s *Site) fieldLabels(lang string, names []string) (string, error) {
	var labels []string
	for _, name := range names {
		label, err := s.fieldLabel(lang, name)
		if err != nil {
			return "", err
		}
		labels = append(labels, label)
	}
	return strings.Join(labels, s.Text(lang, "book.and")), nil
}

// sessionName returns the name of a session by its ID: "morning-2" is the second
// morning of a day.
func (s *Site) sessionName(lang, id string) (string, error) {
	kind, nth, _ := strings.Cut(id, "-")
	name, err := s.text(lang, "session."+kind)
	return name + nth, err
}

package static

import "time"

// LookupPage is /lookup, where patients find a ticket whose page is lost. It
// has no script, and shows the input again.
type LookupPage struct {
	Lang     string
	Clinic   string // "1234"; "" if not given
	Name     string // of the clinic
	Services []LookupService
	Service  string // 情報番号, "1234-1"
	ByCode   bool   // the clinic asks for the cancel code
	Number   string
	PhoneEnd string // last digits of the patient's phone number
	BySlot   bool   // a service of the clinic is in slot mode: its bookings have no number yet
	Phone    string // the patient's phone number, as typed
	Call     string // phone number of the clinic, or ""
	Today    string // business date of the clinic, or ""
	Code     string // cancel code
	Wrong    string // code of a problem, or ""
	Asked    bool   // Tickets has the result
	Tickets  []LookupTicket
	Failed   string        // code of a problem of a cancel, or ""
	Done     *LookupTicket // the ticket that was cancelled just now
}

// LookupService is a service in the list of choices.
type LookupService struct{ Service, Name string }

// LookupTicket is the state of a ticket.
type LookupTicket struct {
	Number int // 0 before it has one
	State  string

	Day, Slot, SlotEnd string // slot mode; Slot is a clock time of the day
	CancelUntil        time.Time
	TooLate            bool   // the time for cancelling has passed
	Handle             string // for a cancel with the typed code; "" where the web cannot cancel it

	Ahead  *int   // nil if hidden or not waiting
	Unit   string // of Ahead: "人" or "組"
	Advice string // as in the contract
}

// Next reports whether no ticket is ahead.
func (t LookupTicket) Next() bool { return t.Ahead != nil && *t.Ahead == 0 }

func (LookupPage) template() string { return "lookup.html" }

// advice returns the text of what to do now, without names of rooms and times.
func (s *Site) advice(lang string, t LookupTicket) (string, error) {
	key := t.Advice
	switch {
	case key == "enter":
		key = "enterAny"
	case key == "start":
		key = "wait"
	case key == "none" && t.State != "done":
		key = "cancelled"
	case key == "stay":
		return "", nil
	case t.Slot != "" && key == "later":
		key = "laterSlot"
	case t.Slot != "" && key == "cancelled":
		return s.text(lang, "slotTodo.cancelled")
	}
	return s.text(lang, "todo."+key)
}

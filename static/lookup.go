package static

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
	Code     string // cancel code
	Wrong    string // code of a problem, or ""
	Asked    bool   // Tickets has the result
	Tickets  []LookupTicket
}

// LookupService is a service in the list of choices.
type LookupService struct{ Service, Name string }

// LookupTicket is the state of a ticket.
type LookupTicket struct {
	Number int
	State  string
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
	}
	return s.text(lang, "todo."+key)
}

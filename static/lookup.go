package static

// LookupPage is /lookup, the way back to a ticket whose page is lost. It has no
// script. What was typed is shown again.
type LookupPage struct {
	Lang     string
	Clinic   string // "1234"; "" where none is named
	Name     string // the clinic's
	Services []LookupService
	Service  string // 情報番号, "1234-1"
	ByCode   bool   // the clinic asks for the cancel code
	Number   string
	PhoneEnd string // the last digits of the phone number given at reception
	Code     string // the cancel code
	Wrong    string // code of a problem; "" where there is none
	Asked    bool   // Tickets are the answer
	Tickets  []LookupTicket
}

// LookupService is one of the services to choose from.
type LookupService struct{ Service, Name string }

// LookupTicket is how a ticket stands.
type LookupTicket struct {
	Number int
	State  string
	Ahead  *int   // nil: hidden, or it does not wait
	Unit   string // of Ahead: "人" or "組"
	Advice string // as in the contract
}

// Next reports whether nobody is ahead.
func (t LookupTicket) Next() bool { return t.Ahead != nil && *t.Ahead == 0 }

func (LookupPage) template() string { return "lookup.html" }

// advice is the sentence of what to do now, without the names of rooms and times.
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

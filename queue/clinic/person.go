package clinic

import "junban/queue/hours"

// CancelRule is until when a patient may cancel (B15). The desk always may. The zero
// value is until the call in order mode, and until the slot's start in slot mode.
type CancelRule struct {
	Anchor  string      `json:"anchor,omitempty"`  // one of the anchors of the mode
	Minutes int         `json:"minutes,omitempty"` // start, end: before it
	Days    int         `json:"days,omitempty"`    // clock: days before the visit
	At      hours.Clock `json:"at,omitempty"`      // clock: time of that day, such as 17:00
	Ahead   int         `json:"ahead,omitempty"`   // ahead: while at least this many tickets are ahead
}

// The anchors of a [CancelRule].
const (
	CancelByDefault = ""
	CancelByStart   = "start" // of the slot; slot mode only
	CancelByEnd     = "end"   // of the slot; slot mode only
	CancelByClock   = "clock" // a clock time some days before (前日17時)
	CancelByAhead   = "ahead" // order mode only
)

// cancelAnchors are all anchors but the default.
var cancelAnchors = []string{CancelByStart, CancelByEnd, CancelByClock, CancelByAhead}

// CancelAnchors returns the anchors of a mode, without the default.
func CancelAnchors(mode string) []string {
	if mode == ModeSlot {
		return []string{CancelByStart, CancelByEnd, CancelByClock}
	}
	return []string{CancelByClock, CancelByAhead}
}

// PersonLimits bound what one person has at once.
type PersonLimits struct {
	// MaxLive is the number of live bookings per person and service, of today and
	// the days to come; 0: no limit.
	MaxLive int `json:"maxLive"`
}

// FormFields are what a patient is asked at a first visit, and from then on (B07 B08).
type FormFields struct {
	First VisitForm `json:"first,omitzero"`
	Again VisitForm `json:"again,omitzero"`
}

// VisitForm has one of the [Needs] for each field, or "" for the default of
// [Service.Need].
type VisitForm struct {
	Card     string `json:"card,omitempty"`
	Name     string `json:"name,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Kana     string `json:"kana,omitempty"`
	Birth    string `json:"birth,omitempty"`
	Sex      string `json:"sex,omitempty"`
	Mail     string `json:"mail,omitempty"`
	Symptoms string `json:"symptoms,omitempty"`
	Consent  string `json:"consent,omitempty"`
}

// How a form asks for a field.
const (
	Required = "required"
	Optional = "optional"
	Off      = "off"
)

// Needs are the values of a field of a [VisitForm].
var Needs = []string{Required, Optional, Off}

// VisitFields are the names of the fields of a [VisitForm], in the order of the form.
var VisitFields = []string{"card", "name", "phone", "kana", "birth", "sex", "mail", "symptoms", "consent"}

// field returns the field of that name, which is one of VisitFields.
func (f *VisitForm) field(name string) *string {
	return map[string]*string{
		"card": &f.Card, "name": &f.Name, "phone": &f.Phone, "kana": &f.Kana, "birth": &f.Birth,
		"sex": &f.Sex, "mail": &f.Mail, "symptoms": &f.Symptoms, "consent": &f.Consent,
	}[name]
}

// Need returns how the form of a first or later visit asks for one of VisitFields. By
// default, name and phone are asked, and the card from the second visit on. In slot
// mode, name and phone are required. The other fields are off.
func (s Service) Need(field string, first bool) string {
	f := s.Form.Again
	if first {
		f = s.Form.First
	}
	if set := f.field(field); set == nil {
		return Off
	} else if *set != "" {
		return *set
	}
	switch {
	case field == "card" && (!first || !s.BySlot()):
		return Optional
	case field == "name" || field == "phone":
		if s.BySlot() {
			return Required
		}
		return Optional
	}
	return Off
}

// identifies reports whether a form asks for what proves that two tickets are of one
// person: the card number, or name and phone number.
func (s Service) identifies(first bool) bool {
	asks := func(field string) bool { return s.Need(field, first) != Off }
	return asks("card") || asks("name") && asks("phone")
}

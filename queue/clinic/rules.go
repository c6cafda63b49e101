package clinic

import (
	"time"

	"junban/queue/hours"
	"junban/queue/rule"
)

// Rules returns the rule of every field of a record that is bounded.
func Rules() []rule.Rule { return rules.Rules() }

// FillDefaults sets the fields of a new record that have defaults, those of its
// services apart.
func (c *Clinic) FillDefaults() { rules.Fill(c) }

// FillDefaults sets the fields of a new service that have defaults.
func (s *Service) FillDefaults() { serviceRules.Fill(s) }

// rules has the rule of each field. The rules that join fields are in
// [Clinic.Validate].
var rules = rule.Table[Clinic]{
	rule.Pattern("id", notClinicNumber, clinicForm.String(), func(c *Clinic) *string { return (*string)(&c.ID) }),
	rule.Text("name", 1, 100, func(c *Clinic) *string { return &c.Name }),
	rule.Text("address", 0, 200, func(c *Clinic) *string { return &c.Address }),
	rule.Text("area", 0, 60, func(c *Clinic) *string { return &c.Area }),
	rule.List("departments", 0, 10, func(c *Clinic) []string { return c.Departments }, rule.Table[string]{
		rule.Text("", 1, 30, rule.Itself[string]),
	}),
	rule.Number("card.most", 0, 20, func(c *Clinic) *int { return &c.Card.Most }),
	rule.Number("card.least", 0, 20, func(c *Clinic) *int { return &c.Card.Least }),
	rule.List("origins", 0, 20, func(c *Clinic) []string { return c.Origins }, rule.Table[string]{
		rule.Form("", notOrigin, isOrigin, rule.Itself[string]),
	}),
	rule.OptionalChoice("lookup", Lookups, func(c *Clinic) *string { return &c.Lookup }),
	rule.OptionalChoice("language", Languages, func(c *Clinic) *string { return &c.Language }),
	rule.Text("phone", 0, 30, func(c *Clinic) *string { return &c.Phone }),
	rule.Lines("hours", 0, 500, func(c *Clinic) *string { return &c.Hours }),
	rule.FormOr("zone", notTimeZone, "Asia/Tokyo", isZone, func(c *Clinic) *string { return &c.Zone }),
	rule.Part("calendar", func(c *Clinic) []rule.Error { return validCalendar(c.Calendar) }, hours.Rules()),
	rule.Number("autoPause", 0, 100, func(c *Clinic) *int { return c.AutoPause }),
	rule.Number("retention.patients", 0, 3650, func(c *Clinic) *int { return &c.Retention.Patients }),
	rule.Number("retention.days", 0, 3650, func(c *Clinic) *int { return &c.Retention.Days }),
	rule.List("services", 1, 20, func(c *Clinic) []Service { return c.Services }, serviceRules),
	rule.List("rooms", 1, 50, func(c *Clinic) []Room { return c.Rooms }, rule.Table[Room]{
		rule.Text("id", 1, 10, func(r *Room) *string { return &r.ID }),
		rule.Text("name", 1, 60, func(r *Room) *string { return &r.Name }),
		rule.List("services", 1, 0, func(r *Room) []string { return r.Services }, nil),
	}),
}

var serviceRules = rule.Table[Service]{
	rule.Pattern("id", notServiceNumber, "^[1-9][0-9]?$", func(s *Service) *string { return &s.ID }),
	rule.Text("name", 1, 60, func(s *Service) *string { return &s.Name }),
	rule.ChoiceOr("mode", []string{"order"}, "order", func(s *Service) *string { return &s.Mode }),
	rule.ChoiceOr("unit", []string{"人", "組"}, "人", func(s *Service) *string { return &s.Unit }),
	rule.NumberOr("maxParty", 1, MaxParty, 5, func(s *Service) *int { return &s.MaxParty }),
	rule.OptionalChoice("firstVisit", FirstVisits, func(s *Service) *string { return &s.First }),
	rule.NumberOr("comeAt", 0, 50, 5, func(s *Service) *int { return &s.ComeAt }),
	rule.ChoiceOr("absence.rule", AbsenceRules, BackN, func(s *Service) *string { return &s.Absence.Rule }),
	rule.NumberOr("absence.back", 0, 20, 3, func(s *Service) *int { return &s.Absence.Back }),
	rule.Number("absence.maxCalls", 0, 20, func(s *Service) *int { return &s.Absence.MaxCalls }),
	rule.Number("absence.cooldown", 0, 60, func(s *Service) *int { return &s.Absence.Cooldown }),
	rule.Number("absence.tolerance", 0, 50, func(s *Service) *int { return &s.Absence.Tolerance }),
	rule.Number("numbers.start", 0, 9000, func(s *Service) *int { return &s.Numbers.Start }),
	rule.Number("numbers.webFrom", 0, 9000, func(s *Service) *int { return &s.Numbers.WebFrom }),
	rule.Number("numbers.reserve", 0, 100, func(s *Service) *int { return &s.Numbers.Reserve }),
	rule.Number("capacity.web", 0, LineTickets, func(s *Service) *int { return s.Capacity.Web }),
	rule.Number("capacity.desk", 0, LineTickets, func(s *Service) *int { return s.Capacity.Desk }),
	rule.Number("capacity.first", 0, LineTickets, func(s *Service) *int { return s.Capacity.First }),
	rule.Number("capacity.few", 0, 1000, func(s *Service) *int { return &s.Capacity.Few }),
	rule.Number("capacity.cancels", 0, 10, func(s *Service) *int { return &s.Capacity.Cancels }),
	rule.Number("capacity.release", 0, 60, func(s *Service) *int { return &s.Capacity.Release }),
	rule.Number("capacity.margin", 0, 240, func(s *Service) *int { return &s.Capacity.Margin }),
	rule.Number("capacity.perTicket", 0, 120, func(s *Service) *int { return &s.Capacity.PerTicket }),
	rule.Number("booking.days", 0, BookingDays, func(s *Service) *int { return &s.Booking.Days }),
	rule.OptionalChoice("booking.numbers", []string{NumbersNow, NumbersOpening}, func(s *Service) *string { return &s.Booking.Numbers }),
	rule.Number("examBack", 0, 20, func(s *Service) *int { return &s.ExamBack }),
	rule.Text("note", 0, 200, func(s *Service) *string { return &s.Note }),
	rule.List("kinds", 0, 8, func(s *Service) []Kind { return s.Kinds }, rule.Table[Kind]{
		rule.Pattern("id", notKindID, "^[0-9a-z]{1,8}$", func(k *Kind) *string { return &k.ID }),
		rule.Text("name", 1, 30, func(k *Kind) *string { return &k.Name }),
	}),
	rule.List("hide", 0, len(Hideable), func(s *Service) []string { return s.Hide }, rule.Table[string]{
		rule.Choice("", Hideable, rule.Itself[string]),
	}),
	rule.Part("calendar", func(s *Service) []rule.Error { return validCalendar(s.Calendar) }, hours.Rules()),
}

// What may be wrong with a record, beside the codes of package rule.
var (
	notClinicNumber  = rule.NewCode("not_clinic_number", "{value} is not four digits")
	notServiceNumber = rule.NewCode("not_service_number", "{value} is not a number from 1 to 99")
	notKindID        = rule.NewCode("not_kind_id", "{value} is not one to eight lower-case letters and digits")
	notOrigin        = rule.NewCode("not_origin", "{value} is not an origin such as https://www.example.jp")
	notTimeZone      = rule.NewCode("not_time_zone", "{value} is not an IANA time zone")
	reservesAll      = rule.NewCode("reserves_all", "1 would reserve every number")
	noDeskNumbers    = rule.NewCode("no_desk_numbers", "{value} leaves the desk no numbers")
	UnknownService   = rule.NewCode("service_unknown", "the clinic has no service {value}")
)

func isOrigin(s string) bool {
	written, ok := Origin(s)
	return ok && written == s
}

func isZone(s string) bool {
	_, err := time.LoadLocation(s)
	return s != "" && s != "Local" && err == nil
}

func validCalendar(c *hours.Calendar) []rule.Error {
	if c == nil {
		return nil
	}
	return c.Validate()
}

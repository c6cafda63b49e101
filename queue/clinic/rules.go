package clinic

import (
	"time"

	"junban/queue/hours"
	"junban/queue/rule"
)

// Rules returns the rule of every field of a record that is bounded.
func Rules() []rule.Rule { return rules.Rules() }

// OrderRules returns the rules of a service that are stricter in order mode, with paths
// below the service.
func OrderRules() []rule.Rule { return orderRules.Rules() }

// FillDefaults sets the fields of a new record that have defaults, those of its
// services apart.
func (c *Clinic) FillDefaults() { rules.Fill(c) }

// FillDefaults sets the fields of a new service that have defaults. It is in order mode.
func (s *Service) FillDefaults() { serviceRules.Fill(s) }

// FillSlotDefaults sets the fields of a new service in slot mode that have other
// defaults than in order mode.
func (s *Service) FillSlotDefaults() {
	s.Mode, s.Slot = ModeSlot, NewSlot()
	s.Booking.Days, s.Limits.MaxLive = BookingDays, 3
}

// NewSlot returns the defaults of [Slot].
func NewSlot() Slot {
	s := Slot{Web: new(4), Desk: new(2)}
	slotRules.Fill(&s)
	return s
}

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
	rule.Within("notices", func(c *Clinic) *Notices { return &c.Notices }, noticeRules),
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
	rule.ChoiceOr("mode", Modes, ModeOrder, func(s *Service) *string { return &s.Mode }),
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
	rule.Number("booking.days", 0, SlotDays, func(s *Service) *int { return &s.Booking.Days }),
	rule.OptionalChoice("booking.numbers", []string{NumbersNow, NumbersOpening}, func(s *Service) *string { return &s.Booking.Numbers }),
	rule.OptionalForm("booking.opensAt", hours.NotTime, hours.IsClock, func(s *Service) *string { return (*string)(&s.Booking.OpensAt) }),
	rule.Within("slot", func(s *Service) *Slot {
		if !s.BySlot() && s.Slot.unset() {
			return nil
		}
		return &s.Slot
	}, slotRules),
	rule.OptionalChoice("cancel.anchor", cancelAnchors, func(s *Service) *string { return &s.Cancel.Anchor }),
	rule.Number("cancel.minutes", 0, 10080, func(s *Service) *int { return &s.Cancel.Minutes }),
	rule.Number("cancel.days", 0, SlotDays, func(s *Service) *int { return &s.Cancel.Days }),
	rule.OptionalForm("cancel.at", hours.NotTime, hours.IsClock, func(s *Service) *string { return (*string)(&s.Cancel.At) }),
	rule.Number("cancel.ahead", 0, 100, func(s *Service) *int { return &s.Cancel.Ahead }),
	rule.Number("limits.maxLive", 0, 50, func(s *Service) *int { return &s.Limits.MaxLive }),
	rule.Within("form.first", func(s *Service) *VisitForm { return &s.Form.First }, visitRules()),
	rule.Within("form.again", func(s *Service) *VisitForm { return &s.Form.Again }, visitRules()),
	rule.Number("examBack", 0, 20, func(s *Service) *int { return &s.ExamBack }),
	rule.Text("note", 0, 200, func(s *Service) *string { return &s.Note }),
	rule.List("reminders", 0, 3, func(s *Service) []Reminder { return s.Reminders }, reminderRules),
	rule.List("kinds", 0, 8, func(s *Service) []Kind { return s.Kinds }, rule.Table[Kind]{
		rule.Pattern("id", notKindID, "^[0-9a-z]{1,8}$", func(k *Kind) *string { return &k.ID }),
		rule.Text("name", 1, 30, func(k *Kind) *string { return &k.Name }),
		rule.Number("seats", 0, 5, func(k *Kind) *int { return &k.Seats }),
	}),
	rule.List("hide", 0, len(Hideable), func(s *Service) []string { return s.Hide }, rule.Table[string]{
		rule.Choice("", Hideable, rule.Itself[string]),
	}),
	rule.Part("calendar", func(s *Service) []rule.Error { return validCalendar(s.Calendar) }, hours.Rules()),
}

// orderRules are checked in order mode, besides those of every service.
var orderRules = rule.Table[Service]{
	rule.Number("booking.days", 0, BookingDays, func(s *Service) *int { return &s.Booking.Days }),
}

// slotRules are checked in slot mode, and in order mode once they are set.
var slotRules = rule.Table[Slot]{
	rule.NumberOr("minutes", 5, 120, 30, func(s *Slot) *int { return &s.Minutes }),
	rule.Number("web", 0, SeatsPerSlot, func(s *Slot) *int { return s.Web }),
	rule.Number("desk", 0, SeatsPerSlot, func(s *Slot) *int { return s.Desk }),
	rule.List("seats", 0, 50, func(s *Slot) []SlotSeats { return s.Seats }, rule.Table[SlotSeats]{
		rule.OptionalForm("date", rule.NotDate, rule.IsDate, func(e *SlotSeats) *string { return (*string)(&e.Date) }),
		rule.OptionalChoice("weekday", hours.Weekdays(), func(e *SlotSeats) *string { return &e.Weekday }),
		rule.OptionalPattern("session", notSession, "^(morning|afternoon|evening)(-[2-6])?$", func(e *SlotSeats) *string { return &e.Session }),
		rule.OptionalForm("slot", hours.NotTime, hours.IsClock, func(e *SlotSeats) *string { return (*string)(&e.Slot) }),
		rule.Number("web", 0, SeatsPerSlot, func(e *SlotSeats) *int { return e.Web }),
		rule.Number("desk", 0, SeatsPerSlot, func(e *SlotSeats) *int { return e.Desk }),
	}),
	rule.ChoiceOr("per", SeatUnits, SeatPerTicket, func(s *Slot) *string { return &s.Per }),
	rule.Number("first", 0, SeatsPerSlot, func(s *Slot) *int { return s.First }),
	rule.Number("early", 0, SeatsPerSlot, func(s *Slot) *int { return s.Early }),
	rule.NumberOr("lead", 0, 10080, 30, func(s *Slot) *int { return &s.Lead }),
	rule.ChoiceOr("late", LateRules, LateServing, func(s *Slot) *string { return &s.Late }),
	rule.NumberOr("grace", 0, 240, 10, func(s *Slot) *int { return &s.Grace }),
	rule.NumberOr("arriveFrom", 0, 720, 60, func(s *Slot) *int { return &s.ArriveFrom }),
	rule.Number("noShow", 0, 720, func(s *Slot) *int { return s.NoShow }),
	rule.NumberOr("reach", 0, 720, 30, func(s *Slot) *int { return &s.Reach }),
}

// visitRules are those of each field of a form.
func visitRules() rule.Table[VisitForm] {
	var t rule.Table[VisitForm]
	for _, name := range VisitFields {
		t = append(t, rule.OptionalChoice(name, Needs, func(f *VisitForm) *string { return f.field(name) }))
	}
	return t
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
	notSession       = rule.NewCode("not_session", "{value} is not a session such as morning or evening-2")
	notMultiple      = rule.NewCode("not_multiple", "{value} is not a multiple of {of}")
	sameSlots        = rule.NewCode("same_slots", "applies to the same slots as an earlier entry")
	notBoth          = rule.NewCode("not_both", "excludes {other}")
	appliesToAll     = rule.NewCode("applies_to_all", "needs a date, weekday, session or slot")
	otherNumbers     = rule.NewCode("other_numbers", "numbers by slot exclude the other rules for numbers")
	notIdentified    = rule.NewCode("not_identified", "the form must ask for the card number, or for name and phone number")
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

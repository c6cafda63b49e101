package clinic

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"junban/queue/hours"
	"junban/queue/typed"
)

// FieldError describes one invalid field of a record.
type FieldError struct {
	Path   string // such as services[1].mode
	Reason string
}

func (e FieldError) Error() string { return e.Path + ": " + e.Reason }

// Validate checks every field of the record against its bounds. It returns an error
// for each invalid field, in the order of the record.
func (c Clinic) Validate() []FieldError {
	var errs []FieldError
	bad := func(path, format string, args ...any) {
		errs = append(errs, FieldError{path, fmt.Sprintf(format, args...)})
	}
	text := func(path, s string, least, most int) {
		switch n := utf8.RuneCountInString(s); {
		case n < least:
			bad(path, "is missing")
		case n > most:
			bad(path, "has %d characters, at most %d are allowed", n, most)
		case strings.ContainsFunc(s, func(r rune) bool { return typed.Refused(r) && (r != '\n' || path != "hours") }):
			bad(path, typed.Reason)
		}
	}
	if !clinicForm.MatchString(string(c.ID)) {
		bad("id", "%q is not four digits", c.ID)
	}
	text("name", c.Name, 1, 100)
	text("address", c.Address, 0, 200)
	text("area", c.Area, 0, 60)
	if n := len(c.Departments); n > MostDepartments {
		bad("departments", "has %d entries, at most %d are allowed", n, MostDepartments)
	}
	for i, d := range c.Departments {
		text(fmt.Sprintf("departments[%d]", i), d, 1, 30)
	}
	if n := c.Card.Most; n < 0 || n > 20 {
		bad("card.most", "%d is not between 0 and 20", n)
	}
	if n := c.Card.Least; n < min(c.Card.Most, 1) || n > max(c.Card.Most, 0) {
		bad("card.least", "%d is not between %d and %d", n, min(c.Card.Most, 1), max(c.Card.Most, 0))
	}
	if n := len(c.Origins); n > MostOrigins {
		bad("origins", "has %d entries, at most %d are allowed", n, MostOrigins)
	}
	for i, o := range c.Origins {
		if written, ok := Origin(o); !ok || written != o {
			bad(fmt.Sprintf("origins[%d]", i), "%q is not an origin such as https://www.example.jp", o)
		}
	}
	if c.Lookup != "" && !slices.Contains(Lookups, c.Lookup) {
		bad("lookup", "%q is not %s", c.Lookup, strings.Join(Lookups, " or "))
	}
	if c.Language != "" && !slices.Contains(Languages, c.Language) {
		bad("language", "%q is not one of %s", c.Language, strings.Join(Languages, ", "))
	}
	text("phone", c.Phone, 0, 30)
	text("hours", c.Hours, 0, 500)
	if _, err := time.LoadLocation(c.Zone); c.Zone == "" || c.Zone == "Local" || err != nil {
		bad("zone", "%q is not an IANA time zone", c.Zone)
	}
	calendar := func(path string, k *hours.Calendar) {
		if k == nil {
			return
		}
		for _, e := range k.Validate() {
			bad(path+"."+e.Path, "%s", e.Reason)
		}
	}
	calendar("calendar", c.Calendar)
	if n := c.PauseFactor(); n < 0 || n > mostPauseFactor {
		bad("autoPause", "%d is not between 0 and %d", n, mostPauseFactor)
	}
	if n := c.Retention.Patients; n < 0 || n > 3650 {
		bad("retention.patients", "%d is not between 0 and 3650", n)
	}
	if n := c.Retention.Days; n < 0 || n > 3650 {
		bad("retention.days", "%d is not between 0 and 3650", n)
	}
	if n := len(c.Services); n < 1 || n > 20 {
		bad("services", "has %d entries, 1 to 20 are allowed", n)
	}
	seen := map[string]bool{}
	for i, s := range c.Services {
		at := fmt.Sprintf("services[%d]", i)
		if !refForm.MatchString("0000-" + s.ID) {
			bad(at+".id", "%q is not a number from 1 to 99", s.ID)
		} else if seen[s.ID] {
			bad(at+".id", "%q is used twice", s.ID)
		}
		seen[s.ID] = true
		text(at+".name", s.Name, 1, 60)
		if s.Mode != "order" {
			bad(at+".mode", "%q is not supported, use order", s.Mode)
		}
		if s.Unit != "人" && s.Unit != "組" {
			bad(at+".unit", "%q is not 人 or 組", s.Unit)
		}
		between := func(field string, n, least, most int) {
			if n < least || n > most {
				bad(at+"."+field, "%d is not between %d and %d", n, least, most)
			}
		}
		between("maxParty", s.MaxParty, 1, MaxParty)
		if s.First != "" && !slices.Contains(FirstVisits, s.First) {
			bad(at+".firstVisit", "%q is not one of %s", s.First, strings.Join(FirstVisits, ", "))
		}
		between("comeAt", s.ComeAt, 0, 50)
		if !slices.Contains(AbsenceRules, s.Absence.Rule) {
			bad(at+".absence.rule", "%q is not one of %s", s.Absence.Rule, strings.Join(AbsenceRules, ", "))
		}
		between("absence.back", s.Absence.Back, 0, 20)
		between("absence.maxCalls", s.Absence.MaxCalls, 0, 20)
		between("absence.cooldown", s.Absence.Cooldown, 0, 60)
		between("absence.tolerance", s.Absence.Tolerance, 0, 50)
		between("numbers.start", s.Numbers.Start, 0, 9000)
		between("numbers.webFrom", s.Numbers.WebFrom, 0, 9000)
		between("numbers.reserve", s.Numbers.Reserve, 0, 100)
		if s.Numbers.Reserve == 1 {
			bad(at+".numbers.reserve", "1 would reserve every number")
		}
		if s.Numbers.WebFrom > 0 && s.Numbers.WebFrom <= max(s.Numbers.Start, 1) {
			bad(at+".numbers.webFrom", "%d leaves the desk no numbers", s.Numbers.WebFrom)
		}
		calendar(at+".calendar", s.Calendar)
		for field, bound := range map[string]*int{"web": s.Capacity.Web, "desk": s.Capacity.Desk, "first": s.Capacity.First} {
			if bound != nil {
				between("capacity."+field, *bound, 0, LineTickets)
			}
		}
		between("capacity.cancels", s.Capacity.Cancels, 0, 10)
		between("booking.days", s.Booking.Days, 0, BookingDays)
		if n := s.Booking.Numbers; n != "" && n != NumbersNow && n != NumbersOpening {
			bad(at+".booking.numbers", "%q is not now or opening", n)
		}
		between("capacity.few", s.Capacity.Few, 0, 1000)
		between("capacity.release", s.Capacity.Release, 0, 60)
		between("capacity.margin", s.Capacity.Margin, 0, 240)
		between("capacity.perTicket", s.Capacity.PerTicket, 0, 120)
		between("examBack", s.ExamBack, 0, 20)
		text(at+".note", s.Note, 0, 200)
		if n := len(s.Kinds); n > MostKinds {
			bad(at+".kinds", "has %d entries, at most %d are allowed", n, MostKinds)
		}
		for j, k := range s.Kinds {
			of := fmt.Sprintf("%s.kinds[%d]", at, j)
			if !kindForm.MatchString(k.ID) {
				bad(of+".id", "%q is not one to eight lower-case letters and digits", k.ID)
			} else if slices.IndexFunc(s.Kinds, func(o Kind) bool { return o.ID == k.ID }) < j {
				bad(of+".id", "%q is used twice", k.ID)
			}
			text(of+".name", k.Name, 1, 30)
		}
		for j, h := range s.Hide {
			if !slices.Contains(Hideable, h) {
				bad(fmt.Sprintf("%s.hide[%d]", at, j), "%q is not one of %s", h, strings.Join(Hideable, ", "))
			}
		}
	}
	if n := len(c.Rooms); n < 1 || n > 50 {
		bad("rooms", "has %d entries, 1 to 50 are allowed", n)
	}
	rooms := map[string]bool{}
	for i, r := range c.Rooms {
		at := fmt.Sprintf("rooms[%d]", i)
		text(at+".id", r.ID, 1, 10)
		if rooms[r.ID] {
			bad(at+".id", "%q is used twice", r.ID)
		}
		rooms[r.ID] = true
		text(at+".name", r.Name, 1, 60)
		if len(r.Services) == 0 {
			bad(at+".services", "is empty")
		}
		for j, id := range r.Services {
			if !seen[id] {
				bad(fmt.Sprintf("%s.services[%d]", at, j), "the clinic has no service %q", id)
			}
		}
	}
	return errs
}

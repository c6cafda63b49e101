package queue

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Clinic is the record of a tenant (医療機関・事業所).
type Clinic struct {
	ID       ClinicID  `json:"id"`
	Name     string    `json:"name"`
	Address  string    `json:"address,omitempty"`
	Phone    string    `json:"phone,omitempty"`
	Hours    string    `json:"hours,omitempty"` // in the clinic's words
	Zone     string    `json:"zone"`            // IANA name; days are counted in it
	Listed   bool      `json:"listed"`          // false: 非公開, found by number only (B04)
	Rooms    []Room    `json:"rooms"`
	Services []Service `json:"services"`
}

// Room is 診察室・担当医.
type Room struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Services []string `json:"services"` // ids of the services it serves
}

// Service is 業務・診療内容: one desk with its own line.
type Service struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Mode       string   `json:"mode"`       // "order"
	Unit       string   `json:"unit"`       // 人 or 組 (A04)
	MaxParty   int      `json:"maxParty"`   // people on one ticket, at most
	WebCancel  bool     `json:"webCancel"`  // the patient may cancel with the code (B15)
	AbsentBack int      `json:"absentBack"` // places an absentee moves back (5.4, back_n)
	ComeAt     int      `json:"comeAt"`     // 来院目安: come when so many or fewer are ahead
	Hide       []string `json:"hide"`       // figures the public does not get (A08)
}

// Hideable are the figures of a board or ticket that a clinic may hide.
var Hideable = []string{"calling", "waiting", "waitMinutes", "absent", "line", "message", "availability", "ahead"}

// Defaults of a service. The bounds of everything are in [Clinic.Validate].
const (
	DefaultZone       = "Asia/Tokyo"
	DefaultMode       = "order"
	DefaultUnit       = "人"
	DefaultMaxParty   = 5
	DefaultAbsentBack = 3
	DefaultComeAt     = 5
)

// FieldError says what is wrong with one field of a record.
type FieldError struct {
	Path   string // such as services[1].mode
	Reason string
}

func (e FieldError) Error() string { return e.Path + ": " + e.Reason }

// Location returns the clinic's zone.
func (c Clinic) Location() (*time.Location, error) {
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone of clinic %s: %w", c.ID, err)
	}
	return loc, nil
}

// Service returns the service with that id.
func (c Clinic) Service(id string) (Service, bool) {
	i := slices.IndexFunc(c.Services, func(s Service) bool { return s.ID == id })
	if i < 0 {
		return Service{}, false
	}
	return c.Services[i], true
}

// Room returns the room with that id.
func (c Clinic) Room(id string) (Room, bool) {
	i := slices.IndexFunc(c.Rooms, func(r Room) bool { return r.ID == id })
	if i < 0 {
		return Room{}, false
	}
	return c.Rooms[i], true
}

// Hides reports whether the public must not see the figure.
func (s Service) Hides(figure string) bool { return slices.Contains(s.Hide, figure) }

// Validate checks every field of the record against its bounds, and returns
// all that is wrong, in the record's order.
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
			bad(path, "has %d characters, at most %d are kept", n, most)
		case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' }):
			bad(path, "has control characters")
		}
	}
	if !clinicForm.MatchString(string(c.ID)) {
		bad("id", "%q is not four digits", c.ID)
	}
	text("name", c.Name, 1, 100)
	text("address", c.Address, 0, 200)
	text("phone", c.Phone, 0, 30)
	text("hours", c.Hours, 0, 500)
	if _, err := time.LoadLocation(c.Zone); c.Zone == "" || c.Zone == "Local" || err != nil {
		bad("zone", "%q is not an IANA time zone", c.Zone)
	}
	if n := len(c.Services); n < 1 || n > 20 {
		bad("services", "has %d entries, 1 to 20 are kept", n)
	}
	seen := map[string]bool{}
	for i, s := range c.Services {
		at := fmt.Sprintf("services[%d]", i)
		if !refForm.MatchString("0000-" + s.ID) {
			bad(at+".id", "%q is not a number from 1 to 99", s.ID)
		} else if seen[s.ID] {
			bad(at+".id", "%q is there twice", s.ID)
		}
		seen[s.ID] = true
		text(at+".name", s.Name, 1, 60)
		if s.Mode != "order" {
			bad(at+".mode", "%q is not served; order is", s.Mode)
		}
		if s.Unit != "人" && s.Unit != "組" {
			bad(at+".unit", "%q is neither 人 nor 組", s.Unit)
		}
		between := func(field string, n, least, most int) {
			if n < least || n > most {
				bad(at+"."+field, "%d is not between %d and %d", n, least, most)
			}
		}
		between("maxParty", s.MaxParty, 1, 20)
		between("absentBack", s.AbsentBack, 0, 20)
		between("comeAt", s.ComeAt, 0, 50)
		for j, h := range s.Hide {
			if !slices.Contains(Hideable, h) {
				bad(fmt.Sprintf("%s.hide[%d]", at, j), "%q is none of %s", h, strings.Join(Hideable, ", "))
			}
		}
	}
	if n := len(c.Rooms); n < 1 || n > 50 {
		bad("rooms", "has %d entries, 1 to 50 are kept", n)
	}
	rooms := map[string]bool{}
	for i, r := range c.Rooms {
		at := fmt.Sprintf("rooms[%d]", i)
		text(at+".id", r.ID, 1, 10)
		if rooms[r.ID] {
			bad(at+".id", "%q is there twice", r.ID)
		}
		rooms[r.ID] = true
		text(at+".name", r.Name, 1, 60)
		if len(r.Services) == 0 {
			bad(at+".services", "is empty")
		}
		for j, id := range r.Services {
			if !seen[id] {
				bad(fmt.Sprintf("%s.services[%d]", at, j), "there is no service %q", id)
			}
		}
	}
	return errs
}

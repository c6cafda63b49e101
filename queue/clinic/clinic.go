package clinic

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"junban/queue/hours"
)

// Clinic is the record of a tenant (医療機関・事業所).
type Clinic struct {
	ID       ID        `json:"id"`
	Name     string    `json:"name"`
	Address  string    `json:"address,omitempty"`
	Area     string    `json:"area,omitempty"` // where people look for it: a ward, a station (B02)
	Phone    string    `json:"phone,omitempty"`
	Hours    string    `json:"hours,omitempty"`    // in the clinic's words
	Zone     string    `json:"zone"`               // IANA name; days are counted in it
	Listed   bool      `json:"listed"`             // false: 非公開, found by number only (B04)
	Lookup   string    `json:"lookup,omitempty"`   // one of Lookups; "": see [Clinic.LookupRule] (B14)
	Language string    `json:"language,omitempty"` // of its screens: one of Languages; "": Japanese
	Rooms    []Room    `json:"rooms"`
	Services []Service `json:"services"`

	Departments []string `json:"departments,omitempty"` // 診療科, as people look for them (B02)
	Card        Card     `json:"card,omitzero"`
	Origins     []string `json:"origins,omitempty"` // sites of others that may show its boards, each as [Origin] writes it; none: every site (D17)

	Calendar  *hours.Calendar `json:"calendar,omitempty"` // nil: the desk opens and closes the web desk
	Retention Retention       `json:"retention,omitzero"`
	Notices   Notices         `json:"notices,omitzero"`
	AutoPause *int            `json:"autoPause,omitempty"` // the web desk pauses at this multiple of a half hour's usual web tickets; nil: [DefaultAutoPause], 0: never

	// Rev names this very record, as it was read. [queue.Store.PutClinic] refuses to
	// write over another one; "" writes over whatever there is.
	Rev string `json:"-"`
}

// What proves a ticket in a lookup by its number.
const (
	LookupByPhone = "phone" // the last four digits of the phone number given at reception, or the cancel code
	LookupByCode  = "code"  // the cancel code alone
)

// Lookups are what a clinic may choose.
var Lookups = []string{LookupByPhone, LookupByCode}

// Languages are the BCP 47 tags that a clinic may choose for its screens: those of
// the pages.
var Languages = []string{"ja", "ja-x-easy", "en", "zh-Hans", "ko", "vi", "pt"}

// LookupRule is what proves a ticket in a lookup. An unlisted clinic asks for the code
// by default, because it hides who its patients are.
func (c Clinic) LookupRule() string {
	switch {
	case c.Lookup != "":
		return c.Lookup
	case c.Listed:
		return LookupByPhone
	}
	return LookupByCode
}

// Card is the form of the numbers on a clinic's patient cards (診察券番号, B08): the count
// of digits. The zero value knows nothing of their form. It is no pattern, because a
// pattern would run as a program on untrusted input.
type Card struct {
	Least int `json:"least"` // digits
	Most  int `json:"most"`  // digits; 0: any text is taken
}

// Fits reports whether a number has the form of the card's; none at all does.
func (c Card) Fits(number string) bool {
	if c.Most == 0 || number == "" {
		return true
	}
	return len(number) >= c.Least && len(number) <= c.Most && !strings.ContainsFunc(number, func(r rune) bool { return r < '0' || r > '9' })
}

// Retention is how long a clinic's days are kept, in days after the visit's, in the line
// and in the books. Figures are never deleted.
type Retention struct {
	Patients int `json:"patients"` // names and phone numbers; 0: [PatientDays]
	Days     int `json:"days"`     // tickets and log; 0: [TicketDays]
}

// Room is 診察室・担当医.
type Room struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Services []string `json:"services"` // ids of the services it serves
}

// zones are the zones that were loaded, by name: at most as many as IANA has. To load
// one is to read a file.
var zones sync.Map

// Location returns the clinic's zone.
func (c Clinic) Location() (*time.Location, error) {
	if loc, ok := zones.Load(c.Zone); ok {
		return loc.(*time.Location), nil
	}
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone of clinic %s: %w", c.ID, err)
	}
	zones.Store(c.Zone, loc)
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

// ServiceIDs lists the ids of the services as the scripts take them.
func (c Clinic) ServiceIDs() string {
	ids := make([]string, len(c.Services))
	for i, s := range c.Services {
		ids[i] = s.ID
	}
	return strings.Join(ids, ",")
}

// Room returns the room with that id.
func (c Clinic) Room(id string) (Room, bool) {
	i := slices.IndexFunc(c.Rooms, func(r Room) bool { return r.ID == id })
	if i < 0 {
		return Room{}, false
	}
	return c.Rooms[i], true
}

// KeepPatients is how long after the day patients' data is kept.
func (c Clinic) KeepPatients() time.Duration {
	if c.Retention.Patients > 0 {
		return time.Duration(c.Retention.Patients) * 24 * time.Hour
	}
	return PatientDays * 24 * time.Hour
}

// KeepDays is how long after the day its tickets and log are kept.
func (c Clinic) KeepDays() time.Duration {
	if c.Retention.Days > 0 {
		return time.Duration(c.Retention.Days) * 24 * time.Hour
	}
	return TicketDays * 24 * time.Hour
}

// DefaultAutoPause is [Clinic].AutoPause where the record has none.
const DefaultAutoPause = 5

// PauseFactor is the multiple of a half hour's usual web tickets that pauses the web
// desk. 0 means never.
func (c Clinic) PauseFactor() int {
	if c.AutoPause == nil {
		return DefaultAutoPause
	}
	return *c.AutoPause
}

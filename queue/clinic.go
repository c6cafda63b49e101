package queue

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"junban/queue/hours"
	"junban/queue/typed"
)

// Clinic is the record of a tenant (医療機関・事業所).
type Clinic struct {
	ID       ClinicID  `json:"id"`
	Name     string    `json:"name"`
	Address  string    `json:"address,omitempty"`
	Area     string    `json:"area,omitempty"` // where people look for it: a ward, a station (B02)
	Phone    string    `json:"phone,omitempty"`
	Hours    string    `json:"hours,omitempty"`    // in the clinic's words
	Zone     string    `json:"zone"`               // IANA name; days are counted in it
	Listed   bool      `json:"listed"`             // false: 非公開, found by number only (B04)
	Lookup   string    `json:"lookup,omitempty"`   // one of Lookups; "": see [Clinic.LookupRule] (B14)
	Language string    `json:"language,omitempty"` // of its screens: one of Languages; "": Japanese (U11)
	Rooms    []Room    `json:"rooms"`
	Services []Service `json:"services"`

	Departments []string `json:"departments,omitempty"` // 診療科, as people look for them (B02)
	Card        Card     `json:"card,omitzero"`
	Origins     []string `json:"origins,omitempty"` // sites of others that may show its boards, each as [Origin] writes it; none: every site (D17)

	Calendar  *hours.Calendar `json:"calendar,omitempty"` // nil: the web desk is opened and closed by hand
	Retention Retention       `json:"retention,omitzero"`
	AutoPause *int            `json:"autoPause,omitempty"` // the web desk pauses when a half hour brings so many times the usual web tickets; nil: [DefaultAutoPause], 0: never

	// Rev names this very record, as it was read. [Store.PutClinic] refuses to
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

// LookupRule is what proves a ticket in a lookup. A clinic that is not listed asks
// for the code unless it chose otherwise: that a person is there is what it hides.
func (c Clinic) LookupRule() string {
	switch {
	case c.Lookup != "":
		return c.Lookup
	case c.Listed:
		return LookupByPhone
	}
	return LookupByCode
}

// Card is the form of the numbers on a clinic's patient cards (診察券番号, B08):
// so many digits. The zero value knows nothing of their form. A count of digits
// is all that is kept of it: a pattern would be a program that strangers' texts
// run through.
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

// Retention is how long a clinic's days are kept, in days after the visit's.
// Figures are kept for ever.
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

// Service is 業務・診療内容: one desk with its own line.
type Service struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Mode      string   `json:"mode"`                 // "order"
	Unit      string   `json:"unit"`                 // 人 or 組 (A04)
	MaxParty  int      `json:"maxParty"`             // people on one ticket, at most
	WebCancel bool     `json:"webCancel"`            // the patient may cancel with the code (B15)
	First     string   `json:"firstVisit,omitempty"` // how a first visit is received: one of FirstVisits; "": FirstByWeb (B07)
	ComeAt    int      `json:"comeAt"`               // 来院目安: come when so many or fewer are ahead
	Hide      []string `json:"hide"`                 // figures the public does not get (A08)
	Absence   Absence  `json:"absence"`
	Numbers   Numbers  `json:"numbers"`
	Capacity  Capacity `json:"capacity"`
	Booking   Booking  `json:"booking"`
	Kinds     []Kind   `json:"kinds,omitempty"` // what a visit may be for; none: it is not asked

	CountAbsent bool   `json:"countAbsent"` // 待ち人数 includes the absent (domain §1.8 point 3)
	SkipAway    bool   `json:"skipAway"`    // "next" passes over those who have not arrived or went out
	ExamBack    int    `json:"examBack"`    // waiting who go first when a patient is back from an exam (検査→再診察)
	Note        string `json:"note"`        // text beside an estimate

	Calendar *hours.Calendar `json:"calendar,omitempty"` // in place of the clinic's; its cutover does not count
}

// Kind is something that a visit to a service may be for (診察, 注射, 予防接種):
// the times of each are learned apart. Its ID stays when it gets another name.
type Kind struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// MostKinds is how many a service has at most.
const MostKinds = 8

// How a first visit is received, beside the telephone.
const (
	FirstByWeb  = "button" // on the web, by a button of its own
	FirstByDesk = "desk"   // the web says that the desk receives it
	FirstUnsaid = "none"   // not on the web; the clinic's message says what it wants to
)

// FirstVisits are the values of [Service].First.
var FirstVisits = []string{FirstByWeb, FirstByDesk, FirstUnsaid}

// FirstOnWeb reports whether a first visit is received on the web.
func (s Service) FirstOnWeb() bool { return s.First == "" || s.First == FirstByWeb }

// MostDepartments is how many a clinic has at most.
const MostDepartments = 10

// Absence is what happens to a called patient who does not come (domain §5.4).
type Absence struct {
	Rule      string `json:"rule"`      // one of AbsenceRules
	Back      int    `json:"back"`      // back_n: how many waiting go first; park: the same, counted at the return
	ThenTail  bool   `json:"thenTail"`  // from the second absence on, to the end
	MaxCalls  int    `json:"maxCalls"`  // an absence after so many calls ends the ticket (no_show); 0: none does
	Cooldown  int    `json:"cooldown"`  // minutes after a call in which "next" does not offer the ticket again
	Tolerance int    `json:"tolerance"` // who returns after no more than so many further calls gets the former place; 0: nobody
}

// The absence rules of domain §5.4.
const (
	BackN         = "back_n"            // some places back, fixed at the absence
	Tail          = "tail"              // to the end, fixed at the absence
	Park          = "park_until_return" // behind the next few waiting, fixed at the return
	BackToWaiting = "back_to_waiting"   // waits again at once, at the old place
	Terminal      = "terminal"          // the ticket is over
)

// AbsenceRules are the values of [Absence].Rule.
var AbsenceRules = []string{BackN, Tail, Park, BackToWaiting, Terminal}

// Numbers is how a service numbers its tickets. The zero value numbers from 1
// through the day.
type Numbers struct {
	PerSession bool `json:"perSession"` // begin anew with each session; else once a day
	Start      int  `json:"start"`      // first number; 0: 1
	WebFrom    int  `json:"webFrom"`    // the web's numbers begin here, the desk's end before it; 0: one band
	Reserve    int  `json:"reserve"`    // every so-manieth number is kept for the desk (空番); 0: none
}

// Booking is whether the web gives numbers for days to come (明日以降, B12).
type Booking struct {
	Days    int    `json:"days"`    // how many days ahead; 0: today only
	Numbers string `json:"numbers"` // when the number is given: "now", or with the day's "opening"; "": now
}

// The values of [Booking].Numbers.
const (
	NumbersNow     = "now"
	NumbersOpening = "opening"
)

// Capacity bounds a session of a service (domain §5.6).
type Capacity struct {
	Web       *int `json:"web"`       // live tickets from the web, per session; nil: no bound
	Desk      *int `json:"desk"`      // live tickets from the desk, per session; nil: no bound
	First     *int `json:"first"`     // live first visits from the web, per session; nil: no bound
	Few       int  `json:"few"`       // △ when so many or fewer web tickets are left
	Cancels   int  `json:"cancels"`   // who has cancelled so often in a session gets tickets that only the desk can cancel; needs OneEach; 0: nobody does
	Release   int  `json:"release"`   // minutes until a cancelled ticket's place is offered again
	OneEach   bool `json:"oneEach"`   // one live web ticket per person and session
	AutoStop  bool `json:"autoStop"`  // no web tickets that could not be served by the session's end
	Margin    int  `json:"margin"`    // minutes before the end by which AutoStop wants to be done
	PerTicket int  `json:"perTicket"` // minutes per ticket where nothing has been learned; 0: 6
}

// Hideable are the figures of a board or ticket that a clinic may hide.
var Hideable = []string{"calling", "waiting", "waitMinutes", "absent", "line", "message", "availability", "ahead"}

// Defaults of a service. The bounds of everything are in [Clinic.Validate].
const (
	DefaultZone       = "Asia/Tokyo"
	DefaultMode       = "order"
	DefaultUnit       = "人"
	DefaultMaxParty   = 5
	DefaultAbsentBack = 3 // of [BackN], and the rule is that
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

// services lists the ids of the services as the scripts take them.
func (c Clinic) services() string {
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

// Kind returns the kind of visit with that id.
func (s Service) Kind(id string) (Kind, bool) {
	i := slices.IndexFunc(s.Kinds, func(k Kind) bool { return k.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return s.Kinds[i], true
}

// takes reports whether a visit may be for that; it need not be said.
func (s Service) takes(kind string) bool {
	_, ok := s.Kind(kind)
	return ok || kind == ""
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
		bad("departments", "has %d entries, at most %d are kept", n, MostDepartments)
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
		bad("origins", "has %d entries, at most %d are kept", n, MostOrigins)
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
		bad("language", "%q is none of %s", c.Language, strings.Join(Languages, ", "))
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
	if n := c.autoPause(); n < 0 || n > mostSurge {
		bad("autoPause", "%d is not between 0 and %d", n, mostSurge)
	}
	if n := c.Retention.Patients; n < 0 || n > 3650 {
		bad("retention.patients", "%d is not between 0 and 3650", n)
	}
	if n := c.Retention.Days; n < 0 || n > 3650 {
		bad("retention.days", "%d is not between 0 and 3650", n)
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
		between("maxParty", s.MaxParty, 1, MaxParty)
		if s.First != "" && !slices.Contains(FirstVisits, s.First) {
			bad(at+".firstVisit", "%q is none of %s", s.First, strings.Join(FirstVisits, ", "))
		}
		between("comeAt", s.ComeAt, 0, 50)
		if !slices.Contains(AbsenceRules, s.Absence.Rule) {
			bad(at+".absence.rule", "%q is none of %s", s.Absence.Rule, strings.Join(AbsenceRules, ", "))
		}
		between("absence.back", s.Absence.Back, 0, 20)
		between("absence.maxCalls", s.Absence.MaxCalls, 0, 20)
		between("absence.cooldown", s.Absence.Cooldown, 0, 60)
		between("absence.tolerance", s.Absence.Tolerance, 0, 50)
		between("numbers.start", s.Numbers.Start, 0, 9000)
		between("numbers.webFrom", s.Numbers.WebFrom, 0, 9000)
		between("numbers.reserve", s.Numbers.Reserve, 0, 100)
		if s.Numbers.Reserve == 1 {
			bad(at+".numbers.reserve", "1 would keep every number")
		}
		if s.Numbers.WebFrom > 0 && s.Numbers.WebFrom <= max(s.Numbers.Start, 1) {
			bad(at+".numbers.webFrom", "%d leaves the desk no number", s.Numbers.WebFrom)
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
			bad(at+".booking.numbers", "%q is neither now nor opening", n)
		}
		between("capacity.few", s.Capacity.Few, 0, 1000)
		between("capacity.release", s.Capacity.Release, 0, 60)
		between("capacity.margin", s.Capacity.Margin, 0, 240)
		between("capacity.perTicket", s.Capacity.PerTicket, 0, 120)
		between("examBack", s.ExamBack, 0, 20)
		text(at+".note", s.Note, 0, 200)
		if n := len(s.Kinds); n > MostKinds {
			bad(at+".kinds", "has %d entries, at most %d are kept", n, MostKinds)
		}
		for j, k := range s.Kinds {
			of := fmt.Sprintf("%s.kinds[%d]", at, j)
			if !kindForm.MatchString(k.ID) {
				bad(of+".id", "%q is not one to eight small letters and digits", k.ID)
			} else if slices.IndexFunc(s.Kinds, func(o Kind) bool { return o.ID == k.ID }) < j {
				bad(of+".id", "%q is there twice", k.ID)
			}
			text(of+".name", k.Name, 1, 30)
		}
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

package wire

import "encoding/json"

// Settings are a service's settings as the desk edits them: GET and PUT
// /v1/services/:service/settings. Rev guards against writing over somebody
// else's change.
type Settings struct {
	Rev         string   `json:"rev"`
	Name        string   `json:"name"`
	Unit        string   `json:"unit"`
	MaxParty    int      `json:"maxParty"`
	WebCancel   bool     `json:"webCancel"`
	FirstVisit  string   `json:"firstVisit"` // "button", "desk" or "none"; "": button
	ComeAt      int      `json:"comeAt"`
	Hide        []string `json:"hide"`
	Absence     Absence  `json:"absence"`
	Numbers     Numbers  `json:"numbers"`
	Capacity    Capacity `json:"capacity"`
	Booking     Booking  `json:"booking"`
	Kinds       []Kind   `json:"kinds"`
	CountAbsent bool     `json:"countAbsent"`
	SkipAway    bool     `json:"skipAway"`
	ExamBack    int      `json:"examBack"`
	Note        string   `json:"note"`

	// A request that omits one of these does not change it. An answer has all.
	Mode   string        `json:"mode,omitempty"` // "order" or "slot"
	Slot   *SlotSettings `json:"slot,omitempty"` // used in slot mode; of a service that never was in it, the defaults
	Cancel *CancelRule   `json:"cancel,omitempty"`
	Limits *PersonLimits `json:"limits,omitempty"`
	Form   *FormFields   `json:"form,omitempty"`

	Reminders []Reminder `json:"reminders,omitzero"` // of bookings; three at most

	// Affected, of a PUT, is that of the [Affected] that the desk has seen and accepts.
	Affected string `json:"affected,omitempty"`
}

// WeekSeats are the seats of a normal week in slot mode, without exceptions and seats of
// single dates. POST /v1/services/:service/settings/seats answers them, and changes
// nothing. Null is no bound.
type WeekSeats struct {
	Days  []DaySeats `json:"days"` // from Monday; none in order mode and without a timetable
	Slots int        `json:"slots"`
	Web   *int       `json:"web"`
	Desk  *int       `json:"desk"`
}

// DaySeats are those of one weekday.
type DaySeats struct {
	Weekday string `json:"weekday"` // mon to sun
	Slots   int    `json:"slots"`
	Web     *int   `json:"web"`
	Desk    *int   `json:"desk"`
}

// Kind is something that a visit may be for, such as 注射. A service has eight at
// most; one without any does not ask.
type Kind struct {
	ID    string `json:"id"` // one to eight small letters and digits; it stays when the name changes
	Name  string `json:"name"`
	Seats int    `json:"seats,omitempty"` // in the settings only: seats of its slot that a ticket takes; absent: 1
}

// SlotSettings are how a service in slot mode divides its sessions, and how many it
// admits. Times are minutes; null is no bound.
type SlotSettings struct {
	Minutes      int         `json:"minutes"`
	Web          *int        `json:"web"` // seats per slot
	Desk         *int        `json:"desk"`
	Seats        []SlotSeats `json:"seats"`        // other seats for some slots
	Per          string      `json:"per"`          // "ticket" or "person" takes a seat
	First        *int        `json:"first"`        // first visits per slot from the web
	Early        *int        `json:"early"`        // web seats that are given before the day itself
	Lead         int         `json:"lead"`         // before the slot's start, until which the web books it
	Late         string      `json:"late"`         // "serving", "own", "end" or "desk": where a late arrival stands
	Grace        int         `json:"grace"`        // after the slot's end, until which an arrival is in time
	ArriveFrom   int         `json:"arriveFrom"`   // before the slot's start, from which the entrance code works
	NoShow       *int        `json:"noShow"`       // after the slot's end; null: at the session's end
	Reach        int         `json:"reach"`        // before the slot's start, from which its patients may be called if nobody else waits
	NumberBySlot bool        `json:"numberBySlot"` // 1001, 1002 … for 10:00
}

// SlotSeats are other seats for the slots of a date, weekday, session or start, or of
// several of these at once. They replace both numbers; null is no bound.
type SlotSeats struct {
	Date    string `json:"date,omitempty"`
	Weekday string `json:"weekday,omitempty"`
	Session string `json:"session,omitempty"`
	Slot    string `json:"slot,omitempty"`
	Web     *int   `json:"web"`
	Desk    *int   `json:"desk"`
}

// CancelRule is until when a patient may cancel.
type CancelRule struct {
	Anchor  string `json:"anchor"`  // "start", "end", "clock" or "ahead"; "": the call in order mode, the slot's start in slot mode
	Minutes int    `json:"minutes"` // start, end: before it
	Days    int    `json:"days"`    // clock: days before the visit
	At      string `json:"at"`      // clock: time of that day
	Ahead   int    `json:"ahead"`   // ahead: while at least this many tickets are ahead
}

// PersonLimits bound what one person has at once.
type PersonLimits struct {
	MaxLive int `json:"maxLive"` // live bookings of today and days to come; 0: no limit
}

// FormFields are what a patient is asked at a first visit, and from then on.
type FormFields struct {
	First VisitForm `json:"first"`
	Again VisitForm `json:"again"`
}

// VisitForm has "required", "optional" or "off" for each field. "" is the default of the
// mode.
type VisitForm struct {
	Card     string `json:"card"`
	Name     string `json:"name"`
	Phone    string `json:"phone"`
	Kana     string `json:"kana"`
	Birth    string `json:"birth"`
	Sex      string `json:"sex"`
	Mail     string `json:"mail"`
	Symptoms string `json:"symptoms"`
	Consent  string `json:"consent"`
}

// Numbers is how a service numbers its tickets.
type Numbers struct {
	PerSession bool `json:"perSession"`
	Start      int  `json:"start"`
	WebFrom    int  `json:"webFrom"`
	Reserve    int  `json:"reserve"`
}

// Booking is whether the web gives numbers for days to come, and when.
type Booking struct {
	Days    int    `json:"days"`              // how many days ahead; 0: today only
	Numbers string `json:"numbers"`           // "now", or with the day's "opening"; "": now
	OpensAt string `json:"opensAt,omitempty"` // time of a day at which the newest of those days opens; "": with the web hours
}

// Capacity bounds a session of a service; null is no bound. Times are minutes.
type Capacity struct {
	Web       *int `json:"web"`
	Desk      *int `json:"desk"`
	First     *int `json:"first"`
	Few       int  `json:"few"`
	Cancels   int  `json:"cancels"` // cancels in a session after which only the desk can cancel that person's tickets; 0: no such rule
	Release   int  `json:"release"`
	OneEach   bool `json:"oneEach"`
	AutoStop  bool `json:"autoStop"`
	Margin    int  `json:"margin"`
	PerTicket int  `json:"perTicket"`
}

// ClinicSettings are a clinic's own settings as the desk edits them: GET and PUT
// /v1/clinics/:clinic/settings. A room that is not among Rooms is removed.
type ClinicSettings struct {
	Rev         string         `json:"rev"`
	Name        string         `json:"name"`
	Address     string         `json:"address"`
	Area        string         `json:"area"`        // where people look for it
	Departments []string       `json:"departments"` // 診療科
	Origins     []string       `json:"origins"`     // sites of others that may show its boards, "https://www.example.jp"; none: every site
	Card        Card           `json:"card"`
	Phone       string         `json:"phone"`
	Hours       string         `json:"hours"`    // in words
	Listed      bool           `json:"listed"`   // false: found by its number only
	Lookup      string         `json:"lookup"`   // "phone" or "code" proves a ticket in a lookup; "": phone when listed, else code
	Language    string         `json:"language"` // of its screens: "ja", "ja-x-easy", "en", "zh-Hans", "ko", "vi" or "pt"; "": Japanese
	Retention   Retention      `json:"retention"`
	AutoPause   *int           `json:"autoPause,omitempty"` // the web desk pauses at this multiple of the usual web tickets of a half hour; 0: never; absent: unchanged
	Rooms       []RoomSettings `json:"rooms"`

	Notices *NoticeSettings `json:"notices,omitempty"` // absent: unchanged
}

// Card is the form of the numbers on a clinic's patient cards (診察券番号): Least to Most
// digits. A Most of 0 accepts any text.
type Card struct {
	Least int `json:"least"`
	Most  int `json:"most"`
}

// Retention is for how many days after the visit's what is kept; zero leaves it
// to the program.
type Retention struct {
	Patients int `json:"patients"` // names and phone numbers, in the line and in the books
	Days     int `json:"days"`     // tickets, log and bookings; figures and members are kept without limit
}

// RoomSettings are those of one room.
type RoomSettings struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Services []string `json:"services"` // 情報番号 of each service it serves
}

// Timetable is a week as the office edits it, a clinic's or a service's own. GET and
// PUT /v1/clinics/:clinic/timetable and /v1/services/:service/timetable use it.
// Calendar is null where none is set. Then the service follows its clinic, and the
// clinic opens and closes manually.
type Timetable struct {
	Rev      string          `json:"rev"`
	Calendar json.RawMessage `json:"calendar"`      // as the clinic's file writes it: weekly, exceptions, cutover, open
	Own      []string        `json:"own,omitempty"` // of a clinic's: 情報番号 of the services that have one of their own; not read

	// Affected, of a PUT, is that of the [Affected] that the desk has seen and accepts.
	Affected string `json:"affected,omitempty"`
}

// Affected lists the live tickets that would lose all or part of their session with a
// timetable. POST /v1/clinics/:clinic/timetable/affected and
// /v1/services/:service/timetable/affected answer it, and change nothing.
type Affected struct {
	Affected string        `json:"affected"` // names this list; "" of an empty one, and of tickets that exclude the change
	Tickets  []StaffTicket `json:"tickets"`
}

// Changes answers GET /v1/clinics/:clinic/changes: who changed which settings,
// the newest first.
type Changes struct {
	Changes []Change `json:"changes"`
}

// Change is one change of a clinic's record or, for admins, of its users. The keys of
// users are users.<name>, their values {role, password: "changed"}.
type Change struct {
	Rev    string                     `json:"rev"` // of the record that it made; "" of a change of users
	At     Time                       `json:"at"`
	By     string                     `json:"by"` // the desk's user, or "" for an operator
	Before map[string]json.RawMessage `json:"before"`
	After  map[string]json.RawMessage `json:"after"`
}

// Accuracy answers GET /v1/clinics/:clinic/accuracy: how true the estimates of
// past sessions came, the newest first.
type Accuracy struct {
	Sessions []SessionAccuracy `json:"sessions"`
}

// SessionAccuracy is the accuracy of the estimates in one session of a service. It is
// given in total, and by how many waited ahead.
type SessionAccuracy struct {
	Day     string       `json:"day"`
	Session string       `json:"session,omitempty"`
	Service string       `json:"service"`
	All     Score        `json:"all"`
	Ahead   []AheadScore `json:"ahead"`
}

// AheadScore is of the estimates made with a number ahead between From and To. Without
// To there is no upper end.
type AheadScore struct {
	From int  `json:"from"`
	To   *int `json:"to,omitempty"`
	Score
}

// Score compares estimates with the calls that followed.
type Score struct {
	N            int     `json:"n"`
	ErrorMinutes float64 `json:"errorMinutes"` // mean absolute error
	BiasMinutes  float64 `json:"biasMinutes"`  // mean error; positive: called earlier than estimated
	Coverage     float64 `json:"coverage"`     // share of calls within the range that was to hold 80 %
}

// Package wire is the JSON of the network, in both directions, for the program, its
// pages and loadtest.
//
// Its types have no behaviour beyond their own encoding, and import no other package of
// the module. So an outsider can use it without the server. Keys are lower camel case,
// times RFC 3339 with milliseconds in the clinic's own zone. A reader ignores unknown
// keys. A key that a clinic hides is absent, so every hideable field is omitzero. An
// empty list is sent as [], a hidden one is absent (A08).
//
// It never carries a patient's name, phone or card number outside [Staff].
package wire

import "time"

// Subprotocol is the WebSocket subprotocol of this contract. A ticket's token
// may stand beside it as a further entry.
const Subprotocol = "junban.v1"

// MostNumber is the greatest number that the desk may ask for by name.
const MostNumber = 99_999

// Time is an instant as the contract writes it: RFC 3339, milliseconds, in the
// zone it was given.
type Time struct{ time.Time }

// Layout is how a [Time] is written.
const Layout = "2006-01-02T15:04:05.000Z07:00"

// MarshalJSON writes the instant in [Layout].
func (t Time) MarshalJSON() ([]byte, error) {
	quoted := append(make([]byte, 0, len(Layout)+2), '"')
	return append(t.AppendFormat(quoted, Layout), '"'), nil
}

// The types of a [Frame].
const (
	TypeBoard  = "board"  // topic service:1234-1, and the body of GET …/board
	TypeClinic = "clinic" // topic clinic:1234
	TypeTicket = "ticket" // topic ticket:<id>
	TypeStaff  = "staff"  // topic staff:1234
	TypePulse  = "pulse"  // the node is alive, and its last frames are current
	TypeStale  = "stale"  // the topic may be out of date
	TypeBye    = "bye"    // the node is about to close; come back after RetryAfterMs
)

// Frame is one message of a watch: a WebSocket text message, an SSE data line, or a
// board's body. Exactly one of Board, Clinic, Ticket and Staff is set on a state frame.
// A frame is newer than another of its topic when its epoch differs, or its version is
// greater.
type Frame struct {
	Type    string `json:"type"`
	Topic   string `json:"topic,omitempty"`
	Epoch   string `json:"epoch,omitempty"`
	Version uint64 `json:"version,omitempty"`
	At      Time   `json:"at,omitzero"` // when the state was read (Redis time); of a pulse, when it was sent

	Board  *Board  `json:"board,omitempty"`
	Clinic *Clinic `json:"clinic,omitempty"`
	Ticket *Ticket `json:"ticket,omitempty"`
	Staff  *Staff  `json:"staff,omitempty"`

	Since        Time  `json:"since,omitzero"`         // stale: since when
	RetryAfterMs int64 `json:"retryAfterMs,omitempty"` // bye: when to come back, in milliseconds
}

// Board is the public state of one service (待ち状況).
type Board struct {
	Service      string     `json:"service"` // 情報番号, "1234-1"
	Name         string     `json:"name"`
	Mode         string     `json:"mode"`                   // "order" (順番予約), "slot" (時間帯予約)
	Day          string     `json:"day"`                    // business date, "2026-11-21"
	Session      string     `json:"session,omitempty"`      // "morning", "afternoon", "evening", or the like with -2; absent where no sessions are kept
	Reception    string     `json:"reception"`              // the web desk: "open", "paused", "closed", "before" (opens later today)
	OpensAt      *Time      `json:"opensAt,omitempty"`      // when the web desk opens next, within 14 days
	ClosesAt     *Time      `json:"closesAt,omitempty"`     // when it closes, while it is open
	StopReason   string     `json:"stopReason,omitempty"`   // why the desk has paused or closed it: "crowded", "urgent", "doctor", or words (A16)
	DayNotes     []DayNote  `json:"dayNotes,omitempty"`     // why dates differ, from today to that of opensAt; today alone without it
	Availability string     `json:"availability,omitempty"` // of the web desk: "many" ○, "few" △, "none" ×, "before", "stopped", "closed"
	FirstVisit   string     `json:"firstVisit,omitempty"`   // the same of first visits, where it differs: "none" (A07)
	Calling      []Calling  `json:"calling,omitzero"`       // newest open call of each room
	Waiting      *Waiting   `json:"waiting,omitempty"`
	WaitMinutes  *WaitRange `json:"waitMinutes,omitempty"` // 目安, of a ticket issued now; absent is not zero
	WaitNote     string     `json:"waitNote,omitempty"`    // the clinic's text beside the estimate
	Overrunning  bool       `json:"overrunning,omitempty"` // 診察が長引いています
	Notice       *Notice    `json:"notice,omitempty"`      // 順番が前後します
	Resting      []Resting  `json:"resting,omitzero"`      // rooms on break or off duty
	Absent       []int      `json:"absent,omitzero"`       // numbers absent when called, ascending; of this service's own
	Line         []int      `json:"line,omitzero"`         // the next numbers in order of those that waiting counts, at most 50 with the guests; of this service's own
	Guests       []Guest    `json:"guests,omitempty"`      // those in the same places whose number another service gave
	Message      *Message   `json:"message,omitempty"`
	Slots        *Slots     `json:"slots,omitempty"` // slot mode (時間帯予約)
}

// Slots are the public figures of slot mode, hidden as one. Serving, Booked and Called
// depend on the calls alone, never on the time of day. So Serving is not the present
// time. Both numbers are in Unit.
type Slots struct {
	Serving string    `json:"serving,omitempty"` // slot of today's most recent call, "10:00"; absent before the first
	Booked  *int      `json:"booked,omitempty"`  // of that slot; walk-ins are among them
	Called  *int      `json:"called,omitempty"`  // of those, never more
	Unit    string    `json:"unit"`              // "組" or "人", also where the waiting are hidden
	Today   []DaySlot `json:"today"`             // in order
}

// DaySlot is a slot of a day. Slot and To are clock times of the day, such as "10:00" or
// "25:30".
type DaySlot struct {
	Slot         string `json:"slot"`
	To           string `json:"to"`
	Availability string `json:"availability,omitempty"` // of the web: "many", "few", "none", "before", "stopped", "closed"
	FirstVisit   string `json:"firstVisit,omitempty"`   // the same of first visits, where it differs: "none"
}

// DayNote is why one or more dates are closed or differ from their weekday (祝日, 臨時休診).
type DayNote struct {
	From   string `json:"from"` // "2026-12-30"
	To     string `json:"to"`   // the last date; often the same
	Closed bool   `json:"closed,omitempty"`
	Reason string `json:"reason"` // in the clinic's words
}

// Guest is a number in the line of a service that did not give it (他科から).
type Guest struct {
	Number int    `json:"number"`
	Of     string `json:"of"`    // the service that gave it
	State  string `json:"state"` // "waiting", in the line's order; "absent"
}

// Notice is why the order of a line changed lately (A15).
type Notice struct {
	Reason string `json:"reason"` // "exam", "urgent", "desk"
	At     Time   `json:"at"`
}

// Resting is a room that takes no patients for now (休憩・休診).
type Resting struct {
	Room     string `json:"room"`
	RoomName string `json:"roomName"`
	Duty     string `json:"duty"`            // "break", "off"
	Until    *Time  `json:"until,omitempty"` // if it is known
}

// Calling is a number called to a room and not yet finished.
type Calling struct {
	Number   int    `json:"number"`
	Of       string `json:"of,omitempty"` // the service that gave the number, where it is another
	Room     string `json:"room"`
	RoomName string `json:"roomName"`
	At       Time   `json:"at"`
}

// Waiting counts the waiting tickets, domain §5.3. Unit is the figure that the clinic
// uses: "人" people, "組" tickets.
type Waiting struct {
	Tickets int    `json:"tickets"`
	People  int    `json:"people"`
	Unit    string `json:"unit"`
}

// WaitRange is an estimate in minutes (目安). For a long wait, At is the approximate time
// of the call. Show it instead of the minutes.
type WaitRange struct {
	Low  int   `json:"low"`
	High int   `json:"high"`
	At   *Time `json:"at,omitempty"` // from 90 minutes on, rounded to 10 minutes
}

// Message is the clinic's message (クリニックからのメッセージ). Until is null on
// the standing one, and the expiry of a temporary one.
type Message struct {
	Text  string `json:"text"`
	Until *Time  `json:"until"`
}

// Clinic is the profile of a clinic. On the topic clinic:1234 it carries all
// boards; in GET /v1/clinics/:clinic it carries the services instead.
type Clinic struct {
	Clinic      string    `json:"clinic"` // "1234"
	Name        string    `json:"name"`
	Area        string    `json:"area,omitempty"`        // where people look for it
	Departments []string  `json:"departments,omitempty"` // 診療科
	Address     string    `json:"address,omitempty"`
	Phone       string    `json:"phone,omitempty"`
	Hours       string    `json:"hours,omitempty"` // in the clinic's words
	Message     string    `json:"message,omitempty"`
	Lookup      string    `json:"lookup,omitempty"` // in the profile: what a lookup by number asks for: "phone", the last digits of the phone number, or "code"
	Services    []Service `json:"services,omitzero"`
	Boards      []Board   `json:"boards,omitzero"`
}

// Service is one line of a clinic's profile.
type Service struct {
	Service  string `json:"service"`
	Name     string `json:"name"`
	Mode     string `json:"mode"`
	MaxParty int    `json:"maxParty"`        // people one ticket may stand for
	Kinds    []Kind `json:"kinds,omitempty"` // what a visit may be for, to choose from

	Absence Absence `json:"absence"` // what happens to who does not come when called

	FirstVisit  string    `json:"firstVisit"`            // how a first visit is received: "button" on the web, "desk" not there, "none" unsaid (B07)
	Card        *Card     `json:"card,omitempty"`        // the form of the card's number; absent: any text (B08)
	Identify    bool      `json:"identify,omitempty"`    // the web asks who it is for: a card number, or name and phone
	BookingDays int       `json:"bookingDays,omitempty"` // how many days ahead numbers are given, see GET …/days; 0: today's alone (B12)
	DayNotes    []DayNote `json:"dayNotes,omitempty"`    // as on the board; in GET /v1/clinics/:clinic

	// In GET /v1/clinics/:clinic:
	Form    *FormFields  `json:"form,omitempty"`    // what the web asks: "required", "optional" or "off" of each field
	Cancel  *CancelTerms `json:"cancel,omitempty"`  // until when the patient may cancel; absent: not on the web
	MaxLive int          `json:"maxLive,omitempty"` // live bookings of one person, of today and days to come; 0: no limit
	Slots   *SlotRules   `json:"slots,omitempty"`   // slot mode
}

// CancelTerms are until when a patient may cancel on the web.
type CancelTerms struct {
	Anchor  string `json:"anchor"`            // as of a [CancelRule]
	Minutes int    `json:"minutes,omitempty"` // start, end: before it
	Days    int    `json:"days,omitempty"`    // clock: days before the visit
	At      string `json:"at,omitempty"`      // clock: time of that day
	Tickets int    `json:"tickets,omitempty"` // ahead: while at least this many are ahead
}

// SlotRules are what patients need to know of a service in slot mode. Times are minutes.
type SlotRules struct {
	Minutes    int    `json:"minutes"`           // length of a slot
	Per        string `json:"per"`               // "ticket" or "person" takes a seat
	Lead       int    `json:"lead"`              // before the slot's start, until which the web books it
	Late       string `json:"late"`              // "serving", "own", "end" or "desk": where a late arrival stands
	Grace      int    `json:"grace"`             // after the slot's end, until which an arrival is in time
	ArriveFrom int    `json:"arriveFrom"`        // before the slot's start, from which the entrance code works
	OpensAt    string `json:"opensAt,omitempty"` // time of a day at which the newest day opens; absent: with the web hours
}

// Absence is a service's rule for absent patients (domain §5.4). Patients see it when a
// number is issued, and when they are absent.
type Absence struct {
	Rule      string `json:"rule"` // "back_n", "tail", "park_until_return", "back_to_waiting", "terminal"
	Back      int    `json:"back"`
	ThenTail  bool   `json:"thenTail"`
	MaxCalls  int    `json:"maxCalls"`
	Cooldown  int    `json:"cooldown"` // minutes
	Tolerance int    `json:"tolerance"`
}

// What a patient should do now.
const (
	TodoWait  = "wait"  // may still wait anywhere
	TodoCome  = "come"  // the turn is near: come to the clinic
	TodoEnter = "enter" // called: go to the room
	TodoStay  = "stay"  // being seen
	TodoExam  = "exam"  // at an exam, and called again after it: wait in the clinic
	TodoDesk  = "desk"  // absent when called, or held: speak to the desk
	TodoLater = "later" // for a day or a slot to come: come then
	TodoNone  = "none"  // ended
)

// Ticket is one visit as its owner sees it.
type Ticket struct {
	ID          string     `json:"id"`
	Service     string     `json:"service"`
	ServiceName string     `json:"serviceName"`
	Day         string     `json:"day"`
	Number      int        `json:"number"`
	Session     string     `json:"session,omitempty"`
	Slot        string     `json:"slot,omitempty"`     // slot mode: start of the booked slot, "10:00"
	SlotEnd     string     `json:"slotEnd,omitempty"`  // its end
	SlotFrom    *Time      `json:"slotFrom,omitempty"` // the instants of both
	SlotTo      *Time      `json:"slotTo,omitempty"`
	LineSlot    string     `json:"lineSlot,omitempty"`  // the slot in whose order it stands, where that is another
	Late        bool       `json:"late,omitempty"`      // it arrived after its slot
	ArrivedAt   *Time      `json:"arrivedAt,omitempty"` // slot mode: when it got its number
	MovedTo     string     `json:"movedTo,omitempty"`   // id of the ticket of another day that replaced it
	MovedFrom   string     `json:"movedFrom,omitempty"` // id of the ticket of another day that it replaced
	State       string     `json:"state"`               // domain §5.2: booked, waiting, called, in_service, absent, held, lost, done, cancelled, no_show
	Presence    string     `json:"presence,omitempty"`  // "here" 院内, "out" 外出中; absent: not arrived (未来院)
	Reason      string     `json:"reason,omitempty"`    // why it is held, was moved, or is over: "exam", "urgent", "desk", "calls", "terminal", "day_end", "moved", "clinic", "slot"
	Line        string     `json:"lane,omitempty"`      // the service in whose line it stands, where that is another
	LineName    string     `json:"laneName,omitempty"`
	PartySize   int        `json:"partySize"`
	Ahead       *int       `json:"ahead,omitempty"`  // before it in the line, in Unit; only while waiting
	Unit        string     `json:"unit,omitempty"`   // 人 or 組, with Ahead
	ComeAt      int        `json:"comeAt,omitempty"` // 来院目安: come when at most this many are ahead, in Unit; with Ahead (B21)
	WaitMinutes *WaitRange `json:"waitMinutes,omitempty"`
	Room        string     `json:"room,omitempty"`
	RoomName    string     `json:"roomName,omitempty"`
	Attempt     int        `json:"attempt,omitempty"`  // how often it was called
	Returned    bool       `json:"returned,omitempty"` // moved back after an absence (↓)
	Todo        string     `json:"todo"`               // in few words; advice is finer
	Advice      string     `json:"advice"`             // the next step: wait, start, come, here, enter, stay, exam, missed, absent, absentHere, desk, lost, later, closed, short, none, cancelled
	StartsAt    *Time      `json:"startsAt,omitempty"` // when its slot, or the consultation of its session, begins
	Absence     *Absence   `json:"absence,omitempty"`  // the rule, while it is waiting, called or absent
	Overrunning bool       `json:"overrunning,omitempty"`
	Notice      *Notice    `json:"notice,omitempty"`      // why the order of its line was changed lately
	Cancellable bool       `json:"cancellable"`           // by its owner, with the cancel code
	CancelUntil *Time      `json:"cancelUntil,omitempty"` // until when; absent: as long as its state allows
	WhyNot      string     `json:"whyNot,omitempty"`      // why it is not: the code of the problem; of a live ticket
	IssuedAt    Time       `json:"issuedAt"`
	CalledAt    *Time      `json:"calledAt,omitempty"`
	EndedAt     *Time      `json:"endedAt,omitempty"`
}

// Directory answers GET /v1/clinics.
type Directory struct {
	Clinics []Clinic `json:"clinics"`
	Total   int      `json:"total"` // clinics found, on all pages
	Page    int      `json:"page"`  // from 1
	Pages   int      `json:"pages"` // at least 1
}

// Problem is an error as RFC 9457 has it. Code is stable; Detail is for people.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
	ID     string `json:"requestId,omitempty"`

	// Errors are the invalid fields of field_invalid.
	Errors []FieldError `json:"errors,omitempty"`

	OpensAt *Time   `json:"opensAt,omitempty"` // not_open_yet, too_early: when it will be possible
	Offers  []Offer `json:"offers,omitempty"`  // a slot is not free: the nearest free ones, at most five
}

// Offer is a free slot of a day.
type Offer struct {
	Day          string `json:"day"`
	Slot         string `json:"slot"`
	To           string `json:"to"`
	Availability string `json:"availability,omitempty"` // "many", "few"
}

// FieldError is what is wrong with one field of the body.
type FieldError struct {
	Pointer string         `json:"pointer"` // JSON pointer of RFC 6901, such as /absence/back
	Code    string         `json:"code"`    // stable, such as between
	Params  map[string]any `json:"params,omitempty"`
}

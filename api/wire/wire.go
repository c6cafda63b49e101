// Package wire is the JSON that crosses the network, in both directions: what
// the program writes, what its pages read, what loadtest plays with.
//
// It promises to be plain: types without behaviour beyond their own encoding,
// importing nothing of ours, so that an outsider can use it without pulling in
// the server. Keys are lower camel case, times RFC 3339 with milliseconds in
// the clinic's own zone. A reader ignores keys it does not know; a key that a
// clinic hides is absent, which is why every hideable field is omitzero: an
// empty list is said ([]), a hidden one is not there at all (row A08).
//
// It never carries a patient's name, phone or card number outside [Staff].
package wire

import (
	"encoding/json"
	"time"
)

// Subprotocol is the WebSocket subprotocol of this contract. A ticket's token
// may stand beside it as a further entry.
const Subprotocol = "junban.v1"

// Time is an instant as the contract writes it: RFC 3339, milliseconds, in the
// zone it was given.
type Time struct{ time.Time }

// Layout is how a [Time] is written.
const Layout = "2006-01-02T15:04:05.000Z07:00"

// MarshalJSON writes the instant in [Layout].
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + t.Format(Layout) + `"`), nil
}

// The types of a [Frame].
const (
	TypeBoard  = "board"  // topic service:1234-1, and the body of GET …/board
	TypeClinic = "clinic" // topic clinic:1234
	TypeTicket = "ticket" // topic ticket:<id>
	TypeStaff  = "staff"  // topic staff:1234
	TypePulse  = "pulse"  // the node is alive and vouches for what it showed
	TypeStale  = "stale"  // the node cannot vouch for the topic any more
	TypeBye    = "bye"    // the node is about to close; come back after RetryAfterMs
)

// Frame is one message of a watch: a WebSocket text message, an SSE data line,
// or the body of GET …/board. Exactly one of Board, Clinic, Ticket and Staff is
// set on a state frame. A frame is newer than another of its topic when its
// epoch differs, or its version is greater.
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

// Board is the public state of one service (待ち状況), design §3.
type Board struct {
	Service      string     `json:"service"` // 情報番号, "1234-1"
	Name         string     `json:"name"`
	Mode         string     `json:"mode"`                   // "order" (順番予約)
	Day          string     `json:"day"`                    // business date, "2026-11-21"
	Session      string     `json:"session,omitempty"`      // "morning", "afternoon", "evening", or the like with -2; absent where no sessions are kept
	Reception    string     `json:"reception"`              // the web desk: "open", "paused", "closed", "before" (opens later today)
	OpensAt      *Time      `json:"opensAt,omitempty"`      // when the web desk opens next, within 14 days
	ClosesAt     *Time      `json:"closesAt,omitempty"`     // when it closes, while it is open
	Availability string     `json:"availability,omitempty"` // of the web desk: "many" ○, "few" △, "none" ×, "before", "stopped", "closed"
	Calling      []Calling  `json:"calling,omitzero"`       // newest open call of each room
	Waiting      *Waiting   `json:"waiting,omitempty"`
	WaitMinutes  *WaitRange `json:"waitMinutes,omitempty"` // 目安, of a ticket issued now; absent is not zero
	WaitNote     string     `json:"waitNote,omitempty"`    // the clinic's text beside the estimate
	Overrunning  bool       `json:"overrunning,omitempty"` // 診察が長引いています
	Notice       *Notice    `json:"notice,omitempty"`      // 順番が前後します
	Resting      []Resting  `json:"resting,omitzero"`      // rooms on break or off duty
	Absent       []int      `json:"absent,omitzero"`       // numbers absent when called, ascending
	Line         []int      `json:"line,omitzero"`         // the next numbers in order, at most 50
	Message      *Message   `json:"message,omitempty"`
}

// Notice tells why the order of a line was changed lately (A15).
type Notice struct {
	Reason string `json:"reason"` // "exam", "urgent", "desk"
	At     Time   `json:"at"`
}

// Resting is a room that takes no patients for now (休憩・休診).
type Resting struct {
	Room     string `json:"room"`
	RoomName string `json:"roomName"`
	Duty     string `json:"duty"`            // "break", "off"
	Until    *Time  `json:"until,omitempty"` // if it was said
}

// Calling is a number called to a room and not yet finished.
type Calling struct {
	Number   int    `json:"number"`
	Of       string `json:"of,omitempty"` // the service that gave the number, where it is another
	Room     string `json:"room"`
	RoomName string `json:"roomName"`
	At       Time   `json:"at"`
}

// Waiting counts the waiting tickets, domain §5.3. Unit says which of the two
// figures the clinic speaks of: "人" people, "組" tickets.
type Waiting struct {
	Tickets int    `json:"tickets"`
	People  int    `json:"people"`
	Unit    string `json:"unit"`
}

// WaitRange is an estimate in minutes (目安).
type WaitRange struct {
	Low  int `json:"low"`
	High int `json:"high"`
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
	Clinic   string    `json:"clinic"` // "1234"
	Name     string    `json:"name"`
	Address  string    `json:"address,omitempty"`
	Phone    string    `json:"phone,omitempty"`
	Hours    string    `json:"hours,omitempty"` // in the clinic's words
	Message  string    `json:"message,omitempty"`
	Services []Service `json:"services,omitzero"`
	Boards   []Board   `json:"boards,omitzero"`
}

// Service is one line of a clinic's profile.
type Service struct {
	Service  string `json:"service"`
	Name     string `json:"name"`
	Mode     string `json:"mode"`
	MaxParty int    `json:"maxParty"` // people one ticket may stand for

	Absence Absence `json:"absence"` // what happens to who does not come when called
}

// Absence is a service's rule for the absent (domain §5.4), told to patients
// when a number is issued and when they are absent.
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
	State       string     `json:"state"`              // domain §5.2: waiting, called, in_service, absent, held, done, cancelled, no_show
	Presence    string     `json:"presence,omitempty"` // "here" 院内, "out" 外出中; absent: not arrived (未来院)
	Reason      string     `json:"reason,omitempty"`   // why it is held, was moved, or is over: "exam", "urgent", "desk", "calls", "terminal", "day_end"
	Lane        string     `json:"lane,omitempty"`     // the service in whose line it stands, where that is another
	LaneName    string     `json:"laneName,omitempty"`
	PartySize   int        `json:"partySize"`
	Ahead       *int       `json:"ahead,omitempty"` // before it in the line, in Unit; only while waiting
	Unit        string     `json:"unit,omitempty"`  // 人 or 組, with Ahead
	WaitMinutes *WaitRange `json:"waitMinutes,omitempty"`
	Room        string     `json:"room,omitempty"`
	RoomName    string     `json:"roomName,omitempty"`
	Attempt     int        `json:"attempt,omitempty"`  // how often it was called
	Returned    bool       `json:"returned,omitempty"` // moved back after an absence (↓)
	Todo        string     `json:"todo"`
	Absence     *Absence   `json:"absence,omitempty"` // the rule, while it is waiting, called or absent
	Overrunning bool       `json:"overrunning,omitempty"`
	Notice      *Notice    `json:"notice,omitempty"` // why the order of its line was changed lately
	Cancellable bool       `json:"cancellable"`      // by its owner, with the cancel code
	IssuedAt    Time       `json:"issuedAt"`
	CalledAt    *Time      `json:"calledAt,omitempty"`
	EndedAt     *Time      `json:"endedAt,omitempty"`
}

// Staff is all that the desk of a clinic sees. It needs a session.
type Staff struct {
	Clinic   string         `json:"clinic"`
	Name     string         `json:"name"`
	Rooms    []Room         `json:"rooms"`
	Services []StaffService `json:"services"`
}

// Room is 診察室・担当医: it serves tickets of one or more services.
type Room struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Services []string `json:"services"` // 情報番号 of each service it serves
	Duty     string   `json:"duty"`     // "on", "break", "off"
	Until    *Time    `json:"until,omitempty"`
}

// StaffService is one service as the desk sees it: every figure, hidden or not.
type StaffService struct {
	Board     Board         `json:"board"`
	Manual    string        `json:"manual,omitempty"`      // what the desk has set by hand: "open", "paused", "closed"
	ManualTil *Time         `json:"manualUntil,omitempty"` // until when; absent: until it is set again
	Seats     Seats         `json:"seats"`
	Hidden    []string      `json:"hidden"`    // keys of the board that the public does not get
	Standing  string        `json:"standing"`  // standing message
	Temporary *Message      `json:"temporary"` // temporary message, or null
	SkipAway  bool          `json:"skipAway"`  // next passes over those who are not here
	Tickets   []StaffTicket `json:"tickets"`   // called and in service, then waiting in order, absent, held, and the last ended
}

// Seats are the live tickets of the session, and their bounds.
type Seats struct {
	Web   Seat `json:"web"`
	Desk  Seat `json:"desk"`
	First Seat `json:"first"` // first visits from the web
}

// Seat is how many are used of how many; limit 0 is no bound.
type Seat struct {
	Used  int `json:"used"`
	Limit int `json:"limit"`
}

// StaffTicket is a ticket with what only the desk may know.
type StaffTicket struct {
	Ticket
	Name       string   `json:"name"`
	Phone      string   `json:"phone"`
	CardNumber string   `json:"cardNumber"`
	FirstVisit bool     `json:"firstVisit"`
	Channel    string   `json:"channel"` // "web" or "desk"
	Leg        int      `json:"leg"`     // how often it was sent on
	Acts       []string `json:"acts"`    // what its state allows now: call, recall, enter, finish, absent, return, exam, hold, resume, cancel, no_show, move, transfer, undo
	LastAct    string   `json:"lastAct"` // what undo would take back
}

// IssueRequest asks for a ticket: POST …/tickets and POST …/walkins.
type IssueRequest struct {
	PartySize  int     `json:"partySize"` // 0 means 1
	FirstVisit bool    `json:"firstVisit"`
	Patient    Patient `json:"patient"`

	// The desk's alone (POST …/walkins).
	Number   int    `json:"number,omitempty"`   // a number that was kept for the desk (空番)
	Ahead    *int   `json:"ahead,omitempty"`    // an urgent insert: so many go first
	Reason   string `json:"reason,omitempty"`   // of that: "urgent", "exam", "desk"
	Override bool   `json:"override,omitempty"` // over the desk's bound
}

// Patient is who a ticket is for. Every field is optional.
type Patient struct {
	Name       string `json:"name,omitempty"`
	Phone      string `json:"phone,omitempty"`
	CardNumber string `json:"cardNumber,omitempty"` // 診察券番号
}

// Issued answers an [IssueRequest]. Token and cancel code are shown this once;
// the same Idempotency-Key with the same body shows them again.
type Issued struct {
	Ticket     Ticket `json:"ticket"`
	Token      string `json:"token"`
	CancelCode string `json:"cancelCode,omitempty"` // where the patient may cancel
	Over       bool   `json:"over,omitempty"`       // the desk has gone over its bound
}

// CallRequest calls the next ticket of a service to a room, or the one named.
type CallRequest struct {
	Room   string `json:"room"`
	Ticket string `json:"ticket,omitempty"`
}

// CancelRequest is the body of an owner's cancel.
type CancelRequest struct {
	CancelCode string `json:"cancelCode"`
}

// ArriveRequest says where the patient is: POST …/arrive, by the owner or the
// desk. Presence is "here", "out", or "" (not arrived; the desk only).
type ArriveRequest struct {
	Presence string `json:"presence"`
}

// MoveRequest changes a ticket's place: POST …/move.
type MoveRequest struct {
	Ahead  int    `json:"ahead"`  // how many waiting go first
	Reason string `json:"reason"` // told to the public: "exam", "urgent", "desk"
}

// TransferRequest brings a ticket into another service's line: POST …/transfer.
type TransferRequest struct {
	Service string `json:"service"`
}

// DutyRequest says whether a room takes patients: PUT /v1/clinics/:clinic/rooms/:room/duty.
type DutyRequest struct {
	Duty  string     `json:"duty"` // "on", "break", "off"
	Until *time.Time `json:"until"`
}

// Settings are a service's settings as the desk edits them: GET and PUT
// /v1/services/:service/settings. Rev guards against writing over somebody
// else's change.
type Settings struct {
	Rev         string   `json:"rev"`
	Name        string   `json:"name"`
	Unit        string   `json:"unit"`
	MaxParty    int      `json:"maxParty"`
	WebCancel   bool     `json:"webCancel"`
	ComeAt      int      `json:"comeAt"`
	Hide        []string `json:"hide"`
	Absence     Absence  `json:"absence"`
	Numbers     Numbers  `json:"numbers"`
	Capacity    Capacity `json:"capacity"`
	CountAbsent bool     `json:"countAbsent"`
	SkipAway    bool     `json:"skipAway"`
	ExamBack    int      `json:"examBack"`
	Note        string   `json:"note"`
}

// Numbers is how a service numbers its tickets.
type Numbers struct {
	PerSession bool `json:"perSession"`
	Start      int  `json:"start"`
	WebFrom    int  `json:"webFrom"`
	Reserve    int  `json:"reserve"`
}

// Capacity bounds a session of a service; zero is no bound. Times are minutes.
type Capacity struct {
	Web       int  `json:"web"`
	Desk      int  `json:"desk"`
	First     int  `json:"first"`
	Few       int  `json:"few"`
	Release   int  `json:"release"`
	OneEach   bool `json:"oneEach"`
	AutoStop  bool `json:"autoStop"`
	Margin    int  `json:"margin"`
	PerTicket int  `json:"perTicket"`
}

// Timetable is a clinic's week as the desk edits it: GET and PUT
// /v1/clinics/:clinic/timetable. Calendar is null where none is kept.
type Timetable struct {
	Rev      string          `json:"rev"`
	Calendar json.RawMessage `json:"calendar"` // as the clinic's file writes it: weekly, exceptions, cutover, open
}

// Changes answers GET /v1/clinics/:clinic/changes: who changed which settings,
// the newest first.
type Changes struct {
	Changes []Change `json:"changes"`
}

// Change is one change of a clinic's record.
type Change struct {
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

// SessionAccuracy is how true the estimates of one session of a service came:
// altogether, and by how many waited ahead when they were made.
type SessionAccuracy struct {
	Day     string       `json:"day"`
	Session string       `json:"session,omitempty"`
	Service string       `json:"service"`
	All     Truth        `json:"all"`
	Ahead   []AheadTruth `json:"ahead"`
}

// AheadTruth is of the estimates made with so many ahead; no To is no end.
type AheadTruth struct {
	From int  `json:"from"`
	To   *int `json:"to,omitempty"`
	Truth
}

// Truth compares estimates with the calls that followed.
type Truth struct {
	N            int     `json:"n"`
	ErrorMinutes float64 `json:"errorMinutes"` // mean absolute error
	BiasMinutes  float64 `json:"biasMinutes"`  // mean error; positive: called earlier than said
	Coverage     float64 `json:"coverage"`     // share of calls within the range that was to hold 80 %
}

// TicketAnswer answers every act on one ticket.
type TicketAnswer struct {
	Ticket Ticket `json:"ticket"`
}

// LookupRequest asks by number (order mode), or by the phone number given at
// reception. The answer says the least that helps.
type LookupRequest struct {
	Service string `json:"service"`
	Number  int    `json:"number,omitempty"`
	Phone   string `json:"phone,omitempty"`
}

// LookupAnswer lists what matched.
type LookupAnswer struct {
	Tickets []LookupTicket `json:"tickets"`
}

// LookupTicket is the least that answers "where am I".
type LookupTicket struct {
	Number int    `json:"number"`
	State  string `json:"state"`
	Ahead  *int   `json:"ahead,omitempty"`
	Unit   string `json:"unit,omitempty"`
	Todo   string `json:"todo"`
}

// ReceptionRequest opens, pauses or closes the web desk by hand, or leaves it
// to the timetable ("auto").
type ReceptionRequest struct {
	Reception string `json:"reception"`
}

// MessageRequest sets the standing message (until null) or the temporary one.
// An empty text removes it.
type MessageRequest struct {
	Text  string     `json:"text"`
	Until *time.Time `json:"until"`
}

// LoginRequest opens a session for the desk.
type LoginRequest struct {
	Clinic   string `json:"clinic"`
	User     string `json:"user"`
	Password string `json:"password"`
}

// Session answers a login and GET /v1/session.
type Session struct {
	Clinic    string `json:"clinic"`
	User      string `json:"user"`
	ExpiresAt Time   `json:"expiresAt"`
	At        Time   `json:"at"` // the server's time, for a desk whose clock is wrong
}

// Directory answers GET /v1/clinics.
type Directory struct {
	Clinics []Clinic `json:"clinics"`
}

// Problem is an error as RFC 9457 has it. Code is stable; Detail is for people.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
	ID     string `json:"requestId,omitempty"`
}

package wire

import "time"

// IssueRequest asks for a ticket: POST …/tickets and POST …/walkins.
type IssueRequest struct {
	PartySize  int     `json:"partySize"` // 0 means 1
	FirstVisit bool    `json:"firstVisit"`
	Kind       string  `json:"kind,omitempty"` // what it is for: the id of one of the service's kinds
	Patient    Patient `json:"patient"`
	Day        string  `json:"day,omitempty"`     // a day to come, of GET …/days; absent: today
	Session    string  `json:"session,omitempty"` // of that day; absent: its first

	// The desk's alone (POST …/walkins).
	Number   int    `json:"number,omitempty"`   // a number that was kept for the desk (空番)
	Ahead    *int   `json:"ahead,omitempty"`    // an urgent insert: this many go first
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

// Days answers GET /v1/services/:service/days: the days to come for which the web
// gives numbers (明日以降), the next first.
type Days struct {
	Days []Day `json:"days"`
}

// Day is one of [Days].
type Day struct {
	Day      string       `json:"day"`
	Numbers  string       `json:"numbers"` // when the number is given: "now", or with the day's "opening"
	Sessions []DaySession `json:"sessions"`
}

// DaySession is one session of a [Day].
type DaySession struct {
	Session      string `json:"session"`                // "morning", "afternoon", "evening"
	From         Time   `json:"from"`                   // of the consultation
	To           Time   `json:"to"`                     // of the consultation
	Availability string `json:"availability,omitempty"` // "many", "few", "none"
	FirstVisit   string `json:"firstVisit,omitempty"`   // the same, of a first visit
}

// Bookings answers GET /v1/clinics/:clinic/bookings: the live tickets of the days
// to come, by day, service and place. It is the desk's alone.
type Bookings struct {
	Tickets []StaffTicket `json:"tickets"`
	Marks   []Mark        `json:"marks"` // that several web bookings of a day carry, the most frequent first
}

// CallRequest calls the next ticket of a service to a room, or the one named.
type CallRequest struct {
	Room   string `json:"room"`
	Ticket string `json:"ticket,omitempty"`

	// Current is the ticket that the client sees in the room, or "nobody". The call is
	// refused when another is there. Absent: not checked, for older clients.
	Current string `json:"current,omitempty"`
}

// ActRequest is the body of an act of the desk that needs nothing else. It may be
// left out.
type ActRequest struct {
	Rev string `json:"rev,omitempty"` // of the ticket as the client sees it; absent: not checked
}

// CancelRequest is the body of an owner's cancel.
type CancelRequest struct {
	CancelCode string `json:"cancelCode"`
}

// ArriveRequest reports where the patient is: POST …/arrive, by the owner or the desk.
// Presence is "here", "out", or "" (not arrived; the desk only).
type ArriveRequest struct {
	Presence string `json:"presence"`
}

// MoveRequest changes a ticket's place: POST …/move.
type MoveRequest struct {
	Ahead  int    `json:"ahead"`  // how many waiting go first
	Reason string `json:"reason"` // shown to the public: "exam", "urgent", "desk"
	Rev    string `json:"rev,omitempty"`
}

// ContactedRequest records that the desk informed a ticket's patient of a timetable
// change: POST …/contacted.
type ContactedRequest struct {
	Affected string `json:"affected"` // of the ticket as the client sees it
	Rev      string `json:"rev,omitempty"`
}

// TransferRequest brings a ticket into another service's line: POST …/transfer.
type TransferRequest struct {
	Service string `json:"service"`
	Rev     string `json:"rev,omitempty"`
}

// DutyRequest sets whether a room takes patients: PUT
// /v1/clinics/:clinic/rooms/:room/duty.
type DutyRequest struct {
	Duty  string     `json:"duty"` // "on", "break", "off"
	Until *time.Time `json:"until"`
}

// FinishRequest ends a visit: POST …/finish. It may be left out.
type FinishRequest struct {
	Inaccurate bool   `json:"inaccurate"` // it did not end now: nothing is learned from its times
	Rev        string `json:"rev,omitempty"`
}

// TicketAnswer answers every act on one ticket.
type TicketAnswer struct {
	Ticket Ticket `json:"ticket"`
	Rev    string `json:"rev,omitempty"` // after an act: what it made of the ticket
}

// LookupRequest asks for a ticket by its number, or by the phone number given at
// reception. The last four digits of the ticket's phone number, or its cancel code,
// prove that it is the client's. A search by phone number needs the code.
type LookupRequest struct {
	Service    string `json:"service"`
	Number     int    `json:"number,omitempty"`
	Phone      string `json:"phone,omitempty"`
	PhoneEnd   string `json:"phoneEnd,omitempty"`
	CancelCode string `json:"cancelCode,omitempty"`
}

// LookupAnswer lists what matched; it is empty for every miss, whatever was wrong.
type LookupAnswer struct {
	Tickets []LookupTicket `json:"tickets"`
}

// LookupTicket is the least that answers "where am I".
type LookupTicket struct {
	Day    string `json:"day"`
	Number int    `json:"number"`
	State  string `json:"state"`
	Ahead  *int   `json:"ahead,omitempty"`
	Unit   string `json:"unit,omitempty"`
	Todo   string `json:"todo"`
	Advice string `json:"advice"` // as of a [Ticket]
}

// ReceptionRequest opens, pauses or closes the web desk manually, or leaves it to the
// timetable ("auto"). The reason is shown to the public until that ends.
type ReceptionRequest struct {
	Reception string `json:"reception"`
	Reason    string `json:"reason,omitempty"` // of "paused" and "closed": "crowded", "urgent", "doctor", or words
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

// Login answers a login and GET /v1/session.
type Login struct {
	Clinic    string `json:"clinic"`
	User      string `json:"user"`
	Role      string `json:"role"` // "desk" or "admin"
	ExpiresAt Time   `json:"expiresAt"`
	At        Time   `json:"at"` // the server's time, for a desk whose clock is wrong
}

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
	Slot       string  `json:"slot,omitempty"`    // slot mode: start of a slot of that day, "10:00"; POST …/walkins alone may leave it out

	// The desk's alone (POST …/walkins).
	Number   int    `json:"number,omitempty"`   // a number that was kept for the desk (空番)
	Ahead    *int   `json:"ahead,omitempty"`    // an urgent insert: this many go first
	Reason   string `json:"reason,omitempty"`   // of that: "urgent", "exam", "desk"
	Override bool   `json:"override,omitempty"` // over the desk's bound
	Member   string `json:"member,omitempty"`   // POST …/bookings alone: id of the member, whose record has what the patient leaves out
}

// Patient is who a ticket is for. Every field is optional.
type Patient struct {
	Name       string `json:"name,omitempty"`
	Phone      string `json:"phone,omitempty"`
	CardNumber string `json:"cardNumber,omitempty"` // 診察券番号

	// What a service may also ask for, see its form.
	Kana     string `json:"kana,omitempty"`
	Birth    string `json:"birth,omitempty"` // "1990-01-31"
	Sex      string `json:"sex,omitempty"`   // "female", "male", "other"
	Mail     string `json:"mail,omitempty"`
	Symptoms string `json:"symptoms,omitempty"`
	Consent  bool   `json:"consent,omitempty"`

	// The desk's alone; from the web it is ignored.
	Memo string `json:"memo,omitempty"`
}

// Issued answers an [IssueRequest]. Token and cancel code are shown this once;
// the same Idempotency-Key with the same body shows them again.
type Issued struct {
	Ticket     Ticket `json:"ticket"`
	Token      string `json:"token"`
	CancelCode string `json:"cancelCode,omitempty"` // where the patient may cancel
	Over       bool   `json:"over,omitempty"`       // the desk has gone over its bound
}

// Days answers GET /v1/services/:service/days. In order mode these are the days to come
// for which the web gives numbers (明日以降), the next first. In slot mode, and for a range
// that is asked for, it has each day of the range.
type Days struct {
	Days []Day `json:"days"`
}

// Day is one of [Days].
type Day struct {
	Day      string       `json:"day"`
	State    string       `json:"state,omitempty"`   // whether the web books it: "open", "before" (not yet), "closed"; of a range
	OpensAt  *Time        `json:"opensAt,omitempty"` // with "before": when it will
	Numbers  string       `json:"numbers"`           // when the number is given: "now", with the day's "opening", or with the "arrival" in slot mode
	Sessions []DaySession `json:"sessions"`
}

// DaySession is one session of a [Day].
type DaySession struct {
	Session      string `json:"session"`                // "morning", "afternoon", "evening"
	From         Time   `json:"from"`                   // of the consultation
	To           Time   `json:"to"`                     // of the consultation
	Availability string `json:"availability,omitempty"` // "many", "few", "none"; in slot mode also "before", "stopped", "closed"
	FirstVisit   string `json:"firstVisit,omitempty"`   // the same, of a first visit

	Slots []DaySlot `json:"slots,omitempty"` // slot mode
}

// DeskDays answers GET /v1/services/:service/slots: the seats of the slots of these days,
// for a desk that books for a patient on the telephone.
type DeskDays struct {
	Days []DeskDay `json:"days"`
}

// DeskDay is one of [DeskDays].
type DeskDay struct {
	Day     string     `json:"day"`
	State   string     `json:"state"`             // as of a [Day]: of the web
	OpensAt *Time      `json:"opensAt,omitempty"` // as of a [Day]
	Slots   []DeskSlot `json:"slots"`
}

// Bookings answers GET /v1/clinics/:clinic/bookings: the live tickets of the days
// to come, by day, service and place. It is the desk's alone.
type Bookings struct {
	Tickets []StaffTicket `json:"tickets"`
	Marks   []Mark        `json:"marks"` // that several web bookings of a day carry, the most frequent first
}

// MissingBookings answers GET /v1/clinics/:clinic/missing: live bookings of today and
// later that Redis has lost, as the register has them. POST …/restore takes one in again.
type MissingBookings struct {
	Tickets []StaffTicket `json:"tickets"`
}

// CloseDateRequest closes a service's day or one session of it, and cancels its bookings:
// POST /v1/services/:service/days/:day/close.
type CloseDateRequest struct {
	Session  string `json:"session,omitempty"`
	Affected string `json:"affected"` // of GET …/bookings of that day: names the list that the desk has seen; "" of an empty one
}

// OpenDateRequest takes bookings again for a service's day or one session of it: POST
// /v1/services/:service/days/:day/open.
type OpenDateRequest struct {
	Session string `json:"session,omitempty"`
}

// DayBookings answers GET …/days/:day/bookings and POST …/days/:day/open.
type DayBookings struct {
	Affected
	Closed string `json:"closed,omitempty"` // "day" or "session": the desk has closed it
}

// DateClosed answers it.
type DateClosed struct {
	Cancelled int `json:"cancelled"`
}

// RebookRequest moves a booking to another slot or day: POST …/rebook. On another day a
// new ticket replaces it, which the answer has.
type RebookRequest struct {
	Day      string `json:"day,omitempty"`      // absent: its own
	Slot     string `json:"slot,omitempty"`     // slot mode
	Session  string `json:"session,omitempty"`  // order mode; absent: the first of the day
	Override bool   `json:"override,omitempty"` // over the bounds
	Rev      string `json:"rev,omitempty"`
}

// EditRequest changes a booked or waiting ticket: POST …/edit. What is absent stays.
type EditRequest struct {
	PartySize  *int     `json:"partySize,omitempty"`
	Kind       *string  `json:"kind,omitempty"` // "": none
	FirstVisit *bool    `json:"firstVisit,omitempty"`
	Patient    *Patient `json:"patient,omitempty"`  // replaces all of the patient
	Override   bool     `json:"override,omitempty"` // over the bounds
	Rev        string   `json:"rev,omitempty"`
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

	// Moved is the ticket that replaced it, for the owner of a moved ticket. It is the
	// newest of several.
	Moved *Moved `json:"moved,omitempty"`
}

// Moved is a ticket that replaced another one. Its cancel code is that of the other.
type Moved struct {
	ID    string `json:"id"`
	Token string `json:"token"` // of its owner
}

// LookupRequest asks for a ticket by its number, or by the phone number given at
// reception. The last four digits of the ticket's phone number, or its cancel code,
// prove that it is the client's. A search by phone number needs the code in order mode.
// In slot mode it does not, where the clinic's rule for lookups is "phone".
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

	Slot        string `json:"slot,omitempty"` // slot mode
	SlotEnd     string `json:"slotEnd,omitempty"`
	Cancellable bool   `json:"cancellable,omitempty"`
	CancelUntil *Time  `json:"cancelUntil,omitempty"` // as of a [Ticket]
	WhyNot      string `json:"whyNot,omitempty"`      // as of a [Ticket]
	Handle      string `json:"handle,omitempty"`      // of one that can be cancelled: for [LookupCancelRequest], ten minutes long
}

// LookupCancelRequest cancels a ticket that a lookup found: POST /v1/lookup/cancel.
type LookupCancelRequest struct {
	Handle string `json:"handle"`
	Code   string `json:"code"` // the cancel code
}

// LookupCancelled answers it.
type LookupCancelled struct {
	Ticket LookupTicket `json:"ticket"`
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

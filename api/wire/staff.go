package wire

import "time"

// Staff is all that the desk of a clinic sees. It needs a session.
type Staff struct {
	Clinic   string         `json:"clinic"`
	Name     string         `json:"name"`
	Rooms    []Room         `json:"rooms"`
	Services []StaffService `json:"services"`
	Rev      string         `json:"rev"`   // of the clinic's record: with another, read again what the record decides
	Marks    []Mark         `json:"marks"` // that several live web tickets carry, the most frequent first
}

// Mark is of the network that web tickets came from. It reveals no address.
type Mark struct {
	Mark    string `json:"mark"`
	Day     string `json:"day,omitempty"` // a day to come, "2026-11-21"; absent: today
	Tickets int    `json:"tickets"`       // of all services: booked, waiting, absent, held and lost
}

// Marked are the live web tickets of a mark: GET /v1/clinics/:clinic/marks/:mark.
type Marked struct {
	Mark    string        `json:"mark"`
	Day     string        `json:"day,omitempty"` // a day to come; absent: today
	Until   Time          `json:"until"`         // when they were read
	Tickets []StaffTicket `json:"tickets"`
}

// MarkedRequest cancels them: POST /v1/clinics/:clinic/marks/:mark/cancel.
type MarkedRequest struct {
	Until time.Time `json:"until"`          // of the list that was read: later tickets stay
	Keep  []string  `json:"keep,omitempty"` // ids of tickets that stay
	Day   string    `json:"day,omitempty"`  // of the list; absent: today
}

// MarkedCancelled answers it.
type MarkedCancelled struct {
	Cancelled int `json:"cancelled"`
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
	Board       Board         `json:"board"`
	Manual      string        `json:"manual,omitempty"`      // the desk override: "open", "paused", "closed"
	ManualTil   *Time         `json:"manualUntil,omitempty"` // until when; absent: until it is set again
	Seats       Seats         `json:"seats"`
	Slots       []DeskSlot    `json:"slots,omitempty"`       // slot mode: those of today
	Hidden      []string      `json:"hidden"`                // keys of the board that the public does not get
	Standing    string        `json:"standing"`              // standing message
	Temporary   *Message      `json:"temporary"`             // temporary message, or null
	Kinds       []Kind        `json:"kinds"`                 // what a visit may be for
	SkipAway    bool          `json:"skipAway"`              // next passes over patients who are not here
	BookingDays int           `json:"bookingDays,omitempty"` // how many days ahead numbers are given
	Tickets     []StaffTicket `json:"tickets"`               // lost, called and in service, then waiting in order, booked, absent, held, and the last ended
}

// DeskSlot is a slot of a day as the desk sees it. Slot and To are clock times of the day.
type DeskSlot struct {
	Slot         string `json:"slot"`
	To           string `json:"to"`
	Session      string `json:"session"`
	Availability string `json:"availability"` // of the web
	Web          Seat   `json:"web"`
	Desk         Seat   `json:"desk"`
	First        Seat   `json:"first"` // first visits from the web

	// Of today: tickets that were not cancelled, those of them that were called, that are
	// done, and that became no-shows after the arrival; and those that wait in its order.
	Booked  int `json:"booked,omitempty"`
	Called  int `json:"called,omitempty"`
	Seen    int `json:"seen,omitempty"`
	Left    int `json:"left,omitempty"`
	Waiting int `json:"waiting,omitempty"`
}

// Seats are the live tickets of the session, and their bounds.
type Seats struct {
	Web   Seat `json:"web"`
	Desk  Seat `json:"desk"`
	First Seat `json:"first"` // first visits from the web
}

// Seat is how many are used of how many; limit null is no bound.
type Seat struct {
	Used  int  `json:"used"`
	Limit *int `json:"limit"`
}

// Notified is the newest notice that was sent for a ticket. Its state is sent, shown,
// uncertain, dead or void.
type Notified struct {
	Kind    string `json:"kind"`    // call, changed, approach, missed, delay, confirm or reminder
	Channel string `json:"channel"` // push, mail or inbox
	State   string `json:"state"`   // shown: the device has reported it; sent: accepted by the provider
	At      Time   `json:"at"`
}

// StaffTicket is a ticket with what only the desk may know.
type StaffTicket struct {
	Ticket
	Name       string   `json:"name"`
	Phone      string   `json:"phone"`
	CardNumber string   `json:"cardNumber"`
	Kana       string   `json:"kana,omitempty"`
	Birth      string   `json:"birth,omitempty"`
	Sex        string   `json:"sex,omitempty"`
	Mail       string   `json:"mail,omitempty"`
	Symptoms   string   `json:"symptoms,omitempty"`
	Memo       string   `json:"memo,omitempty"` // the desk's own
	Consent    bool     `json:"consent,omitempty"`
	FirstVisit bool     `json:"firstVisit"`
	Kind       string   `json:"kind,omitempty"`  // the name of what it is for
	Channel    string   `json:"channel"`         // "web" or "desk"
	Mark       string   `json:"mark,omitempty"`  // of the network that a web ticket came from
	Twin       string   `json:"twin,omitempty"`  // id of the live ticket that has its number too: one of them was lost
	Leg        int      `json:"leg"`             // how often it was sent on
	ToEnd      bool     `json:"toEnd,omitempty"` // its last absence cost it every place but the last (⊥)
	Acts       []string `json:"acts"`            // what its state allows now: call, recall, enter, finish, absent, return, exam, hold, resume, cancel, no_show, move, transfer, readmit, undo; slot mode: arrive, rebook, edit; of one that is missing: restore
	LastAct    string   `json:"lastAct"`         // what undo would take back

	Notified *Notified `json:"notified,omitempty"` // the newest notice to its patient

	// Affected names the timetable change that removed or shortened the ticket's
	// session. It is set until the desk has informed the patient: see
	// [ContactedRequest]. EndsAt is when the consultation ends since; absent: its
	// session does not take place.
	Affected string `json:"affected,omitempty"`
	EndsAt   *Time  `json:"endsAt,omitempty"`

	Rev string `json:"rev"` // names the ticket as it is: an act that sends it back is refused once another act came first
}

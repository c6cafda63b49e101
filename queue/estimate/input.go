package estimate

import "time"

// Input is the state of a clinic's line at one moment. A service is identified
// by its ID, a kind of visit by the result of [KindOf] and similar functions.
type Input struct {
	Now      time.Time
	Start    time.Time // start of consultation in this session
	Rooms    []Room
	Services []Service
	// Waiting has the tickets that can be called, of all services, in the order
	// of the line within each service. A room with several services is assumed
	// to call the first ticket of this list. So merge the lines by time of
	// issue or, with slots, of arrival.
	Waiting []Ticket
	// Away has the tickets that are absent or at an exam. Held tickets are left
	// out, because the time of their return is unknown.
	Away []Away
	// Booked has the bookings of services with slots whose patients have not
	// arrived, in any order.
	Booked []Booking
	// Today has the finished consultations of this session, in any order.
	Today []Visit
}

// Room is a consultation room with its doctor (診察室・担当医).
type Room struct {
	ID       string
	Services []string // IDs
	// Off means that no doctor is on duty, and the time of return is unknown. A
	// known time of return is a break.
	Off bool
	// Breaks are the present and future times without calls. An announced late
	// start is a break from the start of the session. A consultation may run
	// into a break.
	Breaks  []Break
	Begun   bool     // it has called a ticket in this session
	Running *Running // nil: the room is free
	// Pace is the ratio of visit times in this room to the mean, if known. With
	// 0, it is estimated from Today.
	Pace float64
}

// Break is a time in which a room calls no tickets.
type Break struct{ From, To time.Time }

// Running is an unfinished consultation, or a call.
type Running struct {
	Ticket  string
	Service string
	Kind    string
	Started time.Time // when the ticket was called
	Slot    time.Time // see [Ticket].Slot
	Called  bool      // called, and the desk has not confirmed the arrival
}

// Service is a line for which the wait of a new ticket is forecast.
type Service struct {
	ID   string
	Kind string // of a new ticket
	Back int    // places that an absent ticket moves back (domain §5.4, back_n)
	// Start is the start of the session for its patients, if a room opens
	// earlier for another service. If zero, it is Input.Start.
	Start time.Time
	Slots *Slots // nil: the line has no slots (順番予約)
}

// Ticket is a waiting party.
type Ticket struct {
	ID      string
	Service string
	Kind    string
	Slot    time.Time // start of the slot in whose order it stands; zero without slots
}

// Away is a ticket that is out of the line and may return.
type Away struct {
	ID      string
	Service string
	Kind    string    // of the next consultation
	Since   time.Time // when it left
	Exam    bool      // at an exam, and certain to return; otherwise absent
	Behind  int       // number of waiting tickets that go first when it returns
	Slot    time.Time // see [Ticket].Slot
}

// Visit is a finished consultation.
type Visit struct {
	Room    string
	Service string
	Kind    string
	// Took is the time that the visit occupied the room. It ends with the next
	// call if a ticket was waiting, else with the visit. It includes the time
	// between two patients.
	Took time.Duration
	// Exam means that the visit ended with an exam, after which the patient
	// returns.
	Exam bool
	// Inaccurate means that the desk recorded the visit late. It is not learned
	// from.
	Inaccurate bool
}

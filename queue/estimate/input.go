package estimate

import "time"

// Input is what is known of a clinic's line at one moment. A service is named
// by its id; a kind by [KindOf] and its siblings.
type Input struct {
	Now      time.Time
	Start    time.Time // of consultation in this session: nobody is seen before
	Rooms    []Room
	Services []Service
	// Waiting are those who can be called, of all services. Within a service
	// the order is the line's. A room that serves several services is taken to
	// call the first of this line, so merge the lines by time of issue.
	Waiting []Ticket
	// Away are the absent, and those at an exam. The held are left out: nobody
	// knows when they come.
	Away []Away
	// Today are this session's finished consultations, in any order.
	Today []Visit
}

// Room is 診察室・担当医.
type Room struct {
	ID       string
	Services []string // ids of the services it serves
	// Off says that nobody is on duty and nobody knows until when. If the end
	// is known, it is a break.
	Off bool
	// Breaks are when nobody is called, now or later. An announced late start is
	// one that begins with the session. A consultation may run into a break.
	Breaks  []Break
	Begun   bool     // it has called somebody in this session
	Running *Running // nil: it is free
	// Pace is how much longer visits take in this room than in the mean, where
	// that is known; 0 lets Today tell it.
	Pace float64
}

// Break is a time in which a room calls nobody.
type Break struct{ From, To time.Time }

// Running is a consultation that is not finished, or a call.
type Running struct {
	Ticket  string
	Service string
	Kind    string
	Started time.Time // when the ticket was called
	Called  bool      // called and not yet seen to have come
}

// Service is a line for which a new ticket's wait is asked, and its rule for
// the absent.
type Service struct {
	ID   string
	Kind string // of the ticket that would be issued next
	Back int    // places that an absentee moves back (domain §5.4, back_n)
	// Start is when the session of its patients begins, where a room that serves it
	// is open for another service before; zero: Input.Start.
	Start time.Time
}

// Ticket is one waiting party.
type Ticket struct {
	ID      string
	Service string
	Kind    string
}

// Away is a ticket that is not in the line and may come back into it.
type Away struct {
	ID      string
	Service string
	Kind    string    // of the consultation still to come
	Since   time.Time // when it left
	Exam    bool      // it is at an exam and surely comes back; else it was absent
	Behind  int       // so many of the waiting go first, whenever it is back
}

// Visit is one finished consultation.
type Visit struct {
	Room    string
	Service string
	Kind    string
	// Took is how long it kept the room: from the call to the next call if
	// somebody was waiting, else to its end. So the time between two patients
	// is in it.
	Took time.Duration
	// Exam says that it ended with an exam after which the patient comes back.
	Exam bool
	// Inaccurate says that the buttons were not pressed when it happened; it
	// is not learned from.
	Inaccurate bool
}

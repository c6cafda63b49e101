package queue

import (
	"time"

	"junban/queue/clinic"
	"junban/queue/hours"
)

// In slot mode (時間帯予約) a patient books a slot of a session. A slot admits several
// patients. Its seats are counted in the script that issues, as those of its session
// are. Number and place come with the arrival. The line sorts by the slot in which a
// ticket stands, then by arrival (booking.md §5).

// SlotState is one slot of today, as a snapshot shows it. Tickets that were called are
// among the booked, so Called is never greater than Booked.
type SlotState struct {
	Slot, End string // clock times of the day
	From, To  time.Time
	Session   string

	// Tickets whose home slot it is, in any state but cancelled, and those of them that
	// were ever called. Walk-ins and no-shows are among them. Both also in people.
	Booked, Called             int
	BookedPeople, CalledPeople int

	Seen int // those that are done
	Left int // those of them that had arrived and became no-shows

	Web, Desk    Seat         // seats that are taken, those not released yet included, and their limits
	First        Seat         // first visits from the web
	Availability Availability // of the web: [NotYet], [Stopped], [Many], [Few], [None] or [Over]
	FirstVisit   Availability // the same, of a first visit
	Waiting      int          // tickets that wait in its order
}

// DayState is whether the web books a day.
type DayState string

// The states of a day.
const (
	DayOpen   DayState = "open"   // it has sessions, and the web may book it
	DayBefore DayState = "before" // it is not open yet, see [DayOffer].OpensAt
	DayClosed DayState = "closed" // no sessions, the past, or beyond the days that the web books, see [Store.Days]
)

// DayOffer is a day with what a service gives of it.
type DayOffer struct {
	Day      clinic.Day
	State    DayState
	OpensAt  time.Time // when the web may book it; zero: it may, or not known
	Sessions []SessionOffer
}

// SessionOffer is a session of a [DayOffer].
type SessionOffer struct {
	hours.Session
	Availability Availability
	First        bool        // first visits find a seat too
	Slots        []SlotOffer // slot mode
}

// SlotOffer is a slot of a [SessionOffer]. Availability is that of the web.
type SlotOffer struct {
	hours.Slot
	Availability Availability
	First        bool  // first visits find a seat too
	Seats        Seats // of the day, whatever the channel; those of the web end at [clinic.Slot].Early before it
}

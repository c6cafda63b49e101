package register

import (
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// Booking is one row of the history: a ticket, as the day's log has it, and its patient.
type Booking struct {
	Ticket        queue.TicketID
	Day           clinic.Day
	Epoch         string
	Version       uint64
	State         queue.State
	Missing       time.Time // since when the line does not have it any more (消えた予約)
	Number        int
	Channel       string
	Party         int
	FirstVisit    bool
	Kind          string
	Session       string
	Slot, SlotEnd string
	SlotFrom      time.Time
	SlotTo        time.Time
	Weight        int
	Position      string
	CodeHash      string
	Mark          string
	Room          string
	Reason        string
	Late          bool
	Issued        time.Time
	Updated       time.Time
	Arrived       time.Time
	Called        time.Time
	Entered       time.Time
	Ended         time.Time
	MovedTo       queue.TicketID
	MovedFrom     queue.TicketID
	Patient       queue.Patient
	Erased        time.Time
	Member        MemberID
}

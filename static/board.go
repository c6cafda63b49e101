package static

import "time"

// Board is the public state of a service as a page first paints it, before or
// without its script. A field that the clinic hides stays at its zero value.
type Board struct {
	Service      string // 情報番号, "1234-1"
	Name         string
	Day          string    // business date, "2026-11-21": times of it are shown without a date
	Reception    string    // of the web desk: "open", "paused", "closed", "before"
	OpensAt      time.Time // when the web desk opens next, in the clinic's zone; zero: not known
	ClosesAt     time.Time // when it closes, in the clinic's zone; zero: not known
	StopReason   string    // why the desk has stopped it, as in the contract; "" where it does not say
	DayNotes     []DayNote // why today, and dates until it opens next, differ
	Availability string    // of the web desk, as in the contract: "many", "few", "none", "before", "stopped", "closed", ""
	FirstVisit   string    // the same of first visits, where it differs
	Calling      []Call    // nil when hidden; empty when nobody is called
	Waiting      *int      // in Unit; nil when hidden
	Unit         string    // "人" or "組", as in the contract
	WaitLow      int       // minutes
	WaitHigh     int       // minutes; 0 when there is no estimate
	WaitAt       string    // for a long wait a time of the clock, "15:00"; "" where minutes are enough
	WaitNote     string    // the clinic's text beside the estimate
	Overrunning  bool      // a consultation takes longer than usual
	Notice       string    // why the order was changed lately, as in the contract; "" when it was not
	Resting      []Rest    // rooms that take nobody for now
	Absent       []int     // numbers absent when called; nil when hidden
	Line         []int     // the next numbers in order; nil when hidden
	Guests       []Guest   // those among the absent and the next whose number another service gave
	Message      string    // "" when there is none
	MessageUntil string    // on the clinic's clock: "12:00"; "" for a standing one
}

// ShowsCalling reports whether the clinic shows the called numbers.
func (b Board) ShowsCalling() bool { return b.Calling != nil }

// ShowsAbsent reports whether the clinic shows the absent numbers.
func (b Board) ShowsAbsent() bool { return b.Absent != nil }

// Call is one number called to a room.
type Call struct {
	Number int
	Room   string // the room's name
	Of     string // the name of the service that gave the number, where it is another
}

// Guest is a number in the line of a service that did not give it.
type Guest struct {
	Number int
	Of     string // the name of the service that gave it
	State  string // "waiting" or "absent"
}

// GuestsIn are the guests of a state.
func (b Board) GuestsIn(state string) (in []Guest) {
	for _, g := range b.Guests {
		if g.State == state {
			in = append(in, g)
		}
	}
	return in
}

// AbsentPeople is how many were absent when called, other services' numbers too.
func (b Board) AbsentPeople() int { return len(b.Absent) + len(b.GuestsIn("absent")) }

// DayNote is why a date, or several in a row, differs from its weekday.
type DayNote struct {
	From, To string // business dates, "2026-12-30"
	Closed   bool
	Reason   string // in the clinic's words
}

// Rest is a room on a break or off duty.
type Rest struct {
	Room  string // the room's name
	Duty  string // "break" or "off"
	Until string // on the clinic's clock: "13:30"; "" where it was not said
}

// boardView is what the template "board" needs.
type boardView struct {
	Lang  string
	Board Board
}

func onBoard(lang string, b Board) boardView { return boardView{lang, b} }

// reception is the key of what the web desk's state is called.
func reception(b Board) string {
	switch {
	case b.Reception != "open":
		return "reception." + b.Reception
	case b.Availability == "none":
		return "reception.full"
	case b.Availability == "few", b.Availability == "before":
		return "reception." + b.Availability
	case b.Availability == "stopped":
		return "reception.paused"
	case b.Availability == "closed":
		return "reception.closed"
	}
	return "reception.open"
}

// unusual lists the keys of what is unusual in a line.
func unusual(b Board) []string {
	var keys []string
	switch b.Notice {
	case "":
	case "exam", "urgent":
		keys = append(keys, "notice."+b.Notice)
	default:
		keys = append(keys, "notice.desk")
	}
	if b.Overrunning {
		keys = append(keys, "board.overrunning")
	}
	return keys
}

// resting is the key of what a room's rest is called.
func resting(r Rest) string {
	key := "resting.break"
	if r.Duty == "off" {
		key = "resting.off"
	}
	if r.Until != "" {
		key += "Until"
	}
	return key
}

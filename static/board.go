package static

import "time"

// Board is the public state of a service as the server renders it. Fields that
// the clinic hides have their zero value.
type Board struct {
	Service      string // 情報番号, "1234-1"
	Name         string
	Day          string    // business date, "2026-11-21"; times on this date are shown without a date
	Reception    string    // of the web desk: "open", "paused", "closed", "before"
	OpensAt      time.Time // next opening of the web desk, in the clinic's zone; zero if unknown
	ClosesAt     time.Time // closing of the web desk, in the clinic's zone; zero if unknown
	StopReason   string    // reason for a manual stop, as in the contract; "" if not given
	DayNotes     []DayNote // reasons why today, or a date until the next opening, differs
	Availability string    // of the web desk, as in the contract: "many", "few", "none", "before", "stopped", "closed", ""
	FirstVisit   string    // availability for first visits, if different
	Calling      []Call    // nil if hidden; empty if no number is called
	Waiting      *int      // in Unit; nil if hidden
	Unit         string    // "人" or "組", as in the contract
	WaitLow      int       // minutes
	WaitHigh     int       // minutes; 0 if there is no estimate
	WaitAt       string    // time of day for a long wait, "15:00"; else ""
	WaitNote     string    // the clinic's note on the estimate
	Overrunning  bool      // a consultation takes longer than usual
	Notice       string    // reason for a recent change of the order, as in the contract; else ""
	Resting      []Rest    // rooms without calls for now
	Absent       []int     // numbers absent when called; nil if hidden
	Line         []int     // the next numbers in order; nil if hidden
	Guests       []Guest   // absent and next numbers that another service issued
	Message      string    // "" if there is none
	MessageUntil string    // on the clinic's clock: "12:00"; "" if there is no end
}

// ShowsCalling reports whether the clinic shows the called numbers.
func (b Board) ShowsCalling() bool { return b.Calling != nil }

// ShowsAbsent reports whether the clinic shows the absent numbers.
func (b Board) ShowsAbsent() bool { return b.Absent != nil }

// Call is a number that is called to a room.
type Call struct {
	Number int
	Room   string // the room's name
	Of     string // name of the issuing service, if another one
}

// Guest is a number in the line of a service that did not issue it.
type Guest struct {
	Number int
	Of     string // name of the issuing service
	State  string // "waiting" or "absent"
}

// GuestsIn returns the guests in a state.
func (b Board) GuestsIn(state string) (in []Guest) {
	for _, g := range b.Guests {
		if g.State == state {
			in = append(in, g)
		}
	}
	return in
}

// AbsentPeople returns the number of absent tickets, including those of other
// services.
func (b Board) AbsentPeople() int { return len(b.Absent) + len(b.GuestsIn("absent")) }

// DayNote is the reason why a date, or a range of dates, differs from its
// weekday.
type DayNote struct {
	From, To string // business dates, "2026-12-30"
	Closed   bool
	Reason   string // in the clinic's words
}

// Rest is a room on a break or off duty.
type Rest struct {
	Room  string // the room's name
	Duty  string // "break" or "off"
	Until string // local time, "13:30"; "" if not given
}

// boardView is the data of the template "board".
type boardView struct {
	Lang  string
	Board Board
}

func onBoard(lang string, b Board) boardView { return boardView{lang, b} }

// reception returns the key of the text for the state of the web desk.
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

// unusual returns the keys of the texts for unusual conditions of a line.
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

// resting returns the key of the text for a room without calls.
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

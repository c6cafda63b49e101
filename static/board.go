package static

import (
	"time"

	"junban/api/wire"
)

// nextShown is how many of the next numbers a page shows, as its script does.
const nextShown = 8

// Board is the public state of a service as the server renders it. Fields that
// the clinic hides have their zero value.
type Board struct {
	Service      string // 情報番号, "1234-1"
	Name         string
	Day          string      // business date, "2026-11-21"; times on this date are shown without a date
	Reception    string      // of the web desk: "open", "paused", "closed", "before"
	OpensAt      time.Time   // next opening of the web desk, in the clinic's zone; zero if unknown
	ClosesAt     time.Time   // closing of the web desk, in the clinic's zone; zero if unknown
	StopReason   string      // reason for a manual stop, as in the contract; "" if not given
	DayNotes     []DayNote   // reasons why today, or a date until the next opening, differs
	Availability string      // of the web desk, as in the contract: "many", "few", "none", "before", "stopped", "closed", ""
	FirstVisit   string      // availability for first visits, if different
	Calling      []Call      // nil if hidden; empty if no number is called
	Waiting      *int        // in Unit; nil if hidden
	Unit         string      // "人" or "組", as in the contract
	WaitLow      int         // minutes
	WaitHigh     int         // minutes; 0 if there is no estimate
	WaitAt       string      // time of day for a long wait, "15:00"; else ""
	WaitNote     string      // the clinic's note on the estimate
	Overrunning  bool        // a consultation takes longer than usual
	Notice       string      // reason for a recent change of the order, as in the contract; else ""
	Resting      []Rest      // rooms without calls for now
	Absent       []int       // numbers absent when called; nil if hidden
	Line         []int       // the next numbers in order; nil if hidden
	Guests       []Guest     // absent and next numbers that another service issued
	Message      string      // "" if there is none
	MessageUntil string      // on the clinic's clock: "12:00"; "" if there is no end
	BySlot       bool        // slot mode: patients book a slot of time
	Slots        *BoardSlots // nil in order mode, and if hidden
}

// BoardSlots are the figures of slot mode. Serving is the slot whose patients are being
// seen, and not the present time.
type BoardSlots struct {
	Serving, ServingTo string     // clock times of the day; "" before the first call. ServingTo is "" too for a slot that the day has no more
	Booked, Called     *int       // of that slot, in Unit; nil if hidden
	Unit               string     // "人" or "組"
	Today              []BookSlot // nil if the availability is hidden
}

// newBoardSlots returns the figures of a board; nil in order mode.
func newBoardSlots(b wire.Board) *BoardSlots {
	if b.Slots == nil {
		return nil
	}
	s := &BoardSlots{Serving: b.Slots.Serving, Booked: b.Slots.Booked, Called: b.Slots.Called, Unit: b.Slots.Unit}
	for _, slot := range b.Slots.Today {
		if slot.Slot == s.Serving {
			s.ServingTo = slot.To
		}
		if slot.Availability != "" {
			s.Today = append(s.Today, BookSlot{Day: b.Day, Slot: slot.Slot, To: slot.To, Mark: slot.Availability})
		}
	}
	return s
}

// NewBoard returns a board as a page first shows it. names are the names of the
// clinic's services, for numbers that another service issued.
func NewBoard(b wire.Board, names map[string]string) Board {
	p := Board{
		Service: b.Service, Name: b.Name, Day: b.Day, Reception: b.Reception, Availability: b.Availability,
		FirstVisit: b.FirstVisit, StopReason: b.StopReason, WaitNote: b.WaitNote, Overrunning: b.Overrunning, Absent: b.Absent,
		Line: b.Line[:min(len(b.Line), nextShown)], BySlot: b.Mode == "slot", Slots: newBoardSlots(b),
	}
	for _, n := range b.DayNotes {
		p.DayNotes = append(p.DayNotes, DayNote(n))
	}
	waiting := 0
	for _, g := range b.Guests {
		if g.State == "waiting" {
			waiting++
		}
		if g.State == "waiting" && waiting > nextShown {
			continue
		}
		p.Guests = append(p.Guests, Guest{Number: g.Number, Of: names[g.Of], State: g.State})
	}
	if b.OpensAt != nil {
		p.OpensAt = b.OpensAt.Time
	}
	if b.ClosesAt != nil {
		p.ClosesAt = b.ClosesAt.Time
	}
	if b.Notice != nil {
		p.Notice = b.Notice.Reason
	}
	for _, r := range b.Resting {
		rest := Rest{Room: r.RoomName, Duty: r.Duty}
		if r.Until != nil {
			rest.Until = r.Until.Format("15:04")
		}
		p.Resting = append(p.Resting, rest)
	}
	if b.Calling != nil {
		p.Calling = []Call{}
	}
	for _, c := range b.Calling {
		p.Calling = append(p.Calling, Call{Number: c.Number, Room: c.RoomName, Of: names[c.Of]})
	}
	if b.Waiting != nil {
		p.Waiting, p.Unit = &b.Waiting.People, b.Waiting.Unit
		if p.Unit == "組" {
			p.Waiting = &b.Waiting.Tickets
		}
	}
	if b.WaitMinutes != nil {
		p.WaitLow, p.WaitHigh = b.WaitMinutes.Low, b.WaitMinutes.High
		if b.WaitMinutes.At != nil {
			p.WaitAt = b.WaitMinutes.At.Format("15:04")
		}
	}
	if b.Message != nil {
		p.Message = b.Message.Text
		if b.Message.Until != nil {
			p.MessageUntil = b.Message.Until.Format("15:04")
		}
	}
	return p
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

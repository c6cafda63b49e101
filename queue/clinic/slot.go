package clinic

import (
	"cmp"
	"reflect"

	"junban/queue/hours"
)

// The modes of a service (A02): who comes next is decided by the order of the numbers,
// or by the slot that a patient booked.
const (
	ModeOrder = "order" // 順番予約
	ModeSlot  = "slot"  // 時間帯予約
)

// Modes are the values of [Service].Mode.
var Modes = []string{ModeOrder, ModeSlot}

// BySlot reports whether patients book a slot.
func (s Service) BySlot() bool { return s.Mode == ModeSlot }

// Slot is how a service in slot mode divides its sessions, and how many patients it
// admits to each slot. The zero value belongs to a service in order
// mode that never was in slot mode.
type Slot struct {
	Minutes int         `json:"minutes"` // length of a slot, a multiple of 5
	Web     *int        `json:"web"`     // seats per slot for the web; nil: no bound
	Desk    *int        `json:"desk"`    // seats per slot for the desk; nil: no bound
	Seats   []SlotSeats `json:"seats,omitempty"`
	Per     string      `json:"per"`   // one of SeatUnits: what takes a seat
	First   *int        `json:"first"` // first visits per slot from the web; nil: no bound
	Early   *int        `json:"early"` // of the web seats, how many are given before the day itself (当日枠); nil: all

	Lead         int    `json:"lead"`         // minutes before the slot's start until which the web books it
	Late         string `json:"late"`         // one of LateRules: where a late arrival stands
	Grace        int    `json:"grace"`        // minutes after the slot's end until which an arrival is in time
	ArriveFrom   int    `json:"arriveFrom"`   // minutes before the slot's start from which the entrance code works
	NoShow       *int   `json:"noShow"`       // minutes after the slot's end at which a booked ticket becomes a no-show; nil: at the session's end
	Reach        int    `json:"reach"`        // minutes before a slot's start from which "next" may call its patients when nobody of an earlier slot waits
	NumberBySlot bool   `json:"numberBySlot"` // 1001, 1002 … for 10:00; otherwise numbers count arrivals
}

// What takes a seat of a slot: a ticket, or each person on it.
const (
	SeatPerTicket = "ticket"
	SeatPerPerson = "person"
)

// SeatUnits are the values of [Slot].Per.
var SeatUnits = []string{SeatPerTicket, SeatPerPerson}

// Where a patient stands who arrives after the slot's end and its grace.
const (
	LateServing = "serving" // at the end of the slot that is being served
	LateOwn     = "own"     // at the end of its home slot
	LateEnd     = "end"     // at the end of the line
	LateDesk    = "desk"    // where the desk decides; the entrance code does not work any more
)

// LateRules are the values of [Slot].Late.
var LateRules = []string{LateServing, LateOwn, LateEnd, LateDesk}

// SlotSeats are other seats for some slots. An empty field means every date, session
// or slot. They replace both numbers of [Slot].
type SlotSeats struct {
	Date    Day         `json:"date,omitempty"`    // one date; excludes Weekday
	Weekday string      `json:"weekday,omitempty"` // mon to sun
	Session string      `json:"session,omitempty"` // ID of a session, such as morning
	Slot    hours.Clock `json:"slot,omitempty"`    // start of a slot
	Web     *int        `json:"web"`               // nil: no bound
	Desk    *int        `json:"desk"`              // nil: no bound
}

// applies reports whether the seats are those of a slot.
func (e SlotSeats) applies(date Day, weekday, session string, slot hours.Clock) bool {
	return (e.Date == "" || e.Date == date) && (e.Weekday == "" || e.Weekday == weekday) &&
		(e.Session == "" || e.Session == session) && (e.Slot == "" || e.Slot == slot)
}

// rank orders the entries that apply to one slot: a date before a weekday, then a slot
// before a session. Two valid entries for one slot never have the same rank.
func (e SlotSeats) rank() int {
	n := 0
	for i, given := range []bool{e.Session != "", e.Slot != "", e.Weekday != "", e.Date != ""} {
		if given {
			n |= 1 << i
		}
	}
	return n
}

// SeatsOf returns the seats of a slot by channel; nil is no bound. The weekday is that
// of the date, such as mon. With an empty date, the slot is that of a normal week.
func (s Service) SeatsOf(date Day, weekday, session string, slot hours.Clock) (web, desk *int) {
	web, desk = s.Slot.Web, s.Slot.Desk
	best := -1
	for _, e := range s.Slot.Seats {
		if r := e.rank(); r > best && e.applies(date, weekday, session, slot) {
			best, web, desk = r, e.Web, e.Desk
		}
	}
	return web, desk
}

// SlotsOn returns the slots of a service on a day, in order. The list is empty in order
// mode, on a closed day, and without a timetable.
func (c Clinic) SlotsOn(s Service, sessions []hours.Session) ([]hours.Slot, error) {
	loc, err := c.Location()
	if err != nil || !s.BySlot() {
		return nil, err
	}
	return hours.Slots(sessions, s.Slot.Minutes, loc), nil
}

// PerPerson reports whether each person on a ticket takes seats.
func (s Slot) PerPerson() bool { return s.Per == SeatPerPerson }

// unset reports whether the settings are the zero value.
func (s Slot) unset() bool { return reflect.ValueOf(s).IsZero() }

// Weight returns the seats of its slot that a ticket takes, at least 1: those of its
// kind, times its people where a seat is a person.
func (s Service) Weight(kind string, party int) int {
	k, _ := s.Kind(kind)
	n := cmp.Or(k.Seats, 1)
	if s.Slot.PerPerson() {
		n *= max(party, 1)
	}
	return n
}

// OneEach reports whether a person has at most one live web ticket: per service and day
// in slot mode, per session in order mode.
func (s Service) OneEach() bool { return s.BySlot() || s.Capacity.OneEach }

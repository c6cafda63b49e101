package queue

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"junban/queue/clinic"
)

// TicketID names one ticket: service, day and sixty random bits, such as
// 1234-1-261121-k3f9a1x2m7qd. It is never used again. It reveals nothing about the
// patient, and is no secret: the token proves ownership.
type TicketID string

var ticketForm = regexp.MustCompile(`^([0-9]{4})-([1-9][0-9]?)-([0-9]{6})-[0-9a-z]{12}$`)

// ParseTicketID checks the form of a ticket's id; it does not look it up.
func ParseTicketID(s string) (TicketID, error) {
	if m := ticketForm.FindStringSubmatch(s); m != nil {
		if _, err := time.Parse("060102", m[3]); err == nil {
			return TicketID(s), nil
		}
	}
	return "", ErrNoTicket
}

// Ref returns the service the ticket was issued for. The id must have come
// from [ParseTicketID] or from the line.
func (id TicketID) Ref() clinic.Ref {
	number, rest, _ := strings.Cut(string(id), "-")
	service, _, _ := strings.Cut(rest, "-")
	return clinic.Ref{Clinic: clinic.ID(number), Service: service}
}

// Day returns the business date the ticket is for. The id must have come from
// [ParseTicketID] or from the line.
func (id TicketID) Day() clinic.Day {
	_, rest, _ := strings.Cut(string(id), "-")
	_, rest, _ = strings.Cut(rest, "-")
	d, _, _ := strings.Cut(rest, "-")
	return clinic.Day("20" + d[:2] + "-" + d[2:4] + "-" + d[4:])
}

// State is where a ticket stands, domain §5.2.
type State string

// The states.
const (
	Booked    State = "booked"     // 予約済: in order mode of a day to come, which gives its numbers when it begins; in slot mode until the arrival
	Waiting   State = "waiting"    // 順番待ち
	Called    State = "called"     // 呼出中
	InService State = "in_service" // 診察中
	Absent    State = "absent"     // 呼出時不在
	Held      State = "held"       // 保留
	Done      State = "done"       // 完了
	Cancelled State = "cancelled"  // 取消
	NoShow    State = "no_show"    // 来院なし
	Lost      State = "lost"       // 消えた受付: Redis lost it, its owner's token proves it; see [Store.FileLost]
)

// Ended reports whether the ticket's visit is over. Only undo leaves such a state.
func (s State) Ended() bool { return s == Done || s == Cancelled || s == NoShow }

// ActKind is an act on one ticket.
type ActKind string

// The acts on one ticket, domain §5.2.
const (
	Call    ActKind = "call"    // 呼出し: waiting → called; needs a room
	Recall  ActKind = "recall"  // 再呼出: called → called, attempt + 1
	Enter   ActKind = "enter"   // 入室: called → in_service
	Finish  ActKind = "finish"  // 完了: called, in_service → done
	Miss    ActKind = "absent"  // 不在: called → absent, waiting or no_show, by the service's rule
	Return  ActKind = "return"  // 戻り: absent, held → waiting at its place
	Hold    ActKind = "hold"    // 保留: waiting, called → held
	Resume  ActKind = "resume"  // 保留解除: held → waiting at its place
	Cancel  ActKind = "cancel"  // 取消: booked, waiting, absent, held, lost → cancelled
	Exam    ActKind = "exam"    // 検査へ: called, in_service → held; the leg begins that ends in 再診察
	Drop    ActKind = "no_show" // 来院なし: waiting, absent, held → no_show
	Readmit ActKind = "readmit" // 受け直す: lost → waiting at its old place
	Undo    ActKind = "undo"    // takes back the last act on the ticket

	Contacted ActKind = "contacted" // 連絡済み: booked, waiting, absent, held; see [Store.Contacted]

	Restore ActKind = "restore" // 予約を戻す: no ticket → booked, waiting; see [Store.Restore]

	CheckIn ActKind = "arrival" // 来院受付: booked → waiting; slot mode; see [Store.Arrival]
	Rebook  ActKind = "rebook"  // 予約変更: booked → booked elsewhere; see [Store.Rebook]
	Amend   ActKind = "edit"    // 内容変更: booked, waiting; see [Store.Edit]

	Transfer ActKind = "transfer" // 他科へ: every live state → waiting at the end of another service's line; see [Store.Transfer]
	Move     ActKind = "move"     // 順番変更: waiting, absent, held → waiting at a place of the desk's choice; see [Store.Move]
)

// guards are the states that allow each act.
var guards = map[ActKind][]State{
	Call:   {Waiting},
	Recall: {Called},
	Enter:  {Called},
	Finish: {Called, InService},
	Miss:   {Called},
	Return: {Absent, Held},
	Hold:   {Waiting, Called},
	Resume: {Held},
	Cancel: {Booked, Waiting, Absent, Held, Lost},
	Exam:   {Called, InService},
	Drop:   {Waiting, Absent, Held},

	Transfer: {Waiting, Called, InService, Absent, Held},
	Move:     {Waiting, Absent, Held},
	Readmit:  {Lost},
}

// actKinds is the order in which a desk meets the acts.
var actKinds = []ActKind{Readmit, Call, Recall, Enter, Finish, Miss, Return, Exam, Transfer, Move, Hold, Resume, Cancel, Drop, Undo}

// actsIn are the acts that each state admits, in that order. Undo, the last one, is not
// among them.
var actsIn = func() map[State][]ActKind {
	of := map[State][]ActKind{}
	for _, kind := range actKinds {
		for _, from := range guards[kind] {
			of[from] = append(of[from], kind)
		}
	}
	return of
}()

// Allows reports whether a ticket in state s admits an act of that kind. Undo
// depends on the ticket's past instead: see [Ticket.Acts].
func (s State) Allows(kind ActKind) bool {
	for _, from := range guards[kind] {
		if s == from {
			return true
		}
	}
	return false
}

// Ticket is one visit of one party.
type Ticket struct {
	ID             TicketID
	Number         int // 受付番号, unique per service and day, or session, and among the live; 0 while booked
	State          State
	Party          int // people (人数), at least 1
	FirstVisit     bool
	Kind           string // what the visit is for, one of the service's [clinic.Kind]s; "": unknown
	Channel        string // "web" or "desk"
	Mark           string // of where a web request came from, see [MarkOf]; for the desk only. "": not known
	Position       string // sorts as text in the order of the line; independent of Number
	Room           string // of the newest call, "" before the first
	Attempt        int    // calls so far, of this leg
	Returned       bool   // moved back after an absence (↓)
	ToEnd          bool   // its last absence cost it every place but the last (⊥)
	Issued         time.Time
	Called         time.Time // zero before the first call
	Entered        time.Time // of this leg
	Ended          time.Time
	Session        string // of the day, "" where no sessions are kept
	Line           string // the service in whose line it stands; its own, until a transfer
	Leg            int    // visits to a room that were sent on, by exam or transfer
	Presence       Presence
	Reason         string    // why it is held, moved, or over: one of the Reason constants
	LastAct        ActKind   // what undo would take back; "" when nothing
	Acted          time.Time // when LastAct was done; zero when nothing
	HasCode        bool      // its owner may cancel it with a code
	CodeHash       string    // keyed hash of that code, "" without one
	Lost           bool      // it was lost and filed again: another ticket may have its number
	ContactedAbout string    // name of the [Cut] of which the desk has informed its patient; "": none
	Inaccurate     bool      // finished, but not when the button was pressed: its times are no measure

	// Of slot mode, else empty. No change of a timetable changes them.
	Slot             string    // start of the home slot on its day, such as "10:00" or "25:30": the one that was booked; it holds the seat
	SlotEnd          string    // its end
	SlotFrom, SlotTo time.Time // the instants of both
	LineSlot         string    // start of the slot in whose order it stands: Slot, but after a late arrival, a move or a transfer; "" in a line of order mode
	Weight           int       // seats of its slot that it takes
	Late             bool      // it arrived after its slot's end and [clinic.Slot].Grace
	Arrived          time.Time // when it got its number; zero while booked

	MovedTo   TicketID // the ticket of another day that replaced it, see [Store.Rebook]; "": none
	MovedFrom TicketID // the ticket of another day that it replaced

	Rev string // names what the last act made of the ticket; see [Expect]. Undo restores the former one

	seq  uint64 // version of its newest call or of its end: the order of the called and of the ended
	stay bool   // its no-show was taken back: only the day's end makes it one again
}

// Presence is where the patient is (来院状況), apart from the state.
type Presence string

// The presences.
const (
	NotArrived Presence = ""     // 未来院
	Here       Presence = "here" // 院内
	Out        Presence = "out"  // 外出中
)

// Presences are the values of [Presence].
var Presences = []Presence{NotArrived, Here, Out}

// The reasons that a ticket carries. Those of a move are published.
const (
	ReasonExam     = "exam"     // 検査のため
	ReasonUrgent   = "urgent"   // 急患のため
	ReasonDesk     = "desk"     // 受付の都合により
	ReasonCalls    = "calls"    // absent after the last call
	ReasonTerminal = "terminal" // absent, where that ends a ticket
	ReasonDayEnd   = "day_end"  // the day was closed over it: its times are no measure
	ReasonMoved    = "moved"    // cancelled because a ticket of another day replaced it
	ReasonClinic   = "clinic"   // cancelled because the clinic closes that day or session
	ReasonSlotOver = "slot"     // booked, and not arrived in time
)

// MoveReasons are those that a move may have.
var MoveReasons = []string{ReasonExam, ReasonUrgent, ReasonDesk}

// Acts lists what may be done with the ticket now, in the desk's order.
func (t Ticket) Acts() []ActKind {
	acts := slices.Clip(actsIn[t.State])
	switch {
	case t.State == Waiting:
		acts = append(acts, Amend)
	case t.State == Booked && t.Slot != "":
		acts = []ActKind{CheckIn, Rebook, Amend, Cancel, Drop}
	}
	if t.LastAct != "" {
		acts = append(acts, Undo)
	}
	return acts
}

// Patient is who a ticket is for: kept apart from the ticket and out of the log. A map
// keeps values of up to 128 bytes without an allocation for each.
type Patient struct {
	Name       string `json:"name,omitempty"`
	Phone      string `json:"phone,omitempty"`
	CardNumber string `json:"card,omitempty"`

	// What a form may also ask for (B07), see [clinic.FormFields].
	Kana     string   `json:"kana,omitempty"`
	Mail     string   `json:"mail,omitempty"`
	Symptoms string   `json:"symptoms,omitempty"`
	Memo     string   `json:"memo,omitempty"` // the desk's own, which no patient reads or writes
	Birth    Birthday `json:"birth,omitempty"`
	Sex      Sex      `json:"sex,omitempty"`
	Consent  bool     `json:"consent,omitempty"` // to what the clinic's form asks
}

// Sex is the sex of a patient, 0 where it is not known. Redis has the number.
type Sex uint8

// Sexes are the names of the values of [Sex], from 1 on.
var Sexes = []string{"female", "male", "other"}

// SexOf returns the value of a name of Sexes; 0 for any other text.
func SexOf(name string) Sex { return Sex(slices.Index(Sexes, name) + 1) }

// String returns the name of the value, "" where it is not known.
func (s Sex) String() string {
	if s == 0 || int(s) > len(Sexes) {
		return ""
	}
	return Sexes[s-1]
}

// Reception is whether the web desk takes tickets (A16). The clinic's own desk always
// may.
type Reception string

// The states of the web desk.
const (
	Open   Reception = "open"   // 受付中
	Paused Reception = "paused" // 停止中
	Closed Reception = "closed" // 受付終了
	Before Reception = "before" // 受付前: the timetable opens it later; the desk cannot set it
	Auto   Reception = "auto"   // as the timetable has it; only set, never shown
)

// Valid reports whether the desk may set r.
func (r Reception) Valid() bool { return r == Open || r == Paused || r == Closed || r == Auto }

// Message is a temporary message with its expiry (臨時メッセージ).
type Message struct {
	Text  string
	Until time.Time
}

// Act is what every act carries beside its object.
type Act struct {
	// Key makes a repeat harmless: the same key with the same request returns
	// the first result, with another request [ErrKeyConflict]. Keys are scoped
	// to the clinic and kept for [KeyLife]. Empty: the act gets a key of its
	// own, which protects it against the client library's retries only.
	Key string
	By  clinic.Actor

	// Expect is not part of the request: a repeat with the same key returns the
	// first result, whatever it expects.
	Expect Expect
}

// Expect is what the client believes as it acts. An act that finds something else is
// refused and changes nothing. So two desks that act at once never finish or move a
// patient whom only one has seen. The zero value expects nothing.
type Expect struct {
	Inside TicketID // of a call: the open ticket in the room, or [Nobody]; "": not checked. Else [ErrRoomChanged]
	Rev    string   // of an act on one ticket: its [Ticket.Rev]; "": not checked. Else [ErrTicketChanged]
}

// Nobody is the value of [Expect].Inside for a free room.
const Nobody TicketID = "nobody"

// KeyLife is how long an act's key is remembered.
const KeyLife = 24 * time.Hour

// Request asks for a ticket.
type Request struct {
	Channel    string // "web" minds the reception and the bounds, "desk" may go over them
	Party      int
	FirstVisit bool
	Kind       string // what the visit is for: the ID of one of the service's [clinic.Kind]s, or ""
	Patient    Patient
	CodeHash   string     // of the cancel code; "" for a ticket only the desk may cancel
	Persons    []string   // keyed hashes of who it is for, where [clinic.Capacity].OneEach asks; each names the person
	Origin     string     // of a web request: keyed hash of the clinic and the network prefix it came from; "": not known. Only its [MarkOf] is kept
	Day        clinic.Day // a day to come (B12), see [clinic.Booking]; "": today. In slot mode it may name today too
	Session    string     // of that day; "": its first. Order mode only
	Slot       string     // start of the slot, in slot mode; "": of a walk-in, the first that is not over and has a free desk seat

	// Of the desk alone:
	Walkin   bool   // slot mode: the patient is here, so booking and arrival are one act; false: a booking by telephone
	Number   int    // a number kept for the desk (空番); 0: the next one
	Ahead    *int   // put in behind the first N waiting (急患); nil: at the end
	Reason   string // the published reason: [ReasonUrgent], [ReasonExam], [ReasonDesk]
	Override bool   // give it over a bound, above the desk's band, a second time, or to a larger party
}

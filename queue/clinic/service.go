package clinic

import (
	"slices"

	"junban/queue/hours"
)

// Service is 業務・診療内容: one desk with its own line.
type Service struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Mode      string       `json:"mode"`                 // one of Modes
	Unit      string       `json:"unit"`                 // 人 or 組 (A04)
	MaxParty  int          `json:"maxParty"`             // people on one ticket, at most
	WebCancel bool         `json:"webCancel"`            // the patient may cancel with the code (B15)
	First     string       `json:"firstVisit,omitempty"` // how a first visit is received: one of FirstVisits; "": FirstByWeb (B07)
	ComeAt    int          `json:"comeAt"`               // 来院目安: come when this many or fewer are ahead
	Hide      []string     `json:"hide"`                 // figures the public does not get (A08)
	Absence   Absence      `json:"absence"`
	Numbers   Numbers      `json:"numbers"`
	Capacity  Capacity     `json:"capacity"`
	Booking   Booking      `json:"booking"`
	Slot      Slot         `json:"slot,omitzero"`   // of slot mode
	Cancel    CancelRule   `json:"cancel,omitzero"` // until when the patient may cancel, if WebCancel
	Limits    PersonLimits `json:"limits,omitzero"`
	Form      FormFields   `json:"form,omitzero"`
	Reminders []Reminder   `json:"reminders,omitempty"`
	Kinds     []Kind       `json:"kinds,omitempty"` // what a visit may be for; none: it is not asked

	CountAbsent bool   `json:"countAbsent"` // 待ち人数 includes the absent (domain §1.8 point 3)
	SkipAway    bool   `json:"skipAway"`    // "next" skips patients who have not arrived or went out
	ExamBack    int    `json:"examBack"`    // waiting who go first when a patient is back from an exam (検査→再診察)
	Note        string `json:"note"`        // text beside an estimate

	Calendar *hours.Calendar `json:"calendar,omitempty"` // in place of the clinic's; its cutover does not count
	Closed   []hours.Closing `json:"closed,omitempty"`   // by the desk, see [Service.Close]
}

// Kind is something that a visit to a service may be for (診察, 注射, 予防接種). The times of
// each are learned apart. Its ID stays when it gets another name.
type Kind struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Seats int    `json:"seats,omitempty"` // slot mode: seats of its slot that a ticket takes; 0: 1
}

// How a first visit is received, beside the telephone.
const (
	FirstByWeb  = "button" // on the web, by a button of its own
	FirstByDesk = "desk"   // the web refers the patient to the desk
	FirstUnsaid = "none"   // not on the web; the clinic explains it in its message
)

// FirstVisits are the values of [Service].First.
var FirstVisits = []string{FirstByWeb, FirstByDesk, FirstUnsaid}

// FirstOnWeb reports whether a first visit is received on the web.
func (s Service) FirstOnWeb() bool { return s.First == "" || s.First == FirstByWeb }

// Absence is what happens to a called patient who does not come (domain §5.4).
type Absence struct {
	Rule      string `json:"rule"`      // one of AbsenceRules
	Back      int    `json:"back"`      // back_n: how many waiting go first; park: the same, counted at the return
	ThenTail  bool   `json:"thenTail"`  // from the second absence on, to the end
	MaxCalls  int    `json:"maxCalls"`  // the number of calls after which an absence ends the ticket (no_show); 0: no limit
	Cooldown  int    `json:"cooldown"`  // minutes after a call in which "next" does not offer the ticket again
	Tolerance int    `json:"tolerance"` // a return within this many further calls restores the former position; 0: never
}

// The absence rules of domain §5.4.
const (
	BackN         = "back_n"            // some places back, fixed at the absence
	Tail          = "tail"              // to the end, fixed at the absence
	Park          = "park_until_return" // behind the next few waiting, fixed at the return
	BackToWaiting = "back_to_waiting"   // waits again at once, at the old place
	Terminal      = "terminal"          // the ticket is over
)

// AbsenceRules are the values of [Absence].Rule.
var AbsenceRules = []string{BackN, Tail, Park, BackToWaiting, Terminal}

// Numbers is how a service numbers its tickets. The zero value numbers from 1
// through the day.
type Numbers struct {
	PerSession bool `json:"perSession"` // numbers restart with each session; otherwise with each day
	Start      int  `json:"start"`      // first number; 0: 1
	WebFrom    int  `json:"webFrom"`    // the web's numbers begin here, the desk's end before it; 0: one band
	Reserve    int  `json:"reserve"`    // every Nth number is reserved for the desk (空番); 0: none
}

// Booking is whether the web gives numbers for days to come (明日以降, B12).
type Booking struct {
	Days    int    `json:"days"`    // how many days ahead; 0: today only
	Numbers string `json:"numbers"` // order mode: when the number is given, "now" or with the day's "opening"; "": now

	// OpensAt is the time of a day at which the newest of those days opens; "": the start
	// of the day's web hours.
	OpensAt hours.Clock `json:"opensAt,omitempty"`
}

// The values of [Booking].Numbers.
const (
	NumbersNow     = "now"
	NumbersOpening = "opening"
)

// Capacity bounds a session of a service (domain §5.6).
type Capacity struct {
	Web       *int `json:"web"`       // live tickets from the web, per session; nil: no bound
	Desk      *int `json:"desk"`      // live tickets from the desk, per session; nil: no bound
	First     *int `json:"first"`     // live first visits from the web, per session; nil: no bound
	Few       int  `json:"few"`       // △ when this many or fewer web tickets are left
	Cancels   int  `json:"cancels"`   // after this many cancels in a session, only the desk can cancel the person's tickets; needs OneEach; 0: no limit
	Release   int  `json:"release"`   // minutes until a cancelled ticket's place is offered again
	OneEach   bool `json:"oneEach"`   // one live web ticket per person and session
	AutoStop  bool `json:"autoStop"`  // no web tickets that could not be served by the session's end
	Margin    int  `json:"margin"`    // minutes before the end by which AutoStop wants to be done
	PerTicket int  `json:"perTicket"` // minutes per ticket where nothing has been learned; 0: 6
}

// Hideable are the figures of a board or ticket that a clinic may hide.
var Hideable = []string{"calling", "waiting", "waitMinutes", "absent", "line", "message", "availability", "ahead", "slots"}

// Kind returns the kind of visit with that id.
func (s Service) Kind(id string) (Kind, bool) {
	i := slices.IndexFunc(s.Kinds, func(k Kind) bool { return k.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return s.Kinds[i], true
}

// Takes reports whether a visit may be of that kind. "" is allowed.
func (s Service) Takes(kind string) bool {
	_, ok := s.Kind(kind)
	return ok || kind == ""
}

// Hides reports whether the public must not see the figure.
func (s Service) Hides(figure string) bool { return slices.Contains(s.Hide, figure) }

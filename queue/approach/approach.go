package approach

import "time"

// Want is what a patient asked for.
type Want struct {
	Travel time.Duration // until they are at the clinic
	Ahead  int           // told when this many or fewer are ahead (来院目安)
	Next   bool          // also when they are next
}

// Ticket is where a ticket stands now.
type Ticket struct {
	Now     time.Time
	Waiting bool // in its line; false: called, absent, held, in an exam, over
	Here    bool // at the clinic
	Ahead   int  // tickets ahead in the line

	// Low and High are the ends of the range as shown, from now. Both are 0 where none is shown.
	Low, High time.Duration

	Slot time.Time // start of the home slot, of slot mode; zero in order mode
}

// Sent is what was sent in this leg before.
type Sent struct {
	Approaches int           // approach notices
	Next       bool          // the one of the next patient
	Back       bool          // the notice that the ticket moved back, after the last approach
	Delay      bool          // the notice of a delay, after the last approach
	Low        time.Duration // low end of the newest notice that had one, from At
	At         time.Time     // when it was planned
}

// Decision is the notice that is due.
type Decision string

// The decisions.
const (
	None  Decision = ""
	Go    Decision = "go"    // まもなく
	Next  Decision = "next"  // 次の方
	Back  Decision = "back"  // moved back after an approach
	Delay Decision = "delay" // later than was sent
)

package clinic

import (
	"cmp"
	"time"

	"junban/queue/hours"
)

// Quiet are the hours in which no reminder and no news is sent.
type Quiet struct {
	From  hours.Clock `json:"from,omitempty"`  // "": 21:00
	Until hours.Clock `json:"until,omitempty"` // "": 08:00
}

// The quiet hours of a clinic that set none.
const (
	QuietFrom  hours.Clock = "21:00"
	QuietUntil hours.Clock = "08:00"
)

// Hours are when the quiet hours begin and end. They end on the next date where the end
// is the earlier clock.
func (q Quiet) Hours() (from, until hours.Clock) {
	return cmp.Or(q.From, QuietFrom), cmp.Or(q.Until, QuietUntil)
}

// Around returns the beginning and the end of the quiet hours that an instant is in. ok
// is false where it is in none. The zone of the instant is the clinic's. Clocks that
// [Clinic.Validate] refuses are no quiet hours.
func (q Quiet) Around(at time.Time) (began, ends time.Time, ok bool) {
	first, last := q.Hours()
	from, err := first.Minutes()
	until, err2 := last.Minutes()
	if err != nil || err2 != nil || from == until {
		return began, ends, false
	}
	y, m, d := at.Date()
	minute, over := at.Hour()*60+at.Minute(), 0
	if from > until { // over midnight
		over = 1
		if minute < until {
			d--
			minute += 24 * 60
		}
		until += 24 * 60
	}
	if minute < from || minute >= until {
		return began, ends, false
	}
	return time.Date(y, m, d, 0, from, 0, 0, at.Location()), time.Date(y, m, d+over, 0, until-over*24*60, 0, 0, at.Location()), true
}

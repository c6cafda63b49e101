package queue

import "time"

// Advice is what the owner of a ticket should do now. The pages translate it and
// decide nothing.
type Advice string

// The advices.
const (
	AdviseWait       Advice = "wait"       // wait anywhere
	AdviseStart      Advice = "start"      // few are ahead, but the session has not begun: come for its start
	AdviseCome       Advice = "come"       // the turn is near: come to the clinic
	AdviseHere       Advice = "here"       // arrived: wait in the clinic
	AdviseEnter      Advice = "enter"      // called: go to the room
	AdviseStay       Advice = "stay"       // being seen
	AdviseExam       Advice = "exam"       // at an exam, and called again after it
	AdviseMissed     Advice = "missed"     // absent when called, and never arrived
	AdviseAbsent     Advice = "absent"     // absent when called, and still out
	AdviseAbsentHere Advice = "absentHere" // absent when called, and arrived since: the desk decides
	AdviseDesk       Advice = "desk"       // held: speak to the desk
	AdviseLost       Advice = "lost"       // its record was lost: show the number at the desk
	AdviseLater      Advice = "later"      // for a day to come, or for a slot that begins later
	AdviseClosed     Advice = "closed"     // its session does not take place: call the clinic
	AdviseShort      Advice = "short"      // its session was shortened, and its turn comes after the end: call the clinic
	AdviseNone       Advice = "none"       // done
	AdviseCancelled  Advice = "cancelled"  // over without a visit
)

// comeLead is how long before the turn or the session's start a patient with few ahead
// is asked to come.
const comeLead = 30 * time.Minute

// Situation is all that an [Advice] depends on.
type Situation struct {
	State    State
	Presence Presence
	Exam     bool      // held for an exam
	Later    bool      // its day has not come
	Closed   bool      // the timetable has its session no more
	Short    bool      // its session was shortened, and the desk has not informed its patient yet: see [Cut]
	Few      bool      // no more are ahead than [clinic.Service.ComeAt]; false where this was not counted
	Sent     bool      // the newest notice of it asked its patient to come, see [Told.Comes]
	Start    time.Time // of its slot, or of its session's consultation; zero: no timetable
	End      time.Time // of the same
	Now      time.Time
	Wait     time.Duration // the lower estimate until the call; negative: none
}

// Advice is the rule. A patient who booked a slot comes for its start (A02). Else `come` needs
// few ahead and a turn that is near, or a notice that has asked the patient to come: the page
// does not contradict it. A turn is near by
// the estimate, or as its session has begun or soon begins. A cancelled session asks no
// patient to come. A shortened one does not ask those whose turn would come after its
// end.
func (s Situation) Advice() Advice {
	switch s.State {
	case Booked, Waiting:
		switch {
		case s.Closed && (s.Later || s.Presence != Here): // one who booked at the desk was there that day
			return AdviseClosed
		case s.State == Booked && !s.Later && (s.Sent || !s.Start.IsZero() && s.Start.Sub(s.Now) <= comeLead):
			return AdviseCome
		case s.Later || s.State == Booked:
			return AdviseLater
		case s.Presence == Here:
			return AdviseHere
		case s.Short && s.Now.Add(max(s.Wait, 0)).After(s.End):
			return AdviseShort
		case s.Sent:
			return AdviseCome
		case !s.Few:
			return AdviseWait
		case s.Start.IsZero() || s.Start.Sub(s.Now) <= comeLead || s.Wait >= 0 && s.Wait <= comeLead:
			return AdviseCome
		}
		return AdviseStart
	case Called:
		return AdviseEnter
	case InService:
		return AdviseStay
	case Held:
		if s.Exam {
			return AdviseExam
		}
		return AdviseDesk
	case Absent:
		switch s.Presence {
		case Here:
			return AdviseAbsentHere
		case Out:
			return AdviseAbsent
		}
		return AdviseMissed
	case Lost:
		return AdviseLost
	case Done:
		return AdviseNone
	}
	return AdviseCancelled
}

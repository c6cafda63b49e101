package clinic

import (
	"fmt"
	"slices"

	"junban/queue/hours"
	"junban/queue/rule"
)

// maxClosed is how many closed dates and sessions a service has at most.
const maxClosed = 200

// How a session is closed, see [Service.ClosedOn].
const (
	ClosedDay     = "day"     // with all sessions of its day
	ClosedSession = "session" // alone
)

// Close closes a day to booking at once, or one session of it (休診). The timetable stays
// as it is, also one that several services share. The day then lacks the session: neither
// the web nor the desk books or rebooks into it, until [Service.Reopen]. Days before today
// are forgotten.
func (s *Service) Close(today, day Day, session string) {
	s.Closed = append(s.without(day, session), hours.Closing{Date: string(day), Session: session})
	s.Closed = slices.DeleteFunc(s.Closed, func(c hours.Closing) bool { return c.Date < string(today) })
}

// Reopen ends what [Service.Close] did. Session "" opens all that was closed of the day.
func (s *Service) Reopen(day Day, session string) { s.Closed = s.without(day, session) }

// without is a copy of Closed without a day, or a session of it.
func (s *Service) without(day Day, session string) []hours.Closing {
	return slices.DeleteFunc(slices.Clone(s.Closed), func(c hours.Closing) bool {
		return c.Date == string(day) && (session == "" || c.Session == session)
	})
}

// ClosedOn returns how a session of a day is closed, or the day with session "": it is
// [ClosedDay], [ClosedSession], or "" if it is not.
func (s Service) ClosedOn(day Day, session string) (how string) {
	for _, c := range s.Closed {
		switch {
		case c.Date == string(day) && c.Session == "":
			return ClosedDay
		case c.Date == string(day) && c.Session == session:
			how = ClosedSession
		}
	}
	return how
}

// checkClosed checks what the desk has closed.
func checkClosed(closed []hours.Closing, at string) (errs []rule.Error) {
	if len(closed) > maxClosed {
		errs = append(errs, rule.Wrong(at, rule.TooMany, "count", len(closed), "most", maxClosed))
	}
	for i, c := range closed {
		if !rule.IsDate(c.Date) {
			errs = append(errs, rule.Wrong(fmt.Sprintf("%s[%d].date", at, i), rule.NotDate, "value", c.Date))
		}
	}
	return errs
}

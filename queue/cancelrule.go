package queue

import (
	"time"

	"junban/internal/refusal"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// CancelUntil returns until when the owner of a ticket may cancel it, by the
// [clinic.CancelRule] of its service (B15, L16). Zero: as long as its state allows.
func CancelUntil(c clinic.Clinic, t Ticket) time.Time {
	service, _ := c.Service(t.ID.Ref().Service)
	rule := service.Cancel
	before := time.Duration(rule.Minutes) * time.Minute
	switch {
	case rule.Anchor == clinic.CancelByClock:
		return cancelClock(c, rule, t.ID.Day())
	case t.Slot == "":
		return time.Time{}
	case rule.Anchor == clinic.CancelByEnd:
		return t.SlotTo.Add(-before)
	case rule.Anchor == clinic.CancelByStart:
		return t.SlotFrom.Add(-before)
	}
	return t.SlotFrom
}

// cancelClock returns the deadline by a clock time some days before a day.
func cancelClock(c clinic.Clinic, rule clinic.CancelRule, day clinic.Day) time.Time {
	loc, err := c.Location()
	date, errDay := time.Parse(time.DateOnly, string(day))
	if err != nil || errDay != nil {
		return time.Time{}
	}
	at, _ := hours.Instant(date.AddDate(0, 0, -rule.Days).Format(time.DateOnly), rule.At, loc)
	return at
}

// WhyNotCancel returns why the owner of a ticket cannot cancel it now, or nil. Ahead is
// how many wait before it. The code of a ticket may be locked too ([ErrCodeLocked]).
func WhyNotCancel(c clinic.Clinic, t Ticket, ahead int, now time.Time) *refusal.Refusal {
	service, _ := c.Service(t.ID.Ref().Service)
	until := CancelUntil(c, t)
	switch {
	case !service.WebCancel || !t.HasCode:
		return ErrNotCancellable
	case !t.State.Allows(Cancel):
		return ErrState
	case !until.IsZero() && !now.Before(until):
		return ErrCancelTooLate
	case service.Cancel.Anchor == clinic.CancelByAhead && t.State == Waiting && t.Slot == "" && ahead < service.Cancel.Ahead:
		return ErrCancelTooLate
	}
	return nil
}

// cancelArgs are the rule as lua/cancel.lua takes it: an anchor, and milliseconds or a
// number of tickets. [CancelUntil] has the same rule.
func cancelArgs(c clinic.Clinic, s clinic.Service, id TicketID) (anchor string, limit int64) {
	rule := s.Cancel
	switch rule.Anchor {
	case clinic.CancelByClock:
		if at := cancelClock(c, rule, id.Day()); !at.IsZero() {
			return "at", at.UnixMilli()
		}
		return "", 0
	case clinic.CancelByAhead:
		return rule.Anchor, int64(rule.Ahead)
	case clinic.CancelByEnd:
		return rule.Anchor, minutesMs(rule.Minutes)
	case clinic.CancelByStart:
		return rule.Anchor, minutesMs(rule.Minutes)
	}
	return clinic.CancelByStart, 0 // a ticket without a slot has no start
}

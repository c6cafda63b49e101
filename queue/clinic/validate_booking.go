package clinic

import (
	"fmt"
	"slices"

	"junban/queue/hours"
	"junban/queue/rule"
)

// checkBooking checks the settings of a service about booking whose fields belong
// together. Slots need no timetable: without sessions there are no slots.
func (c Clinic) checkBooking(s Service, at string) (errs []rule.Error) {
	bad := func(path string, code rule.Code, params ...any) {
		errs = append(errs, rule.Wrong(at+path, code, params...))
	}
	if !s.BySlot() && s.Booking.Days <= SlotDays { // more is an error already
		errs = append(errs, orderRules.Check(&s, at)...)
	}
	if hours.IsClock(string(s.Booking.OpensAt)) {
		errs = append(errs, c.calendar().CheckTime(at+".booking.opensAt", s.Booking.OpensAt)...)
	}
	if m := s.Slot.Minutes; m%5 != 0 {
		bad(".slot.minutes", notMultiple, "value", m, "of", 5)
	}
	if n := s.Numbers; s.BySlot() && s.Slot.NumberBySlot && n != (Numbers{Start: min(n.Start, 1)}) {
		bad(".slot.numberBySlot", otherNumbers)
	}
	errs = append(errs, checkClosed(s.Closed, at+".closed")...)
	errs = append(errs, checkSeats(s.Slot.Seats, at+".slot.seats")...)
	errs = append(errs, c.checkCancel(s, at+".cancel")...)
	if s.OneEach() {
		if !s.identifies(true) {
			bad(".form.first.card", notIdentified)
		}
		if !s.identifies(false) {
			bad(".form.again.card", notIdentified)
		}
	}
	return errs
}

// checkSeats checks that no two entries are of the same slots, and none of all.
func checkSeats(seats []SlotSeats, at string) (errs []rule.Error) {
	type key struct {
		date             Day
		weekday, session string
		slot             hours.Clock
	}
	seen := map[key]bool{}
	for i, e := range seats {
		k := key{e.Date, e.Weekday, e.Session, e.Slot}
		path := fmt.Sprintf("%s[%d]", at, i)
		switch {
		case e.rank() == 0:
			errs = append(errs, rule.Wrong(path+".weekday", appliesToAll))
		case e.Date != "" && e.Weekday != "":
			errs = append(errs, rule.Wrong(path+".weekday", notBoth, "other", "date"))
		case seen[k]:
			errs = append(errs, rule.Wrong(path, sameSlots))
		}
		seen[k] = true
	}
	return errs
}

// checkCancel checks that the anchor belongs to the mode, and has what it needs.
func (c Clinic) checkCancel(s Service, at string) (errs []rule.Error) {
	bad := func(path string, code rule.Code, params ...any) {
		errs = append(errs, rule.Wrong(at+path, code, params...))
	}
	r, anchors := s.Cancel, CancelAnchors(s.Mode)
	switch {
	case !slices.Contains(cancelAnchors, r.Anchor): // the default, or unknown
	case !slices.Contains(anchors, r.Anchor):
		bad(".anchor", rule.NotOneOf, "value", r.Anchor, "values", append([]string{CancelByDefault}, anchors...))
	case r.Anchor == CancelByClock && r.At == "":
		bad(".at", rule.Missing)
	case r.Anchor == CancelByClock && hours.IsClock(string(r.At)):
		errs = append(errs, c.calendar().CheckTime(at+".at", r.At)...)
	case r.Anchor == CancelByAhead && r.Ahead == 0:
		bad(".ahead", rule.Below, "value", 0, "least", 1)
	}
	return errs
}

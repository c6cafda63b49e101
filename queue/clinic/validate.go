package clinic

import (
	"fmt"
	"slices"

	"junban/queue/rule"
)

// Validate checks every field of the record against its rule. The errors of single
// fields come in the order of the record, then those of fields that belong together.
func (c Clinic) Validate() []rule.Error {
	errs := rules.Check(&c, "")
	bad := func(path string, code rule.Code, params ...any) {
		errs = append(errs, rule.Wrong(path, code, params...))
	}
	if n := c.Card.Least; n > max(c.Card.Most, 0) || n == 0 && c.Card.Most > 0 {
		bad("card.least", rule.Between, "value", n, "least", min(c.Card.Most, 1), "most", max(c.Card.Most, 0))
	}
	errs = append(errs, c.checkNotices()...)
	for i, s := range c.Services {
		at := fmt.Sprintf("services[%d]", i)
		if slices.IndexFunc(c.Services, func(o Service) bool { return o.ID == s.ID }) < i {
			bad(at+".id", rule.UsedTwice, "value", s.ID)
		}
		if s.Numbers.Reserve == 1 {
			bad(at+".numbers.reserve", reservesAll)
		}
		if s.Numbers.WebFrom > 0 && s.Numbers.WebFrom <= max(s.Numbers.Start, 1) {
			bad(at+".numbers.webFrom", noDeskNumbers, "value", s.Numbers.WebFrom)
		}
		errs = append(errs, c.checkBooking(s, at)...)
		errs = append(errs, checkReminders(s.Reminders, at+".reminders")...)
		for j, k := range s.Kinds {
			if slices.IndexFunc(s.Kinds, func(o Kind) bool { return o.ID == k.ID }) < j {
				bad(fmt.Sprintf("%s.kinds[%d].id", at, j), rule.UsedTwice, "value", k.ID)
			}
		}
	}
	for i, r := range c.Rooms {
		at := fmt.Sprintf("rooms[%d]", i)
		if slices.IndexFunc(c.Rooms, func(o Room) bool { return o.ID == r.ID }) < i {
			bad(at+".id", rule.UsedTwice, "value", r.ID)
		}
		for j, id := range r.Services {
			if _, ok := c.Service(id); !ok {
				bad(fmt.Sprintf("%s.services[%d]", at, j), UnknownService, "value", id)
			}
		}
	}
	return errs
}

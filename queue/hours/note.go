package hours

import (
	"cmp"
	"slices"
	"time"
)

// Note is a public notice of consecutive dates that differ from their weekdays.
type Note struct {
	From, To string // first and last date
	Closed   bool
	Reason   string // in the clinic's words; not empty
}

// Notes returns the notices for the dates from one to another, inclusive, in
// order. Exceptions without a reason have none. Consecutive dates with the same
// reason share one.
func (c Calendar) Notes(from, to string) []Note {
	var notes []Note
	for _, e := range c.Exceptions {
		if e.Reason != "" && from <= e.Date && e.Date <= to {
			notes = append(notes, Note{e.Date, e.Date, e.Closed, e.Reason})
		}
	}
	slices.SortFunc(notes, func(a, b Note) int { return cmp.Compare(a.From, b.From) })
	var merged []Note
	for _, n := range notes {
		if last := len(merged) - 1; last >= 0 && merged[last] == (Note{merged[last].From, dayBefore(n.From), n.Closed, n.Reason}) {
			merged[last].To = n.To
			continue
		}
		merged = append(merged, n)
	}
	return merged
}

// dayBefore returns the date before a date, or "" if the date is invalid.
func dayBefore(date string) string {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return d.AddDate(0, 0, -1).Format(time.DateOnly)
}

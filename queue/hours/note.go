package hours

import (
	"cmp"
	"slices"
	"time"
)

// Note is what the public is told of dates that differ from their weekday.
type Note struct {
	From, To string // the first and the last date, often the same one
	Closed   bool
	Reason   string // in the clinic's words, never ""
}

// Notes returns what is told of the dates from one to another, both included,
// in order: an exception without a reason tells nothing. Dates that follow each
// other with the same reason are one note.
func (c Calendar) Notes(from, to string) []Note {
	var notes []Note
	for _, e := range c.Exceptions {
		if e.Reason != "" && from <= e.Date && e.Date <= to {
			notes = append(notes, Note{e.Date, e.Date, e.Closed, e.Reason})
		}
	}
	slices.SortFunc(notes, func(a, b Note) int { return cmp.Compare(a.From, b.From) })
	var told []Note
	for _, n := range notes {
		if last := len(told) - 1; last >= 0 && told[last] == (Note{told[last].From, dayBefore(n.From), n.Closed, n.Reason}) {
			told[last].To = n.To
			continue
		}
		told = append(told, n)
	}
	return told
}

// dayBefore is the date before a date, or "" before a text that is none.
func dayBefore(date string) string {
	d, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return d.AddDate(0, 0, -1).Format(time.DateOnly)
}

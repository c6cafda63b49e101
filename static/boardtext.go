package static

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// dayNote returns the text of a note, on a page that shows the date today.
func (s *Site) dayNote(lang string, n DayNote, today string) (string, error) {
	date := func(d string) (string, error) {
		if d == today {
			return s.text(lang, "dayNote.today")
		}
		at, err := time.Parse(time.DateOnly, d)
		if err != nil {
			return "", fmt.Errorf("note of a day: %w", err)
		}
		return s.date(lang, at)
	}
	from, err := date(n.From)
	if err != nil {
		return "", err
	}
	when := from
	if n.To != n.From {
		to, err := date(n.To)
		if err != nil {
			return "", err
		}
		if when, err = s.text(lang, "dayNote.range", "from", from, "to", to); err != nil {
			return "", err
		}
	}
	key := "dayNote.note"
	if n.Closed {
		key = "dayNote.closed"
	}
	return s.text(lang, key, "when", when, "reason", n.Reason)
}

// numbers formats the numbers of a line: its own, then those of other services
// with their names. The scripts use the same format.
func (s *Site) numbers(lang string, own []int, guests []Guest) (string, error) {
	var names []string
	given := map[string][]int{} // by the service's name
	for _, g := range guests {
		if given[g.Of] == nil {
			names = append(names, g.Of)
		}
		given[g.Of] = append(given[g.Of], g.Number)
	}
	var parts []string
	if len(own) > 0 {
		parts = append(parts, commas(own))
	}
	for _, name := range names {
		theirs, err := s.text(lang, "board.guests", "service", name, "numbers", commas(given[name]))
		if err != nil {
			return "", err
		}
		parts = append(parts, theirs)
	}
	return strings.Join(parts, " / "), nil
}

func commas(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}

// stopReason returns the text of a predefined reason, or the desk's own text.
func (s *Site) stopReason(lang, reason string) (string, error) {
	sentence, err := s.text(lang, "stop."+reason)
	if errors.Is(err, errNoText) {
		return reason, nil
	}
	return sentence, err
}

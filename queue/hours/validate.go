package hours

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"junban/queue/typed"
)

// The most that a calendar holds.
const (
	maxExceptions = 200
	maxFrames     = 6 // on one day, extra ones among them
	maxReason     = 100
)

// FieldError says what is wrong with one field of a calendar.
type FieldError struct {
	Path   string // such as weekly.mon[1].consult
	Reason string
}

func (e FieldError) Error() string { return e.Path + ": " + e.Reason }

// Validate returns all that is wrong with the calendar, in the record's order;
// weekdays go from Sunday.
func (c Calendar) Validate() []FieldError {
	v := validation{day: c.day()}
	if c.Cutover != "" {
		if m, ok := v.clock("cutover", c.Cutover); ok && m > latestCutover {
			v.bad("cutover", "%s is later than %s", c.Cutover, clock(latestCutover))
		}
	}
	weekdays := weekdays()
	v.keys("weekly", slices.Sorted(maps.Keys(c.Weekly)))
	week := map[string][]placed{}
	for _, weekday := range weekdays {
		week[weekday] = v.frames("weekly."+weekday, c.Weekly[weekday], c.openOn(weekday, c.Weekly[weekday]))
		v.together(week[weekday], "weekly."+weekday)
	}
	v.exceptions(c, week)
	v.keys("open", slices.Sorted(maps.Keys(c.Open)))
	for _, weekday := range weekdays {
		if s, said := c.Open[weekday]; said {
			v.span("open."+weekday, s)
		}
	}
	return v.errs
}

// validation collects what is wrong.
type validation struct {
	day  minutes
	errs []FieldError
}

// placed is a frame that can be read, and where the record has it.
type placed struct {
	path    string
	session string
	windows
}

func (v *validation) bad(path, format string, args ...any) {
	v.errs = append(v.errs, FieldError{path, fmt.Sprintf(format, args...)})
}

func (v *validation) keys(path string, keys []string) {
	weekdays := weekdays()
	for _, k := range keys {
		if !slices.Contains(weekdays[:], k) {
			v.bad(path, "%q is not one of %s", k, strings.Join(weekdays[:], ", "))
		}
	}
}

func (v *validation) clock(path string, c Clock) (int, bool) {
	if c == "" {
		v.bad(path, "is missing")
		return 0, false
	}
	m, err := c.Minutes()
	if err != nil {
		v.bad(path, "%v", err)
	}
	return m, err == nil
}

func (v *validation) span(path string, s Span) {
	from, okFrom := v.clock(path+".from", s.From)
	to, okTo := v.clock(path+".to", s.To)
	if okFrom && okTo {
		v.inside(path, path, minutes{from, to})
	}
}

// inside checks a window that one field begins and one field ends, which may be the same.
func (v *validation) inside(begins, ends string, m minutes) {
	switch {
	case m.from < v.day.from:
		v.bad(begins, "begins before the business date, which is %s", v.day)
	case m.to > v.day.to:
		v.bad(ends, "ends after the business date, which is %s", v.day)
	case m.empty():
		v.bad(ends, "ends before it begins")
	}
}

// frames checks each of a list, and returns those that can be read.
func (v *validation) frames(path string, frames []Frame, open minutes) []placed {
	var read []placed
	for i, f := range frames {
		at := fmt.Sprintf("%s[%d]", path, i)
		if rank(f.Session) < 0 {
			v.bad(at+".session", "%q is not one of %s", f.Session, strings.Join(kinds(), ", "))
		}
		before := len(v.errs)
		v.span(at+".consult", f.Consult)
		if f.Desk.From != "" {
			v.clock(at+".desk.from", f.Desk.From)
		}
		if f.Desk.To != "" {
			v.clock(at+".desk.to", f.Desk.To)
		}
		w, ok := f.windows(v.day)
		if !ok || len(v.errs) > before {
			continue
		}
		v.inside(at+".desk", at+".desk", w.desk)
		v.inside(at+".webOpen", at+".webClose", w.web)
		if !w.web.empty() && w.web.and(open).empty() {
			v.bad(at+".webOpen", "the web window, %s, is outside the web hours, %s", w.web, open)
		}
		read = append(read, placed{at, f.Session, w})
	}
	return read
}

// together checks that the frames of one day can all take place. It speaks only
// of those below path; the others were spoken of where they stand.
func (v *validation) together(day []placed, path string) {
	if len(day) > maxFrames {
		v.bad(path, "the day has %d sessions, at most %d are allowed", len(day), maxFrames)
	}
	day = slices.SortedStableFunc(slices.Values(day), func(a, b placed) int {
		return cmp.Compare(a.consult.from, b.consult.from)
	})
	for i := 1; i < len(day); i++ {
		a, b := day[i-1], day[i]
		at, other := b, a
		if !strings.HasPrefix(at.path, path) {
			at, other = a, b
		}
		if !strings.HasPrefix(at.path, path) {
			continue
		}
		switch {
		case !a.consult.and(b.consult).empty():
			v.bad(at.path+".consult", "overlaps %s, which is %s", other.path, other.consult)
		case rank(a.session) > rank(b.session) && rank(b.session) >= 0:
			v.bad(at.path+".session", "%s comes before %s", a.session, b.session)
		}
	}
}

func (v *validation) exceptions(c Calendar, week map[string][]placed) {
	if n := len(c.Exceptions); n > maxExceptions {
		v.bad("exceptions", "has %d entries, at most %d are allowed", n, maxExceptions)
	}
	seen := map[string]bool{}
	for i, e := range c.Exceptions {
		at := fmt.Sprintf("exceptions[%d]", i)
		date, err := time.Parse(time.DateOnly, e.Date)
		if err != nil {
			v.bad(at+".date", "%q is not a date such as 2026-12-30", e.Date)
		} else if seen[e.Date] {
			v.bad(at+".date", "%s is used twice", e.Date)
		}
		seen[e.Date] = true
		if n := utf8.RuneCountInString(e.Reason); n > maxReason {
			v.bad(at+".reason", "has %d characters, at most %d are allowed", n, maxReason)
		} else if strings.ContainsFunc(e.Reason, typed.Refused) {
			v.bad(at+".reason", typed.Reason)
		}
		if e.Closed && len(e.Frames)+len(e.Extra) > 0 {
			v.bad(at+".closed", "a closed date has no sessions")
		}
		usual := week[key(date.Weekday())]
		open := c.openOn(key(date.Weekday()), slices.Concat(e.Frames, e.Extra))
		if e.Open != nil {
			open = v.day // a maintenance may well close the web for a whole session
		}
		if own := v.frames(at+".frames", e.Frames, open); len(e.Frames) > 0 {
			usual = own
		}
		if extra := v.frames(at+".extra", e.Extra, open); err == nil && len(e.Frames)+len(e.Extra) > 0 {
			v.together(slices.Concat(usual, extra), at)
		}
		if e.Open != nil {
			v.span(at+".open", *e.Open)
		}
	}
}

// kinds are the sessions in the order of a day.
func kinds() []string { return []string{Morning, Afternoon, Evening} }

// rank is a session's place in the day, -1 if it is none.
func rank(session string) int { return slices.Index(kinds(), session) }

package hours

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"junban/queue/rule"
)

// maxFrames is how many sessions a day has at most, extra ones among them.
const maxFrames = 6

// table has the rules of the fields that stand alone. The others are in
// [Calendar.Validate].
var table = rule.Table[Calendar]{
	rule.List("exceptions", 0, 200, func(c *Calendar) []Exception { return c.Exceptions }, rule.Table[Exception]{
		rule.Form("date", rule.NotDate, rule.IsDate, func(e *Exception) *string { return &e.Date }),
		rule.Text("reason", 0, 100, func(e *Exception) *string { return &e.Reason }),
	}),
}

// Rules returns the rules of the table.
func Rules() []rule.Rule { return table.Rules() }

// What may be wrong with a calendar.
var (
	NotTime         = rule.NewCode("not_time", "{value} is not a time from 00:00 to {most}")
	cutoverTooLate  = rule.NewCode("cutover_too_late", "{time} is later than {most}")
	tooEarly        = rule.NewCode("too_early", "begins before the business date, which is {from} to {to}")
	tooLate         = rule.NewCode("too_late", "ends after the business date, which is {from} to {to}")
	reversed        = rule.NewCode("reversed", "ends before it begins")
	outsideWebHours = rule.NewCode("outside_web_hours", "the web window, {from} to {to}, is outside the web hours, {openFrom} to {openTo}")
	tooManySessions = rule.NewCode("too_many_sessions", "the day has {count} sessions, at most {most} are allowed")
	overlaps        = rule.NewCode("overlaps", "overlaps {other}, which is {from} to {to}")
	wrongOrder      = rule.NewCode("wrong_order", "{session} comes before {other}")
	closedWith      = rule.NewCode("closed_with_sessions", "a closed date has no sessions")
)

// Validate returns the errors of the calendar, in the record's order; weekdays go
// from Sunday. Of the exceptions, the errors of single fields are first.
func (c Calendar) Validate() []rule.Error {
	v := validation{day: c.day()}
	if c.Cutover != "" {
		if m, ok := v.clock("cutover", c.Cutover); ok && m > latestCutover {
			v.bad("cutover", cutoverTooLate, "time", string(c.Cutover), "most", clock(latestCutover))
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
		if s, ok := c.Open[weekday]; ok {
			v.span("open."+weekday, s)
		}
	}
	return v.errs
}

// CheckTime returns the error of a time of a business date that is below path. A time
// is invalid, or outside the business date.
func (c Calendar) CheckTime(path string, at Clock) []rule.Error {
	v := validation{day: c.day()}
	switch m, ok := v.clock(path, at); {
	case ok && m < v.day.from:
		v.bad(path, tooEarly, v.day.params()...)
	case ok && m > v.day.to:
		v.bad(path, tooLate, v.day.params()...)
	}
	return v.errs
}

// IsClock reports whether a text is a [Clock].
func IsClock(s string) bool {
	_, err := Clock(s).Minutes()
	return err == nil
}

// validation collects what is wrong.
type validation struct {
	day  minutes
	errs []rule.Error
}

// placed is a frame that can be read, and where the record has it.
type placed struct {
	path    string
	session string
	windows
}

func (v *validation) bad(path string, code rule.Code, params ...any) {
	v.errs = append(v.errs, rule.Wrong(path, code, params...))
}

func (v *validation) keys(path string, keys []string) {
	weekdays := weekdays()
	for _, k := range keys {
		if !slices.Contains(weekdays[:], k) {
			v.bad(path, rule.NotOneOf, "value", k, "values", weekdays[:])
		}
	}
}

func (v *validation) clock(path string, c Clock) (int, bool) {
	if c == "" {
		v.bad(path, rule.Missing)
		return 0, false
	}
	m, err := c.Minutes()
	if err != nil {
		v.bad(path, NotTime, "value", string(c), "most", clock(latestClock))
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
		v.bad(begins, tooEarly, v.day.params()...)
	case m.to > v.day.to:
		v.bad(ends, tooLate, v.day.params()...)
	case m.empty():
		v.bad(ends, reversed)
	}
}

// frames checks each of a list, and returns those that can be read.
func (v *validation) frames(path string, frames []Frame, open minutes) []placed {
	var read []placed
	for i, f := range frames {
		at := fmt.Sprintf("%s[%d]", path, i)
		if rank(f.Session) < 0 {
			v.bad(at+".session", rule.NotOneOf, "value", f.Session, "values", kinds())
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
			v.bad(at+".webOpen", outsideWebHours, append(w.web.params(), "openFrom", clock(open.from), "openTo", clock(open.to))...)
		}
		read = append(read, placed{at, f.Session, w})
	}
	return read
}

// together checks that the frames of one day can all take place. It speaks only
// of those below path; the others were spoken of where they stand.
func (v *validation) together(day []placed, path string) {
	if len(day) > maxFrames {
		v.bad(path, tooManySessions, "count", len(day), "most", maxFrames)
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
			v.bad(at.path+".consult", overlaps, append(other.consult.params(), "other", other.path)...)
		case rank(a.session) > rank(b.session) && rank(b.session) >= 0:
			v.bad(at.path+".session", wrongOrder, "session", a.session, "other", b.session)
		}
	}
}

func (v *validation) exceptions(c Calendar, week map[string][]placed) {
	v.errs = append(v.errs, table.Check(&c, "")...)
	seen := map[string]bool{}
	for i, e := range c.Exceptions {
		at := fmt.Sprintf("exceptions[%d]", i)
		date, err := time.Parse(time.DateOnly, e.Date)
		if err == nil && seen[e.Date] {
			v.bad(at+".date", rule.UsedTwice, "value", e.Date)
		}
		seen[e.Date] = true
		if e.Closed && len(e.Frames)+len(e.Extra) > 0 {
			v.bad(at+".closed", closedWith)
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

// rank is a session's position in the day, -1 if it is unknown.
func rank(session string) int { return slices.Index(kinds(), session) }

package hours_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"junban/queue/hours"
)

// zones returns zones with different clock changes. They change by an hour, at
// midnight, east of UTC, by half an hour, by two hours, by a day, and never.
func zones() []string {
	return []string{"America/New_York", "America/Havana", "Europe/Berlin", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia", "Asia/Tokyo"}
}

func drawZone(t *rapid.T) *time.Location {
	loc, err := time.LoadLocation(rapid.SampledFrom(zones()).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// drawInstants draws instants of 2000 to 2037, close to each other and often to
// a clock change.
func drawInstants(t *rapid.T, loc *time.Location, n int) []time.Time {
	about := time.Unix(rapid.Int64Range(946684800, 2114380800).Draw(t, "about"), 0)
	if _, change := about.In(loc).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "change") {
		about = change
	}
	reach := rapid.SampledFrom([]int{48 * 3600, 3 * 3600}).Draw(t, "reach")
	instants := make([]time.Time, n)
	for i := range instants {
		instants[i] = about.Add(time.Duration(rapid.IntRange(-reach, reach).Draw(t, "second")) * time.Second)
	}
	return instants
}

func clock(minutes int) hours.Clock {
	return hours.Clock(fmt.Sprintf("%02d:%02d", minutes/60, minutes%60))
}

// drawFrames draws up to four frames that are valid on one day, in order.
func drawFrames(t *rapid.T, cutover int, open [2]int, least int) []hours.Frame {
	n := rapid.IntRange(least, 4).Draw(t, "frames")
	end := cutover + 24*60
	edges := rapid.SliceOfNDistinct(rapid.IntRange(cutover, end), 2*n, 2*n, rapid.ID[int]).Draw(t, "edges")
	slices.Sort(edges)
	ranks := rapid.SliceOfN(rapid.IntRange(0, 2), n, n).Draw(t, "sessions")
	slices.Sort(ranks)
	var frames []hours.Frame
	for i := range n {
		from, to := edges[2*i], edges[2*i+1]
		served := rapid.IntRange(open[0], open[1]-1).Draw(t, "served")
		f := hours.Frame{
			Session:  []string{hours.Morning, hours.Afternoon, hours.Evening}[ranks[i]],
			Consult:  hours.Span{From: clock(from), To: clock(to)},
			WebOpen:  rapid.IntRange(cutover, served).Draw(t, "web from") - from,
			WebClose: rapid.IntRange(served+1, end).Draw(t, "web to") - to,
		}
		if rapid.Bool().Draw(t, "own desk") {
			desk := rapid.IntRange(cutover, end-1).Draw(t, "desk")
			f.Desk = hours.Span{From: clock(desk), To: clock(rapid.IntRange(desk+1, end).Draw(t, "desk to"))}
		}
		frames = append(frames, f)
	}
	return frames
}

// drawCalendar draws a valid calendar, with exceptions near an instant.
func drawCalendar(t *rapid.T, about time.Time) hours.Calendar {
	cutover := rapid.IntRange(0, 6*60).Draw(t, "cutover")
	c := hours.Calendar{Cutover: clock(cutover), Weekly: map[string][]hours.Frame{}, Open: map[string]hours.Span{}}
	week := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	open := map[string][2]int{}
	for _, weekday := range week {
		open[weekday] = [2]int{6 * 60, 24 * 60}
		if rapid.Bool().Draw(t, "own hours") {
			from := rapid.IntRange(cutover, cutover+24*60-1).Draw(t, "open")
			to := rapid.IntRange(from+1, cutover+24*60).Draw(t, "open to")
			open[weekday] = [2]int{from, to}
			c.Open[weekday] = hours.Span{From: clock(from), To: clock(to)}
		}
		if frames := drawFrames(t, cutover, open[weekday], 0); len(frames) > 0 {
			c.Weekly[weekday] = frames
		}
	}
	for days := -3; days <= 3; days++ {
		date := about.UTC().AddDate(0, 0, days)
		e := hours.Exception{Date: date.Format(time.DateOnly)}
		switch rapid.SampledFrom([]string{"usual", "closed", "other", "extra"}).Draw(t, "date") {
		case "usual":
			continue
		case "closed":
			e.Closed, e.Reason = true, "臨時休診"
		case "other":
			e.Frames = drawFrames(t, cutover, open[week[date.Weekday()]], 1)
		case "extra":
			all := drawFrames(t, cutover, open[week[date.Weekday()]], 2)
			cut := rapid.IntRange(1, len(all)-1).Draw(t, "extra")
			e.Extra, e.Frames = all[:cut], all[cut:]
		}
		c.Exceptions = append(c.Exceptions, e)
	}
	if errs := c.Validate(); errs != nil {
		t.Fatalf("a valid calendar is refused: %v", errs)
	}
	return c
}

func TestRandom_EveryInstantHasOneDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		c := hours.Calendar{Cutover: clock(rapid.IntRange(0, 6*60).Draw(t, "cutover"))}
		at := drawInstants(t, loc, 1)[0]
		date := c.Day(at, loc)
		for days := -3; days <= 3; days++ {
			other, err := time.Parse(time.DateOnly, date)
			if err != nil {
				t.Fatal(err)
			}
			name, after := other.AddDate(0, 0, days).Format(time.DateOnly), other.AddDate(0, 0, days+1).Format(time.DateOnly)
			from, to := c.Bounds(name, loc)
			if next, _ := c.Bounds(after, loc); !next.Equal(to) {
				t.Fatalf("%s ends at %s, %s begins at %s", name, to, after, next)
			}
			if (hours.Window{From: from, To: to}).Holds(at) != (name == date) {
				t.Fatalf("%s is of %s, and %s is from %s to %s", at, date, name, from, to)
			}
		}
	})
}

func TestRandom_DatesNeverGoBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		c := hours.Calendar{Cutover: clock(rapid.IntRange(0, 6*60).Draw(t, "cutover"))}
		instants := drawInstants(t, loc, 20)
		dates := map[time.Time]string{}
		for _, at := range instants { // Day must not depend on the order of calls
			dates[at] = c.Day(at, loc)
		}
		slices.SortFunc(instants, time.Time.Compare)
		for i, at := range instants {
			if got := c.Day(at, loc); got != dates[at] {
				t.Fatalf("%s is of %s, then of %s", at, dates[at], got)
			}
			if i > 0 && dates[at] < dates[instants[i-1]] {
				t.Fatalf("%s is of %s, and %s of %s", instants[i-1], dates[instants[i-1]], at, dates[at])
			}
		}
	})
}

// The oracle checks every minute.
func TestRandom_TimeIsTheFirstInstantThatShowsIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		wall := func(at time.Time) time.Time {
			_, offset := at.In(loc).Zone()
			return at.UTC().Add(time.Duration(offset) * time.Second)
		}
		about := wall(drawInstants(t, loc, 1)[0])
		day := about.Truncate(24 * time.Hour)
		// A shown time is never a skipped one, but one that is an hour off
		// may be.
		minute := int(about.Sub(day).Minutes()) + rapid.IntRange(-60, 60).Draw(t, "off")
		minute = max(0, min(minute, 6*60))
		asked := day.Add(time.Duration(minute) * time.Minute)
		_, offset := asked.In(loc).Zone()
		want := asked.Add(-time.Duration(offset) * time.Second).Add(-26 * time.Hour)
		for wall(want).Before(asked) {
			want = want.Add(time.Minute)
		}
		got, _ := hours.Calendar{Cutover: clock(minute)}.Bounds(day.Format(time.DateOnly), loc)
		if !got.Equal(want) {
			t.Fatalf("%s on %s is %s, not %s", clock(minute), day, got, want.In(loc))
		}
	})
}

func TestRandom_SessionsAreOrderedAndWithinTheirDate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		about := drawInstants(t, loc, 1)[0]
		c := drawCalendar(t, about)
		for days := -4; days <= 4; days++ {
			date := c.Day(about.AddDate(0, 0, days), loc)
			from, to := c.Bounds(date, loc)
			sessions := c.Sessions(date, loc)
			ids := map[string]bool{}
			for i, s := range sessions {
				if s.Consult.Empty() || ids[s.ID] || s.Date != date {
					t.Fatalf("%s has %+v among %v", date, s, ids)
				}
				ids[s.ID] = true
				if i > 0 && s.Consult.From.Before(sessions[i-1].Consult.To) {
					t.Fatalf("%s begins at %s, before %s ends", s.ID, s.Consult.From, sessions[i-1].ID)
				}
				for _, w := range []hours.Window{s.Consult, s.Desk, s.Web} {
					if w != (hours.Window{}) && (w.Empty() || w.From.Before(from) || w.To.After(to)) {
						t.Fatalf("%s has a window %v outside %s to %s", s.ID, w, from, to)
					}
				}
				if open := c.WebHours(date, loc); !s.Web.Empty() && (s.Web.From.Before(open.From) || s.Web.To.After(open.To)) {
					t.Fatalf("%s has the web %v outside %v", s.ID, s.Web, open)
				}
			}
		}
	})
}

func TestRandom_NothingChangesBeforeUntil(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		at := drawInstants(t, loc, 1)[0]
		c := drawCalendar(t, at)
		now := c.At(at, loc)
		if !now.Until.After(at) {
			t.Fatalf("until %s, at %s", now.Until, at)
		}
		later := at.Add(time.Duration(rapid.Int64Range(0, int64(now.Until.Sub(at))-1).Draw(t, "later")))
		if diff := cmp.Diff(now, c.At(later, loc)); diff != "" {
			t.Fatalf("at %s and at %s: %s", at, later, diff)
		}
	})
}

// The oracle checks every session of three weeks.
func TestRandom_AtAgreesWithAllSessions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		at := drawInstants(t, loc, 1)[0]
		c := drawCalendar(t, at)
		today, err := time.Parse(time.DateOnly, c.Day(at, loc))
		if err != nil {
			t.Fatal(err)
		}
		want := hours.Now{Date: today.Format(time.DateOnly)}
		_, want.Until = c.Bounds(want.Date, loc)
		var upcoming []hours.Session
		for days := -3; days <= 14; days++ {
			for _, s := range c.Sessions(today.AddDate(0, 0, days).Format(time.DateOnly), loc) {
				if s.Web.Holds(at) {
					want.Web = append(want.Web, s)
				}
				if s.Desk.Holds(at) {
					want.Desk = append(want.Desk, s)
				}
				if s.Consult.Holds(at) {
					want.Consult = s
				}
				if s.Web.From.After(at) {
					upcoming = append(upcoming, s)
				}
			}
		}
		slices.SortStableFunc(upcoming, func(a, b hours.Session) int {
			return a.Web.From.Compare(b.Web.From)
		})
		if len(upcoming) > 0 {
			want.Next = upcoming[0]
		}
		got := c.At(at, loc)
		want.Until = got.Until // tested by TestRandom_NothingChangesBeforeUntil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestRandom_CalendarRoundTripsThroughJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawCalendar(t, time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if len(want.Open) == 0 {
			want.Open = nil
		}
		if len(want.Weekly) == 0 {
			want.Weekly = nil
		}
		var got hours.Calendar
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

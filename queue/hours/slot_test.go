package hours_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"junban/queue/hours"
)

// formatSlots returns each slot as "session start-end from-to", in UTC.
func formatSlots(slots []hours.Slot) []string {
	var lines []string
	for _, s := range slots {
		lines = append(lines, s.Session+" "+string(s.Start)+"-"+string(s.End)+" "+s.From.UTC().Format("2T15:04")+"-"+s.To.UTC().Format("2T15:04"))
	}
	return lines
}

func TestSlots_OfADate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		frames, zone, date string
		length             int
		want               []string
	}{
		"two sessions": {"[{session: morning, consult: {from: 09:00, to: 10:00}}, {session: morning, consult: {from: 11:00, to: 11:30}}]", "Asia/Tokyo", "2026-11-30", 30, []string{
			"morning 09:00-09:30 30T00:00-30T00:30", "morning 09:30-10:00 30T00:30-30T01:00", "morning-2 11:00-11:30 30T02:00-30T02:30",
		}},
		"a last slot of half the length is offered": {"[{session: morning, consult: {from: 09:00, to: 09:45}}]", "Asia/Tokyo", "2026-11-30", 30, []string{
			"morning 09:00-09:30 30T00:00-30T00:30", "morning 09:30-09:45 30T00:30-30T00:45",
		}},
		"a shorter one is not": {"[{session: morning, consult: {from: 09:00, to: 09:44}}]", "Asia/Tokyo", "2026-11-30", 30, []string{
			"morning 09:00-09:30 30T00:00-30T00:30",
		}},
		"a session that is too short has none": {"[{session: morning, consult: {from: 09:00, to: 09:14}}]", "Asia/Tokyo", "2026-11-30", 30, nil},
		"a length of zero makes none":          {"[{session: morning, consult: {from: 09:00, to: 10:00}}]", "Asia/Tokyo", "2026-11-30", 0, nil},
		"a start that is no multiple of anything": {"[{session: morning, consult: {from: 09:07, to: 09:17}}]", "Asia/Tokyo", "2026-11-30", 5, []string{
			"morning 09:07-09:12 30T00:07-30T00:12", "morning 09:12-09:17 30T00:12-30T00:17",
		}},
		"a night past midnight": {"[{session: evening, consult: {from: 23:00, to: 26:00}}]", "Asia/Tokyo", "2026-11-30", 60, []string{
			"evening 23:00-24:00 30T14:00-30T15:00", "evening 24:00-25:00 30T15:00-30T16:00", "evening 25:00-26:00 30T16:00-30T17:00",
		}},
		// From 02:00 to 03:00 at 07:00 UTC.
		"the clocks leap over two slots": {"[{session: evening, consult: {from: 25:30, to: 27:30}}]", "America/New_York", "2026-03-07", 30, []string{
			"evening 25:30-26:00 8T06:30-8T07:00", "evening 27:00-27:30 8T07:00-8T07:30",
		}},
		"the clocks leap in a slot": {"[{session: evening, consult: {from: 25:30, to: 27:30}}]", "America/New_York", "2026-03-07", 120, []string{
			"evening 25:30-27:30 8T06:30-8T07:30",
		}},
		// From 02:00 back to 01:00 at 06:00 UTC: the slot from 01:30 lasts 90 minutes.
		"the clocks are put back": {"[{session: evening, consult: {from: 25:00, to: 26:30}}]", "America/New_York", "2026-10-31", 30, []string{
			"evening 25:00-25:30 1T05:00-1T05:30", "evening 25:30-26:00 1T05:30-1T07:00", "evening 26:00-26:30 1T07:00-1T07:30",
		}},
		"half an hour of daylight saving": {"[{session: morning, consult: {from: 09:00, to: 10:00}}]", "Australia/Lord_Howe", "2026-10-04", 60, []string{
			"morning 09:00-10:00 3T22:00-3T23:00",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := calendar(t, "exceptions: [{date: "+test.date+", frames: "+test.frames+"}]\nopen: {sat: {from: 06:00, to: 28:00}}")
			loc := zone(t, test.zone)
			if diff := cmp.Diff(test.want, formatSlots(hours.Slots(c.Sessions(test.date, loc), test.length, loc))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSlotsOn_AgreeWithADate compares the slots of a weekday with those of a date.
func TestSlotsOn_AgreeWithADate(t *testing.T) {
	t.Parallel()
	c, tokyo := calendar(t, uchino), zone(t, "Asia/Tokyo")
	for date, weekday := range map[string]string{"2026-11-16": "mon", "2026-11-17": "tue", "2026-11-20": "fri", "2026-11-21": "sat"} {
		if got := hours.Weekday(date); got != weekday {
			t.Errorf("%s is a %s", date, got)
		}
		want := hours.Slots(c.Sessions(date, tokyo), 30, tokyo)
		for i := range want {
			want[i].From, want[i].To = time.Time{}, time.Time{}
		}
		if diff := cmp.Diff(want, c.SlotsOn(weekday, 30)); diff != "" {
			t.Errorf("%s: %s", weekday, diff)
		}
	}
}

func TestInstant_OfATimeOfTheDay(t *testing.T) {
	t.Parallel()
	loc := zone(t, "America/New_York")
	for _, test := range []struct {
		date string
		at   hours.Clock
		want string
	}{
		{"2026-03-07", "17:00", "2026-03-07T22:00:00Z"},
		{"2026-03-07", "26:30", "2026-03-08T07:00:00Z"}, // skipped
		{"2026-03-07", "27:00", "2026-03-08T07:00:00Z"},
		{"2026-02-30", "17:00", ""},
		{"2026-03-07", "", ""},
	} {
		at, ok := hours.Instant(test.date, test.at, loc)
		if ok != (test.want != "") || ok && at.UTC().Format(time.RFC3339) != test.want {
			t.Errorf("%s %s is %s, %t", test.date, test.at, at, ok)
		}
	}
}

func TestRandom_SlotsDivideTheirSession(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		about := drawInstants(t, loc, 1)[0]
		c := drawCalendar(t, about)
		length := rapid.IntRange(1, 24).Draw(t, "length") * 5
		for days := -3; days <= 3; days++ {
			sessions := c.Sessions(c.Day(about.AddDate(0, 0, days), loc), loc)
			slots := hours.Slots(sessions, length, loc)
			bySession := map[string][]hours.Slot{}
			for i, s := range slots {
				bySession[s.Session] = append(bySession[s.Session], s)
				from, errFrom := s.Start.Minutes()
				to, errTo := s.End.Minutes()
				if n := to - from; errFrom != nil || errTo != nil || n > length || 2*n < length || !s.From.Before(s.To) {
					t.Fatalf("%+v is no slot of %d minutes", s, length)
				}
				if i > 0 && (s.From.Before(slots[i-1].To) || s.Start <= slots[i-1].Start) {
					t.Fatalf("%+v comes after %+v", s, slots[i-1])
				}
			}
			for _, session := range sessions {
				own := bySession[session.ID]
				delete(bySession, session.ID)
				at := session.Consult.From
				for _, s := range own {
					if !s.From.Equal(at) {
						t.Fatalf("%s is free from %s until %+v", session.ID, at, s)
					}
					at = s.To
				}
				if at.After(session.Consult.To) {
					t.Fatalf("%s has slots until %s", session.ID, at)
				}
				// A rest that is not offered is shorter than half a slot.
				if rest := session.Consult.To.Sub(at); rest >= time.Duration(length)*time.Minute {
					// Clocks that are put back in the rest make it longer.
					if _, change := at.In(loc).ZoneBounds(); change.IsZero() || !change.Before(session.Consult.To.Add(24*time.Hour)) {
						t.Fatalf("%s ends at %s, its slots at %s", session.ID, session.Consult.To, at)
					}
				}
			}
			if len(bySession) > 0 {
				t.Fatalf("%v are of no session", bySession)
			}
		}
	})
}

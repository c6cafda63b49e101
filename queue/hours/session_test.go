package hours_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the machine may have no zones

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"junban/queue/hours"
)

// uchino has three sessions on Mondays, a night session on Fridays, and one on
// Saturdays with a short web window.
const uchino = `
weekly:
  mon:
    - {session: morning, consult: {from: 09:00, to: 12:30}, webOpen: -180, webClose: -30}
    - {session: afternoon, consult: {from: "15:00", to: "18:00"}, desk: {from: 12:45}, webOpen: -180}
    - {session: evening, consult: {from: "18:00", to: "20:00"}, desk: {from: 17:00, to: 19:30}, webClose: 15}
  fri:
    - {session: evening, consult: {from: 22:00, to: 26:00}, webOpen: -60, webClose: -30}
  sat:
    - {session: morning, consult: {from: 09:00, to: 13:00}, webOpen: 30, webClose: -30}
exceptions:
  - {date: 2026-11-23, closed: true, reason: 祝日}
  - {date: 2026-11-24, extra: [{session: morning, consult: {from: 10:00, to: 11:00}}]}
  - date: 2026-11-28
    frames: [{session: afternoon, consult: {from: 13:00, to: 14:00}}]
  - {date: 2026-11-30, reason: 健診, extra: [{session: morning, consult: {from: 07:00, to: 08:00}}]}
  - {date: 2026-12-05, frames: [], reason: "駐車場は使えません"}
  - {date: 2026-12-07, open: {from: 10:00, to: 16:00}, reason: 工事}
open:
  fri: {from: 06:00, to: 28:00}
`

func calendar(t testing.TB, text string) hours.Calendar {
	t.Helper()
	var c hours.Calendar
	if err := yaml.UnmarshalWithOptions([]byte(text), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range c.Validate() {
		t.Error(wrong)
	}
	return c
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// format returns each session as "id consult desk web", in local time.
func format(sessions []hours.Session) []string {
	var lines []string
	for _, s := range sessions {
		line := s.ID
		for _, w := range []hours.Window{s.Consult, s.Desk, s.Web} {
			if w.Empty() {
				line += " none"
				continue
			}
			line += " " + w.From.Format("2T15:04") + "-" + w.To.Format("2T15:04")
		}
		lines = append(lines, line)
	}
	return lines
}

func TestSessions_OfADate(t *testing.T) {
	t.Parallel()
	c, tokyo := calendar(t, uchino), zone(t, "Asia/Tokyo")
	for name, test := range map[string]struct {
		date string
		want []string
	}{
		"an ordinary Monday": {"2026-11-16", []string{
			"morning 16T09:00-16T12:30 16T08:30-16T12:30 16T06:00-16T12:00",
			"afternoon 16T15:00-16T18:00 16T12:45-16T18:00 16T12:00-16T18:00",
			"evening 16T18:00-16T20:00 16T17:00-16T19:30 16T18:00-16T20:15",
		}},
		"a weekday without sessions": {"2026-11-17", nil},
		"a night past midnight is of one date": {"2026-11-20", []string{
			"evening 20T22:00-21T02:00 20T21:30-21T02:00 20T21:00-21T01:30",
		}},
		"the web inside the consultation": {"2026-11-21", []string{
			"morning 21T09:00-21T13:00 21T08:30-21T13:00 21T09:30-21T12:30",
		}},
		"a closed holiday": {"2026-11-23", nil},
		"a one-off session on an empty weekday": {"2026-11-24", []string{
			"morning 24T10:00-24T11:00 24T09:30-24T11:00 24T10:00-24T11:00",
		}},
		"other frames than the weekday's": {"2026-11-28", []string{
			"afternoon 28T13:00-28T14:00 28T12:30-28T14:00 28T13:00-28T14:00",
		}},
		"an empty list of frames": {"2026-12-05", []string{
			"morning 5T09:00-5T13:00 5T08:30-5T13:00 5T09:30-5T12:30",
		}},
		"an earlier extra session leaves the morning its id": {"2026-11-30", []string{
			"morning-2 30T07:00-30T08:00 30T06:30-30T08:00 30T07:00-30T08:00",
			"morning 30T09:00-30T12:30 30T08:30-30T12:30 30T06:00-30T12:00",
			"afternoon 30T15:00-30T18:00 30T12:45-30T18:00 30T12:00-30T18:00",
			"evening 30T18:00-30T20:00 30T17:00-30T19:30 30T18:00-30T20:15",
		}},
		"a maintenance cuts the web alone": {"2026-12-07", []string{
			"morning 7T09:00-7T12:30 7T08:30-7T12:30 7T10:00-7T12:00",
			"afternoon 7T15:00-7T18:00 7T12:45-7T18:00 7T12:00-7T16:00",
			"evening 7T18:00-7T20:00 7T17:00-7T19:30 none",
		}},
		"no date":                 {"2026-02-30", nil},
		"a date in another shape": {"2026-2-2", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, format(c.Sessions(test.date, tokyo))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWebHours_CutTheWebWindow(t *testing.T) {
	t.Parallel()
	tokyo := zone(t, "Asia/Tokyo")
	c := calendar(t, `
weekly: {fri: [{session: evening, consult: {from: 22:00, to: 26:00}}]}
open: {fri: {from: 06:00, to: 24:00}}`)
	want := []string{"evening 20T22:00-21T02:00 20T21:30-21T02:00 20T22:00-21T00:00"}
	if diff := cmp.Diff(want, format(c.Sessions("2026-11-20", tokyo))); diff != "" {
		t.Error(diff)
	}
	w := c.WebHours("2026-11-20", tokyo)
	if got := w.From.Format(time.RFC3339) + " " + w.To.Format(time.RFC3339); got != "2026-11-20T06:00:00+09:00 2026-11-21T00:00:00+09:00" {
		t.Errorf("web hours are %s", got)
	}
}

// TestWebHours_DefaultIncludesWebWindows tests web hours that the calendar
// omits: they cut no web window, before 06:00 or past midnight.
func TestWebHours_DefaultIncludesWebWindows(t *testing.T) {
	t.Parallel()
	tokyo := zone(t, "Asia/Tokyo")
	c := calendar(t, `
weekly:
  thu: [{session: morning, consult: {from: 09:00, to: 12:00}}]
  fri: [{session: evening, consult: {from: "22:00", to: 26:00}, webOpen: -60, webClose: -30}]
  sat: [{session: morning, consult: {from: 07:00, to: 12:00}, webOpen: -90}, {session: evening, consult: {from: 25:00, to: 28:00}}]
exceptions:
  - {date: 2026-11-26, extra: [{session: evening, consult: {from: "23:00", to: 25:00}}]}
  - {date: 2026-11-27, open: {from: 06:00, to: 23:00}, reason: 工事}`)
	for name, test := range map[string]struct {
		date, hours string
		want        []string
	}{
		"a day of day sessions": {"2026-11-19", "19T06:00-20T00:00", []string{"morning 19T09:00-19T12:00 19T08:30-19T12:00 19T09:00-19T12:00"}},
		"a night":               {"2026-11-20", "20T06:00-21T01:30", []string{"evening 20T22:00-21T02:00 20T21:30-21T02:00 20T21:00-21T01:30"}},
		"an early morning, and a night that is all after midnight": {"2026-11-21", "21T05:30-22T04:00", []string{
			"morning 21T07:00-21T12:00 21T06:30-21T12:00 21T05:30-21T12:00",
			"evening 22T01:00-22T04:00 22T00:30-22T04:00 22T01:00-22T04:00",
		}},
		"no session": {"2026-11-22", "22T06:00-23T00:00", nil},
		"an extra session": {"2026-11-26", "26T06:00-27T01:00", []string{
			"morning 26T09:00-26T12:00 26T08:30-26T12:00 26T09:00-26T12:00",
			"evening 26T23:00-27T01:00 26T22:30-27T01:00 26T23:00-27T01:00",
		}},
		"hours of one date": {"2026-11-27", "27T06:00-27T23:00", []string{"evening 27T22:00-28T02:00 27T21:30-28T02:00 27T21:00-27T23:00"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, format(c.Sessions(test.date, tokyo))); diff != "" {
				t.Error(diff)
			}
			w := c.WebHours(test.date, tokyo)
			if got := w.From.Format("2T15:04") + "-" + w.To.Format("2T15:04"); got != test.hours {
				t.Errorf("web hours are %s, want %s", got, test.hours)
			}
		})
	}
}

func TestSessions_FollowClockChanges(t *testing.T) {
	t.Parallel()
	c := calendar(t, `
weekly:
  sat:
    - {session: evening, consult: {from: 22:00, to: 25:30}}
    - {session: evening, consult: {from: 26:10, to: 26:50}}
    - {session: evening, consult: {from: 26:50, to: 27:30}}
open: {sat: {from: 06:00, to: 28:00}}`)
	zulu := func(sessions []hours.Session) map[string]string {
		m := map[string]string{}
		for _, s := range sessions {
			m[s.ID] = s.Consult.From.UTC().Format("2T15:04") + "-" + s.Consult.To.UTC().Format("2T15:04")
		}
		return m
	}
	newYork := zone(t, "America/New_York")
	for name, test := range map[string]struct {
		date string
		want map[string]string
	}{
		"an ordinary night": {"2026-06-06", map[string]string{
			"evening": "7T02:00-7T05:30", "evening-2": "7T06:10-7T06:50", "evening-3": "7T06:50-7T07:30",
		}},
		// From 02:00 to 03:00 at 07:00 UTC: the second session is skipped, the
		// third begins late.
		"the clocks leap": {"2026-03-07", map[string]string{
			"evening": "8T03:00-8T06:30", "evening-3": "8T07:00-8T07:30",
		}},
		// From 02:00 back to 01:00 at 06:00 UTC: 01:30 means the first instant.
		"the clocks are put back": {"2026-10-31", map[string]string{
			"evening": "1T02:00-1T05:30", "evening-2": "1T07:10-1T07:50", "evening-3": "1T07:50-1T08:30",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, zulu(c.Sessions(test.date, newYork))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAt_ReturnsOpenAndNextSessions(t *testing.T) {
	t.Parallel()
	c, tokyo := calendar(t, uchino), zone(t, "Asia/Tokyo")
	ids := func(sessions []hours.Session) string {
		text := ""
		for _, s := range sessions {
			text += " " + s.ID
		}
		return text
	}
	for name, test := range map[string]struct{ at, want string }{
		"before anything opens":          {"2026-11-16T05:59:59+09:00", "2026-11-16; web; desk; consult; next morning 16T06:00; until 16T06:00"},
		"the instant the web opens":      {"2026-11-16T06:00:00+09:00", "2026-11-16; web morning; desk; consult; next afternoon 16T12:00; until 16T08:30"},
		"the desk opens":                 {"2026-11-16T08:30:00+09:00", "2026-11-16; web morning; desk morning; consult; next afternoon 16T12:00; until 16T09:00"},
		"in the morning":                 {"2026-11-16T09:00:00+09:00", "2026-11-16; web morning; desk morning; consult morning; next afternoon 16T12:00; until 16T12:00"},
		"afternoon's web during morning": {"2026-11-16T12:00:00+09:00", "2026-11-16; web afternoon; desk morning; consult morning; next evening 16T18:00; until 16T12:30"},
		"two desks":                      {"2026-11-16T17:00:00+09:00", "2026-11-16; web afternoon; desk afternoon evening; consult afternoon; next evening 16T18:00; until 16T18:00"},
		"the web outlasts the desk":      {"2026-11-16T20:00:00+09:00", "2026-11-16; web evening; desk; consult; next evening 20T21:00; until 16T20:15"},
		"the next days are looked at":    {"2026-11-16T20:15:00+09:00", "2026-11-16; web; desk; consult; next evening 20T21:00; until 17T04:00"},
		"after midnight it is yesterday": {"2026-11-21T00:30:00+09:00", "2026-11-20; web evening; desk evening; consult evening; next morning 21T09:30; until 21T01:30"},
		"a holiday is passed over":       {"2026-11-22T12:00:00+09:00", "2026-11-22; web; desk; consult; next morning 24T10:00; until 23T04:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := c.At(instant(t, test.at), tokyo)
			consult := ""
			if now.Consult.ID != "" {
				consult = " " + now.Consult.ID
			}
			got := now.Date + "; web" + ids(now.Web) + "; desk" + ids(now.Desk) + "; consult" + consult +
				"; next " + now.Next.ID + " " + now.Next.Web.From.Format("2T15:04") + "; until " + now.Until.Format("2T15:04")
			if got != test.want {
				t.Errorf("\n got %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestAt_SearchesTwoWeeks(t *testing.T) {
	t.Parallel()
	tokyo := zone(t, "Asia/Tokyo")
	c := calendar(t, `exceptions: [{date: 2026-12-30, frames: [{session: morning, consult: {from: 09:00, to: 12:00}}]}]`)
	if next := c.At(instant(t, "2026-12-16T03:59:00+09:00"), tokyo).Next; next.ID != "" {
		t.Errorf("fifteen days ahead, %s of %s is next", next.ID, next.Date)
	}
	if next := c.At(instant(t, "2026-12-16T04:00:00+09:00"), tokyo).Next; next.ID != "morning" || next.Date != "2026-12-30" {
		t.Errorf("fourteen days ahead, %q of %q is next", next.ID, next.Date)
	}
}

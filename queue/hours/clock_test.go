package hours_test

import (
	"regexp"
	"testing"
	"time"

	"junban/queue/hours"
)

func TestDay_ChangesAtTheCutover(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cutover  hours.Clock
		zone, at string
		want     string
	}{
		"before midnight":                     {"", "Asia/Tokyo", "2026-12-31T23:59:59+09:00", "2026-12-31"},
		"after midnight":                      {"", "Asia/Tokyo", "2027-01-01T00:00:00+09:00", "2026-12-31"},
		"the last instant":                    {"", "Asia/Tokyo", "2027-01-01T03:59:59.999999999+09:00", "2026-12-31"},
		"the cutover":                         {"", "Asia/Tokyo", "2027-01-01T04:00:00+09:00", "2027-01-01"},
		"an instant in another zone":          {"", "Asia/Tokyo", "2026-12-31T19:00:00Z", "2027-01-01"},
		"a clinic's own cutover":              {"06:00", "Asia/Tokyo", "2027-01-01T05:59:59+09:00", "2026-12-31"},
		"a cutover at midnight":               {"00:00", "Asia/Tokyo", "2027-01-01T00:00:00+09:00", "2027-01-01"},
		"a skipped cutover, before":           {"02:30", "America/New_York", "2026-03-08T06:59:59Z", "2026-03-07"},
		"a skipped cutover, at the change":    {"02:30", "America/New_York", "2026-03-08T07:00:00Z", "2026-03-08"},
		"a cutover shown twice, before":       {"01:30", "America/New_York", "2026-11-01T05:29:59Z", "2026-10-31"},
		"a cutover shown twice, the first":    {"01:30", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-01"},
		"east of UTC, before the skip":        {"02:30", "Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-28"},
		"east of UTC, at the skip":            {"02:30", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29"},
		"east of UTC, shown twice, before":    {"02:30", "Europe/Berlin", "2026-10-25T00:29:59Z", "2026-10-24"},
		"east of UTC, shown twice, the first": {"02:30", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25"},
		"clocks set back after the cutover":   {"01:30", "America/New_York", "2026-11-01T06:15:00Z", "2026-11-01"},
		"clocks set back over midnight":       {"00:00", "America/Havana", "2026-11-01T04:30:00Z", "2026-11-01"},
		"a date that the zone skipped":        {"", "Pacific/Apia", "2011-12-30T13:59:59Z", "2011-12-30"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := hours.Calendar{Cutover: test.cutover}
			if got := c.Day(instant(t, test.at), zone(t, test.zone)); got != test.want {
				t.Errorf("the date of %s is %s, want %s", test.at, got, test.want)
			}
		})
	}
}

func TestBounds_AreAsLongAsTheDay(t *testing.T) {
	t.Parallel()
	for date, want := range map[string]time.Duration{
		"2026-03-07": 23 * time.Hour,
		"2026-06-06": 24 * time.Hour,
		"2026-10-31": 25 * time.Hour,
		"2026-11-31": 0,
	} {
		if from, to := (hours.Calendar{}).Bounds(date, zone(t, "America/New_York")); to.Sub(from) != want {
			t.Errorf("%s is from %s to %s, want %s", date, from, to, want)
		}
	}
}

func TestBounds_BeginAtTheFirstCutover(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cutover           hours.Clock
		zone, date, first string
	}{
		"an ordinary day":              {"02:30", "Europe/Berlin", "2026-06-06", "2026-06-06T00:30:00Z"},
		"skipped, east of UTC":         {"02:30", "Europe/Berlin", "2026-03-29", "2026-03-29T01:00:00Z"},
		"skipped, west of UTC":         {"02:30", "America/New_York", "2026-03-08", "2026-03-08T07:00:00Z"},
		"shown twice, east of UTC":     {"02:30", "Europe/Berlin", "2026-10-25", "2026-10-25T00:30:00Z"},
		"shown twice, west of UTC":     {"01:30", "America/New_York", "2026-11-01", "2026-11-01T05:30:00Z"},
		"a date that the zone skipped": {"04:00", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},
		"a zone without changes":       {"04:00", "UTC", "2026-06-06", "2026-06-06T04:00:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from, _ := hours.Calendar{Cutover: test.cutover}.Bounds(test.date, zone(t, test.zone))
			if !from.Equal(instant(t, test.first)) {
				t.Errorf("%s begins at %s, want %s", test.date, from, test.first)
			}
		})
	}
}

func FuzzClock(f *testing.F) {
	for _, text := range []string{"", "00:00", "09:00", "9:00", "24:00", "28:00", "30:00", "30:01", "12:60", "-1:00", "+1:00", "1_:00", "09-00", "09:00 ", "９:00", "99:99"} {
		f.Add(text)
	}
	form := regexp.MustCompile(`^([012][0-9]:[0-5][0-9]|30:00)$`)
	f.Fuzz(func(t *testing.T, text string) {
		n, err := hours.Clock(text).Minutes()
		if ok := form.MatchString(text); ok != (err == nil) {
			t.Fatalf("%q: %d, %v", text, n, err)
		} else if !ok {
			return
		}
		midnight := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
		at := midnight.Add(time.Duration(n) * time.Minute)
		night := int(text[0]-'0')*10+int(text[1]-'0') >= 24
		if at.Minute() != int(text[3]-'0')*10+int(text[4]-'0') || night != at.After(midnight.Add(24*time.Hour-1)) {
			t.Errorf("Minutes of %q is %d", text, n)
		}
	})
}

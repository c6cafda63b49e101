package icalendar

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"junban/queue/hours"
)

// property returns the value of a calendar's property, unfolded (RFC 5545 §3.1).
func property(t *testing.T, calendar, name string) string {
	t.Helper()
	for line := range strings.SplitSeq(strings.ReplaceAll(calendar, "\r\n ", ""), "\r\n") {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return value
		}
	}
	t.Fatalf("no %s in:\n%s", name, calendar)
	return ""
}

// TestEvent_IsAtTheInstantOfItsSlot has slots on ordinary days, past midnight, and around
// the changes of a zone's clock. The hours that New York repeats or leaves out are no hour
// of another slot.
func TestEvent_IsAtTheInstantOfItsSlot(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ zone, day, from, to, start, end string }{
		"Tokyo":                     {"Asia/Tokyo", "2026-12-01", "10:00", "10:30", "20261201T010000Z", "20261201T013000Z"},
		"Tokyo, morning before UTC": {"Asia/Tokyo", "2027-01-01", "08:30", "09:00", "20261231T233000Z", "20270101T000000Z"},
		"past midnight":             {"Asia/Tokyo", "2026-11-30", "25:30", "26:00", "20261130T163000Z", "20261130T170000Z"},
		"over midnight":             {"Asia/Tokyo", "2026-12-31", "23:45", "24:15", "20261231T144500Z", "20261231T151500Z"},
		"New York, winter":          {"America/New_York", "2026-03-07", "10:00", "10:30", "20260307T150000Z", "20260307T153000Z"},
		"after the gap":             {"America/New_York", "2026-03-08", "10:00", "10:30", "20260308T140000Z", "20260308T143000Z"},
		"over the gap":              {"America/New_York", "2026-03-08", "01:30", "03:30", "20260308T063000Z", "20260308T073000Z"},
		"the night before the gap":  {"America/New_York", "2026-03-07", "27:30", "28:00", "20260308T073000Z", "20260308T080000Z"},
		"after the overlap":         {"America/New_York", "2026-11-01", "10:00", "10:30", "20261101T150000Z", "20261101T153000Z"},
		"over the overlap":          {"America/New_York", "2026-11-01", "00:30", "02:30", "20261101T043000Z", "20261101T073000Z"},
		"half an hour of change":    {"Australia/Lord_Howe", "2026-10-04", "10:00", "10:30", "20261003T230000Z", "20261003T233000Z"},
		"no whole hour from UTC":    {"Asia/Kathmandu", "2026-12-01", "10:00", "10:15", "20261201T041500Z", "20261201T043000Z"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		from, okFrom := hours.Instant(tt.day, hours.Clock(tt.from), zone)
		to, okTo := hours.Instant(tt.day, hours.Clock(tt.to), zone)
		if !okFrom || !okTo {
			t.Fatalf("%s: no times", name)
		}
		got := Event{From: from, To: to}.Encode()
		if start, end := property(t, got, "DTSTART"), property(t, got, "DTEND"); start != tt.start || end != tt.end {
			t.Errorf("%s: %s to %s, want %s to %s", name, start, end, tt.start, tt.end)
		}
	}
}

// TestEvent_TellsTheRepeatedHourApart has both instants at which a clock shows 01:30.
func TestEvent_TellsTheRepeatedHourApart(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	first := time.Date(2026, 11, 1, 5, 30, 0, 0, time.UTC).In(zone)
	second := first.Add(time.Hour)
	if first.Format("15:04") != "01:30" || second.Format("15:04") != "01:30" {
		t.Fatalf("%s and %s", first, second)
	}
	one, two := Event{From: first, To: second}.Encode(), Event{From: second, To: second.Add(time.Hour)}.Encode()
	if property(t, one, "DTSTART") != "20261101T053000Z" || property(t, two, "DTSTART") != "20261101T063000Z" || property(t, one, "DTEND") != property(t, two, "DTSTART") {
		t.Errorf("%s\n%s", one, two)
	}
}

// TestEvent_EscapesAndFolds holds every line to RFC 5545: at most 75 bytes, broken between
// characters, no control characters, and texts that read back as they were.
func TestEvent_EscapesAndFolds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, value string }{
		"plain":           {"みなと医院 内科", "みなと医院 内科"},
		"marks":           {`a;b,c\d:e"f`, `a\;b\,c\\d:e"f`},
		"an escape":       {`\n`, `\\n`},
		"lines":           {"a\nb\r\nc\rd", `a\nb\nc\nd`},
		"control":         {"a\x00b\x1fc\u0085d\te", "abcd\te"},
		"a header":        {"x\r\nBEGIN:VEVENT", `x\nBEGIN:VEVENT`},
		"long, two byte":  {strings.Repeat("é", 200), strings.Repeat("é", 200)},
		"long, three":     {strings.Repeat("順番", 100), strings.Repeat("順番", 100)},
		"long, four":      {strings.Repeat("𠮷", 100), strings.Repeat("𠮷", 100)},
		"of one byte":     {strings.Repeat("x", 400), strings.Repeat("x", 400)},
		"spaces":          {strings.Repeat(" ", 200), strings.Repeat(" ", 200)},
		"marks at a fold": {strings.Repeat("順;", 60), strings.Repeat(`順\;`, 60)},
		"not UTF-8":       {"a\xffb", "a\uFFFDb"},
	} {
		got := Event{UID: "u", Summary: tt.text, Location: tt.text, About: tt.text, URL: "https://junban.example/s/1234-1"}.Encode()
		for _, part := range []string{"SUMMARY", "LOCATION", "DESCRIPTION"} {
			if value := property(t, got, part); value != tt.value {
				t.Errorf("%s: %s is %q, want %q", name, part, value, tt.value)
			}
		}
		if !strings.HasSuffix(got, "END:VCALENDAR\r\n") || !utf8.ValidString(got) || strings.Count(got, "\r\nBEGIN:VEVENT\r\n") != 1 {
			t.Errorf("%s:\n%q", name, got)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(got, "\r\n"), "\r\n") {
			if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n\x00") || line == "" {
				t.Errorf("%s: a line of %d bytes: %q", name, len(line), line)
			}
		}
	}
}

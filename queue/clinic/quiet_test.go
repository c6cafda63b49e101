package clinic

import (
	"testing"
	"time"
)

func TestQuiet_EndsInTheMorning(t *testing.T) {
	t.Parallel()
	day := func(clock string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", clock, time.FixedZone("JST", 9*3600))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		quiet    Quiet
		now, end string // "": not quiet
	}{
		{Quiet{}, "2026-12-01 20:59", ""},
		{Quiet{}, "2026-12-01 21:00", "2026-12-02 08:00"},
		{Quiet{}, "2026-12-31 23:59", "2027-01-01 08:00"},
		{Quiet{}, "2026-12-01 00:00", "2026-12-01 08:00"},
		{Quiet{}, "2026-12-01 07:59", "2026-12-01 08:00"},
		{Quiet{}, "2026-12-01 08:00", ""},
		{Quiet{From: "12:00", Until: "13:00"}, "2026-12-01 11:59", ""},
		{Quiet{From: "12:00", Until: "13:00"}, "2026-12-01 12:00", "2026-12-01 13:00"},
		{Quiet{From: "12:00", Until: "13:00"}, "2026-12-01 13:00", ""},
		{Quiet{From: "20:00"}, "2026-12-01 20:00", "2026-12-02 08:00"},
	} {
		var want time.Time
		if c.end != "" {
			want = day(c.end)
		}
		if _, ends, ok := c.quiet.Around(day(c.now)); !ends.Equal(want) || ok != (c.end != "") {
			t.Errorf("%+v at %s: %v, %v; want %q", c.quiet, c.now, ends, ok, c.end)
		}
	}
	if _, _, ok := (Quiet{From: "nonsense"}).Around(day("2026-12-01 12:00")); ok {
		t.Error("a clock that is none begins quiet hours")
	}
}

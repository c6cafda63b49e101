package outbox

import (
	"testing"
	"time"

	"junban/queue/clinic"
)

func TestQuietUntil_EndsInTheMorning(t *testing.T) {
	t.Parallel()
	day := func(clock string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", clock, time.FixedZone("JST", 9*3600))
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		quiet    clinic.Quiet
		now, end string // "": not quiet
	}{
		{clinic.Quiet{}, "2026-12-01 20:59", ""},
		{clinic.Quiet{}, "2026-12-01 21:00", "2026-12-02 08:00"},
		{clinic.Quiet{}, "2026-12-31 23:59", "2027-01-01 08:00"},
		{clinic.Quiet{}, "2026-12-01 00:00", "2026-12-01 08:00"},
		{clinic.Quiet{}, "2026-12-01 07:59", "2026-12-01 08:00"},
		{clinic.Quiet{}, "2026-12-01 08:00", ""},
		{clinic.Quiet{From: "12:00", Until: "13:00"}, "2026-12-01 11:59", ""},
		{clinic.Quiet{From: "12:00", Until: "13:00"}, "2026-12-01 12:00", "2026-12-01 13:00"},
		{clinic.Quiet{From: "12:00", Until: "13:00"}, "2026-12-01 13:00", ""},
		{clinic.Quiet{From: "20:00"}, "2026-12-01 20:00", "2026-12-02 08:00"},
	} {
		want := int64(0)
		if c.end != "" {
			want = day(c.end).UnixMilli()
		}
		if got, err := quietUntil(c.quiet, day(c.now)); err != nil || got != want {
			t.Errorf("%+v at %s: %v, error %v; want %q", c.quiet, c.now, time.UnixMilli(got), err, c.end)
		}
	}
	if _, err := quietUntil(clinic.Quiet{From: "nonsense"}, day("2026-12-01 12:00")); err == nil {
		t.Error("nonsense is a time")
	}
}

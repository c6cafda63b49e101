package hours_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"junban/queue/hours"
)

func TestNotes_MergeConsecutiveDates(t *testing.T) {
	t.Parallel()
	c := calendar(t, `
exceptions:
  - {date: "2027-01-02", closed: true, reason: 年末年始}
  - {date: "2026-12-31", closed: true, reason: 年末年始}
  - {date: "2027-01-01", closed: true, reason: 年末年始}
  - {date: "2026-12-30", closed: true, reason: 臨時休診}
  - {date: "2027-01-03", closed: true}
  - {date: "2027-01-04", reason: 年末年始, frames: [{session: morning, consult: {from: 10:00, to: 12:00}}]}
  - {date: "2027-01-06", reason: 年末年始, frames: [{session: morning, consult: {from: 10:00, to: 12:00}}]}
`)
	for _, test := range []struct {
		from, to string
		want     []hours.Note
	}{
		{"2026-12-29", "2026-12-29", nil},
		{"2027-01-03", "2027-01-03", nil}, // a date without a reason
		{"2026-12-30", "2026-12-30", []hours.Note{{From: "2026-12-30", To: "2026-12-30", Closed: true, Reason: "臨時休診"}}},
		{"2027-01-01", "2027-01-01", []hours.Note{{From: "2027-01-01", To: "2027-01-01", Closed: true, Reason: "年末年始"}}},
		{"2026-12-29", "2027-01-06", []hours.Note{
			{From: "2026-12-30", To: "2026-12-30", Closed: true, Reason: "臨時休診"},
			{From: "2026-12-31", To: "2027-01-02", Closed: true, Reason: "年末年始"},
			{From: "2027-01-04", To: "2027-01-04", Reason: "年末年始"},
			{From: "2027-01-06", To: "2027-01-06", Reason: "年末年始"},
		}},
	} {
		if diff := cmp.Diff(test.want, c.Notes(test.from, test.to)); diff != "" {
			t.Errorf("%s to %s: %s", test.from, test.to, diff)
		}
	}
}

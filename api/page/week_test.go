package page

import (
	"testing"
	"time"

	"junban/queue/clinic"
	"junban/queue/hours"
)

func TestClinicPage_ShowsSevenDaysWithTheirExceptions(t *testing.T) {
	t.Parallel()
	frame := []hours.Frame{{Session: hours.Evening, Consult: hours.Span{From: "22:00", To: "26:00"}}}
	k := &hours.Calendar{Weekly: map[string][]hours.Frame{}, Exceptions: []hours.Exception{{Date: "2026-11-23", Closed: true, Reason: "勤労感謝の日"}}}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat"} {
		k.Weekly[day] = frame
	}
	got := sevenDays(clinic.Clinic{Calendar: k}, "2026-11-21", time.FixedZone("JST", 9*60*60))
	if len(got) != 7 || got[6].Date != "2026-11-27" {
		t.Fatalf("the week is %+v", got)
	}
	if s := got[0].Sessions; len(s) != 1 || s[0].From != "22:00" || s[0].To != "02:00" || !s[0].Next {
		t.Errorf("Saturday is %+v", s)
	}
	if len(got[1].Sessions) != 0 || len(got[2].Sessions) != 0 || got[2].Reason != "勤労感謝の日" {
		t.Errorf("Sunday and the holiday are %+v and %+v", got[1], got[2])
	}
}

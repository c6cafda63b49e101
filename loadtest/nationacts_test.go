package main

import (
	"testing"
	"time"
)

func TestNationDay_KeepsTheLine(t *testing.T) {
	t.Parallel()
	waiting, inside := 0, 0
	for i, a := range nationDay {
		waiting += a.waiting
		switch {
		case a.name == "call":
			inside++
		case a.name == "finish" || a.name == "absent":
			inside--
		}
		if waiting < -2 || waiting > 1 || inside < 0 || inside > 1 {
			t.Errorf("act %d, %s: the line grew by %d, and the room has %d", i+1, a.name, waiting, inside)
		}
	}
	if last := nationDay[len(nationDay)-1]; waiting != 0 || inside != 0 || !last.shown {
		t.Errorf("at the end the line has grown by %d, the room has %d, and the last act is shown: %t", waiting, inside, last.shown)
	}
}

func TestNation_PlaysWholeDays(t *testing.T) {
	t.Parallel()
	if len(nationDay)%actsPerSlice != 0 {
		t.Errorf("a day of %d acts has no whole slices", len(nationDay))
	}
	for _, test := range []struct {
		nation
		days int
	}{
		{nation{clinics: 10, rate: 20, length: 8 * time.Second}, 1},
		{nation{clinics: 10, rate: 40, length: 8 * time.Second}, 2},
		{nation{clinics: 100, rate: 1, length: time.Second}, 1},
		{nation{clinics: 1, rate: 16, length: 2400 * time.Millisecond}, 2},
	} {
		if got := test.nation.slices(); got != test.days*len(nationDay)/actsPerSlice {
			t.Errorf("%+v has %d slices", test.nation, got)
		}
	}
}

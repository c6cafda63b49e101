package main

import (
	"testing"
	"time"
)

func TestDurations_QuantileIsByNearestRank(t *testing.T) {
	t.Parallel()
	var d durations
	for i := range 101 {
		d = append(d, time.Duration(100-i)*time.Millisecond)
	}
	for q, want := range map[float64]float64{0: 0, .5: 50, .99: 99, 1: 100} {
		if got := d.quantile(q); got != want {
			t.Errorf("at %g: %g, not %g", q, got, want)
		}
	}
	if got := (durations{}).quantile(.5); got != 0 {
		t.Errorf("without durations: %g", got)
	}
}

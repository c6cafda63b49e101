package main

import (
	"slices"
	"testing"
	"time"
)

func TestPeakToMean_ComparesTheLargestBinWithTheMean(t *testing.T) {
	t.Parallel()
	even := durations{}
	for i := range 100 {
		even = append(even, time.Second+time.Duration(i)*10*time.Millisecond)
	}
	if got := peakToMean(even); got != 1 {
		t.Errorf("even returns: %g", got)
	}
	if got := peakToMean(slices.Concat(even, even[:25], even[:25])); got < 1.8 {
		t.Errorf("three times as many in one bin: %g", got)
	}
}

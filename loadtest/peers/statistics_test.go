package main

import "testing"

func TestQuantile_IsByNearestRank(t *testing.T) {
	t.Parallel()
	of := []float64{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{0: 1, .5: 3, .99: 5, 1: 5} {
		if got := quantile(of, q); got != want {
			t.Errorf("the %g-quantile is %g instead of %g", q, got, want)
		}
	}
}

func TestMedian_IsTheMiddle(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		of   []float64
		want float64
	}{{nil, 0}, {[]float64{7}, 7}, {[]float64{9, 1}, 1}, {[]float64{9, 1, 2}, 2}} {
		if got := median(test.of); got != test.want {
			t.Errorf("the median of %v is %g instead of %g", test.of, got, test.want)
		}
	}
}

package estimate_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/queue/estimate"
)

func TestScore_CountsByTicketsAhead(t *testing.T) {
	t.Parallel()
	var s estimate.Score
	r := minutes(10, 20, 31)
	s.Add(4, r, estimate.Shown(r), 24*time.Minute) // too short by 4, within the range
	s.Add(5, r, estimate.Shown(r), 33*time.Minute) // by 13, within the shown interval only
	s.Add(5, r, estimate.Shown(r), 40*time.Minute) // by 20, after the shown interval
	s.Add(40, r, estimate.Shown(r), 9*time.Minute) // too long by 11
	var at estimate.Bucket
	for i, b := range s.Buckets {
		if from, to := estimate.BucketBounds(i); from <= 5 && 5 <= to {
			at = b
		}
	}
	if at.N != 3 || at.Coverage() != 1.0/3 || at.CoverageShown() != 2.0/3 || at.Late() != 1.0/3 {
		t.Errorf("with 3 to 5 ahead %+v", at)
	}
	if got, want := at.Bias(), -(37*time.Minute)/3; (got - want).Abs() > time.Millisecond {
		t.Errorf("bias %v, want %v", got, want)
	}
	all := s.All()
	if got, want := all.MeanError(), 12*time.Minute; all.N != 4 || (got-want).Abs() > time.Millisecond {
		t.Errorf("%d forecasts with a mean error of %v, want 4 and %v", all.N, got, want)
	}
	if from, to := estimate.BucketBounds(len(s.Buckets) - 1); from != 21 || to != -1 {
		t.Errorf("the last bucket is from %d to %d", from, to)
	}
}

func TestScore_MergeEqualsOneSession(t *testing.T) {
	t.Parallel()
	var both, a, b estimate.Score
	for n := range 60 {
		r := minutes(float64(n), float64(n+5), float64(n+12))
		took := time.Duration(n*n%70) * time.Minute
		both.Add(n%30, r, estimate.Shown(r), took)
		half := &a
		if n >= 30 {
			half = &b
		}
		half.Add(n%30, r, estimate.Shown(r), took)
	}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var kept estimate.Score
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	a.Merge(kept)
	if diff := cmp.Diff(both, a); diff != "" {
		t.Errorf("merged is not the whole:\n%s", diff)
	}
}

func TestScore_WithoutForecastsIsZero(t *testing.T) {
	t.Parallel()
	all := estimate.Score{}.All()
	if all.MeanError() != 0 || all.Bias() != 0 || all.Coverage() != 0 {
		t.Errorf("%+v", all)
	}
}

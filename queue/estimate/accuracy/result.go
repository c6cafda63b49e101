package main

import (
	"fmt"
	"math"
	"slices"

	"junban/queue/estimate"
)

// result has the medians of a scenario over all seeds.
type result struct {
	scenario
	Wait     float64 // mean, in minutes
	Refused  float64 // refused patients per day
	Overtime float64 // minutes per day from the end of the session to that of the last visit
	Rows     [moments][methods]row
	Ratio    [moments]struct{ Oracle, Average float64 } // of junban's error to theirs
	Floor    float64                                    // ratio of the oracle's error to the average's, at issue
	Ahead    [2]estimate.Score                          // of junban and the oracle, over all seeds at issue
	Timing   timing                                     // of notices
}

// row has the figures of one method at one moment, in minutes and shares.
type row struct {
	N               int // over all seeds
	MAE, P90, Bias  float64
	Coverage, Shown float64
	Under, Late     float64 // calls after the mean; after the shown interval
}

func summarise(s scenario, all []*outcome) result {
	r := result{scenario: s}
	medianOf := func(f func(*outcome) float64) float64 {
		figures := make([]float64, 0, len(all))
		for _, o := range all {
			if x := f(o); !math.IsNaN(x) {
				figures = append(figures, x)
			}
		}
		return median(figures)
	}
	r.Wait = medianOf(func(o *outcome) float64 { return o.waits.mean().Minutes() })
	r.Refused = medianOf(func(o *outcome) float64 { return float64(o.refused) / float64(o.days) })
	r.Overtime = medianOf(func(o *outcome) float64 { return o.overtime.mean().Minutes() })
	for moment := range moments {
		for method := range methods {
			bucket := func(f func(estimate.Bucket) float64) float64 {
				return medianOf(func(o *outcome) float64 {
					b := o.scores[moment][method].All()
					if b.N == 0 {
						return math.NaN()
					}
					return f(b)
				})
			}
			w := &r.Rows[moment][method]
			for _, o := range all {
				w.N += len(o.errors[moment][method])
			}
			w.MAE = bucket(func(b estimate.Bucket) float64 { return b.MeanError().Minutes() })
			w.Bias = bucket(func(b estimate.Bucket) float64 { return b.Bias().Minutes() })
			w.Coverage = bucket(estimate.Bucket.Coverage)
			w.Shown = bucket(estimate.Bucket.CoverageShown)
			w.Late = bucket(estimate.Bucket.Late)
			w.P90 = medianOf(func(o *outcome) float64 { return ninetieth(o.errors[moment][method]) / 60 })
			w.Under = medianOf(func(o *outcome) float64 { return under(o.errors[moment][method]) })
		}
		ratio := func(a, b int) float64 {
			return medianOf(func(o *outcome) float64 {
				return o.scores[moment][a].All().Absolute / o.scores[moment][b].All().Absolute
			})
		}
		r.Ratio[moment].Oracle = ratio(ours, oracle)
		if moment == atIssue {
			r.Ratio[moment].Average = ratio(ours, averageToday)
			r.Floor = ratio(oracle, averageToday)
		}
	}
	r.Timing = timingOf(all)
	for _, o := range all {
		r.Ahead[ours].Merge(o.scores[atIssue][ours])
		r.Ahead[oracle].Merge(o.scores[atIssue][oracle])
	}
	return r
}

// Limits of the medians.
const (
	maxOracleRatio, maxAverageRatio = 1.25, 0.35
	maxBias, maxBiasPart            = 1.0, 0.1 // minutes, or this part of the mean error if that is more
	minCoverage, maxCoverage        = 0.75, 0.85
	maxLateNotices                  = 0.12 // of each travel time
	fewestTrips                     = 200  // figures of fewer are chance
)

// violations returns the limits that the result violates.
func (r result) violations() (violations []string) {
	report := func(moment int, format string, args ...any) {
		violations = append(violations, fmt.Sprintf("%s, %s: ", r.Name, momentName(moment))+fmt.Sprintf(format, args...))
	}
	for moment := range moments {
		w := r.Rows[moment][ours]
		if w.N == 0 {
			report(moment, "no estimates were measured")
			continue
		}
		if x := r.Ratio[moment].Oracle; x > maxOracleRatio {
			report(moment, "the error is %.2f × the oracle's, more than %.2f", x, maxOracleRatio)
		}
		if limit := max(maxBias, maxBiasPart*w.MAE); math.Abs(w.Bias) > limit {
			report(moment, "the bias is %+.2f min, more than ±%.1f", w.Bias, limit)
		}
		if w.Coverage < minCoverage || w.Coverage > maxCoverage {
			report(moment, "the range covers %.1f %%, not %.0f to %.0f", 100*w.Coverage, 100*minCoverage, 100*maxCoverage)
		}
	}
	if r.Booking == nil {
		violations = append(violations, r.untimely()...)
	}
	if x := r.Ratio[atIssue].Average; x > maxAverageRatio && r.Exemption == "" {
		report(atIssue, "the error is %.3f × the average of today's, more than %.2f (the oracle's is %.3f)", x, maxAverageRatio, r.Floor)
	}
	return violations
}

func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// ninetieth returns the 90th percentile of the absolute errors.
func ninetieth(errors []float64) float64 {
	if len(errors) == 0 {
		return math.NaN()
	}
	sizes := make([]float64, len(errors))
	for i, e := range errors {
		sizes[i] = math.Abs(e)
	}
	slices.Sort(sizes)
	return sizes[len(sizes)*9/10]
}

// under returns the share of waits that were longer than estimated.
func under(errors []float64) float64 {
	n := 0
	for _, e := range errors {
		if e < 0 {
			n++
		}
	}
	return float64(n) / float64(len(errors))
}

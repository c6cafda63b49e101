package main

import (
	"fmt"
	"math"
	"slices"

	"junban/queue/estimate"
)

// result is a scenario's medians over seeds.
type result struct {
	scenario
	Wait   float64 // mean, minutes
	Turned float64 // away by the desk, a day
	Over   float64 // minutes from the session's end to the last patient's, a day
	Rows   [moments][methods]row
	Ratio  [moments]struct{ Oracle, Average float64 } // of junban's error to theirs
	Floor  float64                                    // of the oracle's to the average's, at issue
	Ahead  [2]estimate.Score                          // of junban and the oracle, of all seeds at issue
}

// row is one method at one moment, in minutes and shares.
type row struct {
	N               int // of all seeds
	MAE, P90, Bias  float64
	Coverage, Shown float64
	Under, Late     float64 // longer than said; later than what was shown
}

func summarise(s scenario, all []*outcome) result {
	r := result{scenario: s}
	over := func(f func(*outcome) float64) float64 {
		figures := make([]float64, 0, len(all))
		for _, o := range all {
			if x := f(o); !math.IsNaN(x) {
				figures = append(figures, x)
			}
		}
		return median(figures)
	}
	r.Wait = over(func(o *outcome) float64 { return o.waits.mean().Minutes() })
	r.Turned = over(func(o *outcome) float64 { return float64(o.turned) / float64(o.days) })
	r.Over = over(func(o *outcome) float64 { return o.over.mean().Minutes() })
	for moment := range moments {
		for method := range methods {
			bucket := func(f func(estimate.Bucket) float64) float64 {
				return over(func(o *outcome) float64 {
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
			w.P90 = over(func(o *outcome) float64 { return ninetieth(o.errors[moment][method]) / 60 })
			w.Under = over(func(o *outcome) float64 { return under(o.errors[moment][method]) })
		}
		ratio := func(a, b int) float64 {
			return over(func(o *outcome) float64 {
				return o.scores[moment][a].All().Absolute / o.scores[moment][b].All().Absolute
			})
		}
		r.Ratio[moment].Oracle = ratio(ours, oracle)
		if moment == atIssue {
			r.Ratio[moment].Average = ratio(ours, averageToday)
			r.Floor = ratio(oracle, averageToday)
		}
	}
	for _, o := range all {
		r.Ahead[ours].Merge(o.scores[atIssue][ours])
		r.Ahead[oracle].Merge(o.scores[atIssue][oracle])
	}
	return r
}

// The bars, of medians over seeds.
const (
	mostOracle, mostAverage   = 1.25, 0.35
	mostBias                  = 1.0 // minutes
	leastCovered, mostCovered = 0.75, 0.85
)

// broken says which bars the result breaks.
func (r result) broken() (broken []string) {
	say := func(moment int, format string, args ...any) {
		broken = append(broken, fmt.Sprintf("%s, %s: ", r.Name, momentName(moment))+fmt.Sprintf(format, args...))
	}
	for moment := range moments {
		w := r.Rows[moment][ours]
		if w.N == 0 {
			say(moment, "nothing was measured")
			continue
		}
		if x := r.Ratio[moment].Oracle; x > mostOracle {
			say(moment, "the error is %.2f × the oracle's, at most %.2f", x, mostOracle)
		}
		if math.Abs(w.Bias) > mostBias {
			say(moment, "the bias is %+.2f min, at most ±%.0f", w.Bias, mostBias)
		}
		if w.Coverage < leastCovered || w.Coverage > mostCovered {
			say(moment, "the range covers %.1f %%, not %.0f to %.0f", 100*w.Coverage, 100*leastCovered, 100*mostCovered)
		}
	}
	if x := r.Ratio[atIssue].Average; x > mostAverage && r.Waive == "" {
		say(atIssue, "the error is %.3f × the average of today's, at most %.2f (the oracle's is %.3f)", x, mostAverage, r.Floor)
	}
	return broken
}

func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// ninetieth returns the 90th percentile of the errors' sizes.
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

// under returns the share of waits that were longer than said.
func under(errors []float64) float64 {
	n := 0
	for _, e := range errors {
		if e < 0 {
			n++
		}
	}
	return float64(n) / float64(len(errors))
}

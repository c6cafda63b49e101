package main

import "fmt"

// row is one measured figure.
type row struct {
	Scenario string
	Name     string
	Value    float64
	Unit     string
}

// key is the row's name in the budget.
func (r row) key() string { return r.Scenario + "/" + r.Name }

// curve is a distribution for the plots of the report.
type curve struct {
	Name      string
	Durations durations
}

// result holds the figures of a scenario. A figure that could not be measured
// has no row.
type result struct {
	Scenario string
	Settings string // the counts of the run
	Partial  bool   // the settings leave out figures of the budget
	Rows     []row
	Curves   []curve
}

// add appends one figure.
func (r *result) add(name string, value float64, unit string) {
	r.Rows = append(r.Rows, row{r.Scenario, name, value, unit})
}

// addDistribution appends the median, the 99th percentile, the maximum and the
// curve of the durations.
func (r *result) addDistribution(name string, d durations) {
	r.add(name+", median", d.quantile(.5), "ms")
	r.add(name+", p99", d.quantile(.99), "ms")
	r.add(name+", max", d.quantile(1), "ms")
	r.Curves = append(r.Curves, curve{name, d})
}

// medians returns the median of each figure over the rounds of a scenario. The
// curves hold the durations of all rounds.
func medians(rounds []*result) *result {
	if len(rounds) == 1 {
		return rounds[0]
	}
	all := &result{Scenario: rounds[0].Scenario, Partial: rounds[0].Partial, Settings: fmt.Sprintf("%s, median of %d rounds", rounds[0].Settings, len(rounds))}
	for i, first := range rounds[0].Rows {
		var values []float64
		for _, r := range rounds {
			if i < len(r.Rows) && r.Rows[i].Name == first.Name {
				values = append(values, r.Rows[i].Value)
			}
		}
		all.add(first.Name, median(values), first.Unit)
	}
	for i, first := range rounds[0].Curves {
		c := curve{Name: first.Name}
		for _, r := range rounds {
			if i < len(r.Curves) {
				c.Durations = append(c.Durations, r.Curves[i].Durations...)
			}
		}
		all.Curves = append(all.Curves, c)
	}
	return all
}

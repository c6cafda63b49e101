package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

//go:embed testdata/budget.json
var embeddedBudget []byte

// limit is what a row must keep to; a bound that is not set is none.
type limit struct {
	Max *float64 `json:"max,omitempty"`
	Min *float64 `json:"min,omitempty"`
}

// budget is limits by "scenario/row". Always holds on any machine, at any
// count; Quiet only where nobody else uses the machine, at the full counts.
type budget struct {
	Always map[string]limit `json:"always"`
	Quiet  map[string]limit `json:"quiet"`
}

// readBudget reads a file, or the embedded one.
func readBudget(file string) (budget, error) {
	text := embeddedBudget
	if file != "" {
		var err error
		if text, err = os.ReadFile(file); err != nil {
			return budget{}, err
		}
	}
	var b budget
	if err := json.Unmarshal(text, &b); err != nil {
		return budget{}, fmt.Errorf("budget: %w", err)
	}
	return b, nil
}

// verdict is what a limit says of a result.
type verdict struct {
	Key    string
	Limit  limit
	Value  float64
	Seen   bool
	Broken bool
}

// String says it in a few words.
func (v verdict) String() string {
	var bounds []string
	if v.Limit.Min != nil {
		bounds = append(bounds, "≥ "+number(*v.Limit.Min))
	}
	if v.Limit.Max != nil {
		bounds = append(bounds, "≤ "+number(*v.Limit.Max))
	}
	held := "held"
	if v.Broken {
		held = "BROKEN"
	}
	return held + " (" + strings.Join(bounds, ", ") + ")"
}

// hold judges the results. Limits of scenarios that were not played are not
// judged; of those that were, a row that is missing breaks its limit, unless only
// a part can be seen.
func (b budget) hold(results []*result, quiet, partial bool) []verdict {
	limits := []map[string]limit{b.Always}
	if quiet {
		limits = append(limits, b.Quiet)
	}
	var verdicts []verdict
	for _, r := range results {
		for _, group := range limits {
			for key, l := range group {
				if !strings.HasPrefix(key, r.Scenario+"/") {
					continue
				}
				if v := l.judge(key, r); v.Seen || !partial {
					verdicts = append(verdicts, v)
				}
			}
		}
	}
	slices.SortStableFunc(verdicts, func(a, b verdict) int { return strings.Compare(a.Key, b.Key) })
	return verdicts
}

func (l limit) judge(key string, r *result) verdict {
	v := verdict{Key: key, Limit: l}
	for _, row := range r.Rows {
		if row.key() == key {
			v.Seen, v.Value = true, row.Value
		}
	}
	v.Broken = !v.Seen || l.Max != nil && v.Value > *l.Max || l.Min != nil && v.Value < *l.Min
	return v
}

// broken names every limit that was not kept.
func broken(verdicts []verdict) error {
	var errs []error
	for _, v := range verdicts {
		switch {
		case !v.Broken:
		case !v.Seen:
			errs = append(errs, fmt.Errorf("budget: %s could not be measured", v.Key))
		default:
			errs = append(errs, fmt.Errorf("budget: %s is %s: %s", v.Key, number(v.Value), v))
		}
	}
	return errors.Join(errs...)
}

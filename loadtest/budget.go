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

// limit bounds a row. A nil bound does not limit.
type limit struct {
	Max *float64 `json:"max,omitempty"`
	Min *float64 `json:"min,omitempty"`
}

// budget holds limits by "scenario/row". Always applies on any machine and at any
// count. Quiet needs an otherwise unused machine and the full counts.
type budget struct {
	Always map[string]limit `json:"always"`
	Quiet  map[string]limit `json:"quiet"`
}

// readBudget reads the file, or the embedded budget if file is empty.
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

// verdict is the result of a check of one limit.
type verdict struct {
	Key      string
	Limit    limit
	Value    float64
	Measured bool // the row exists
	Broken   bool
}

// String formats the outcome and the bounds.
func (v verdict) String() string {
	var bounds []string
	if v.Limit.Min != nil {
		bounds = append(bounds, "≥ "+formatNumber(*v.Limit.Min))
	}
	if v.Limit.Max != nil {
		bounds = append(bounds, "≤ "+formatNumber(*v.Limit.Max))
	}
	held := "held"
	if v.Broken {
		held = "BROKEN"
	}
	return held + " (" + strings.Join(bounds, ", ") + ")"
}

// check returns a verdict for every limit of the scenarios that were run, sorted
// by key. A missing row breaks its limit, unless the run or the result is partial.
func (b budget) check(results []*result, quiet, partial bool) []verdict {
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
				if v := l.check(key, r); v.Measured || !partial && !r.Partial {
					verdicts = append(verdicts, v)
				}
			}
		}
	}
	slices.SortStableFunc(verdicts, func(a, b verdict) int { return strings.Compare(a.Key, b.Key) })
	return verdicts
}

// check compares the row of that key with the limit.
func (l limit) check(key string, r *result) verdict {
	v := verdict{Key: key, Limit: l}
	for _, row := range r.Rows {
		if row.key() == key {
			v.Measured, v.Value = true, row.Value
		}
	}
	v.Broken = !v.Measured || l.Max != nil && v.Value > *l.Max || l.Min != nil && v.Value < *l.Min
	return v
}

// violations returns an error that names every broken limit, or nil.
func violations(verdicts []verdict) error {
	var errs []error
	for _, v := range verdicts {
		switch {
		case !v.Broken:
		case !v.Measured:
			errs = append(errs, fmt.Errorf("budget: %s could not be measured", v.Key))
		default:
			errs = append(errs, fmt.Errorf("budget: %s is %s: %s", v.Key, formatNumber(v.Value), v))
		}
	}
	return errors.Join(errs...)
}

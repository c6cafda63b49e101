package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// row is one figure that a scenario saw.
type row struct {
	Scenario string
	Name     string
	Value    float64
	Unit     string
}

// key is how the budget names the row.
func (r row) key() string { return r.Scenario + "/" + r.Name }

// curve is many of one kind, for the report's plots.
type curve struct {
	Name string
	Of   durations
}

// result is what a scenario saw: only figures it has seen, never a guess.
type result struct {
	Scenario string
	Settings string // the counts it was played with
	Rows     []row
	Curves   []curve
}

func (r *result) add(name string, value float64, unit string) {
	r.Rows = append(r.Rows, row{r.Scenario, name, value, unit})
}

// spread adds median, 99th percentile and maximum, and the curve they are of.
func (r *result) spread(name string, of durations) {
	r.add(name+", median", of.at(.5), "ms")
	r.add(name+", p99", of.at(.99), "ms")
	r.add(name+", max", of.at(1), "ms")
	r.Curves = append(r.Curves, curve{name, of})
}

// medians makes one result of several rounds of a scenario.
func medians(rounds []*result) *result {
	if len(rounds) == 1 {
		return rounds[0]
	}
	sum := &result{Scenario: rounds[0].Scenario, Settings: fmt.Sprintf("%s, median of %d rounds", rounds[0].Settings, len(rounds))}
	for i, first := range rounds[0].Rows {
		var values []float64
		for _, r := range rounds {
			if i < len(r.Rows) && r.Rows[i].Name == first.Name {
				values = append(values, r.Rows[i].Value)
			}
		}
		sum.add(first.Name, median(values), first.Unit)
	}
	for i, first := range rounds[0].Curves {
		all := curve{Name: first.Name}
		for _, r := range rounds {
			if i < len(r.Curves) {
				all.Of = append(all.Of, r.Curves[i].Of...)
			}
		}
		sum.Curves = append(sum.Curves, all)
	}
	return sum
}

// writeTable writes the results for people.
func writeTable(out io.Writer, results []*result, verdicts []verdict) error {
	var b strings.Builder
	for _, r := range results {
		fmt.Fprintf(&b, "%s: %s\n", r.Scenario, r.Settings)
		for _, row := range r.Rows {
			line := fmt.Sprintf("  %-42s %10s %-12s %s", row.Name, number(row.Value), row.Unit, said(verdicts, row))
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// said is what the budget says of a row.
func said(verdicts []verdict, r row) string {
	i := slices.IndexFunc(verdicts, func(v verdict) bool { return v.Key == r.key() })
	if i < 0 {
		return ""
	}
	return verdicts[i].String()
}

// number writes a figure with as many digits as mean something.
func number(v float64) string {
	switch {
	case v == float64(int64(v)):
		return fmt.Sprintf("%d", int64(v))
	case v >= 100 || v <= -100:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%.3g", v)
	}
}

// writeBench writes every round as benchmark lines, which benchstat compares.
func writeBench(out io.Writer, rounds []*result) error {
	for _, r := range rounds {
		for _, row := range r.Rows {
			value, unit := row.Value, strings.ReplaceAll(row.Unit, " ", "-")
			switch unit { // benchstat writes times itself
			case "ms":
				value, unit = value*1e6, "ns/op"
			case "µs":
				value, unit = value*1e3, "ns/op"
			}
			if _, err := fmt.Fprintf(out, "Benchmark%s/%s 1 %g %s\n", capital(r.Scenario), identifier(row.Name), value, unit); err != nil {
				return err
			}
		}
	}
	return nil
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func identifier(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "_")
}

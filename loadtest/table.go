package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// writeTable writes the results as text, with the verdict of the budget.
func writeTable(out io.Writer, results []*result, verdicts []verdict) error {
	var b strings.Builder
	for _, r := range results {
		fmt.Fprintf(&b, "%s: %s\n", r.Scenario, r.Settings)
		width := 42
		for _, row := range r.Rows {
			width = max(width, utf8.RuneCountInString(row.Name))
		}
		for _, row := range r.Rows {
			line := fmt.Sprintf("  %-*s %10s %-12s %s", width, row.Name, formatNumber(row.Value), row.Unit, verdictText(verdicts, row))
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// verdictText returns the verdict on a row, or an empty string without a limit.
func verdictText(verdicts []verdict, r row) string {
	i := slices.IndexFunc(verdicts, func(v verdict) bool { return v.Key == r.key() })
	if i < 0 {
		return ""
	}
	return verdicts[i].String()
}

// formatNumber formats a figure with three significant digits, or with all digits
// before the decimal point.
func formatNumber(v float64) string {
	switch {
	case v == float64(int64(v)):
		return fmt.Sprintf("%d", int64(v))
	case v >= 100 || v <= -100:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%.3g", v)
	}
}

package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// writeBench writes the figures of every round as Go benchmark lines, which
// benchstat compares.
func writeBench(out io.Writer, rounds []*result) error {
	for _, r := range rounds {
		for _, row := range r.Rows {
			value, unit := row.Value, strings.ReplaceAll(row.Unit, " ", "-")
			switch unit { // benchstat scales ns/op itself
			case "ms":
				value, unit = value*1e6, "ns/op"
			case "µs":
				value, unit = value*1e3, "ns/op"
			}
			if _, err := fmt.Fprintf(out, "Benchmark%s/%s 1 %g %s\n", capitalize(r.Scenario), benchmarkName(row.Name), value, unit); err != nil {
				return err
			}
		}
	}
	return nil
}

func capitalize(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// benchmarkName joins the words and numbers of a row's name by underscores.
func benchmarkName(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "_")
}

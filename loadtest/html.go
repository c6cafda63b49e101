package main

import (
	_ "embed"
	"html/template"
	"os"
)

//go:embed report.html
var reportPage string

// reportSection is one scenario on the page.
type reportSection struct {
	*result
	Lines []reportLine
	Plot  *plot // nil without curves
}

type reportLine struct {
	Name, Value, Unit, Verdict string
	Broken                     bool
}

// writeHTML writes the report as one page that loads no other file.
func writeHTML(file string, results []*result, verdicts []verdict) (err error) {
	page, err := template.New("report").Parse(reportPage)
	if err != nil {
		return err
	}
	var sections []reportSection
	for _, r := range results {
		section := reportSection{result: r, Plot: newPlot(r.Curves)}
		for _, row := range r.Rows {
			line := reportLine{Name: row.Name, Value: formatNumber(row.Value), Unit: row.Unit, Verdict: verdictText(verdicts, row)}
			for _, v := range verdicts {
				line.Broken = line.Broken || v.Broken && v.Key == row.key()
			}
			section.Lines = append(section.Lines, line)
		}
		sections = append(sections, section)
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() {
		if closed := out.Close(); err == nil {
			err = closed
		}
	}()
	return page.Execute(out, sections)
}

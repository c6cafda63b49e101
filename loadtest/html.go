package main

import (
	_ "embed"
	"html/template"
	"os"
)

//go:embed report.html
var reportPage string

// reportSection is one scenario as the page shows it.
type reportSection struct {
	*result
	Lines []reportLine
	Plot  *plot // nil where there is nothing to draw
}

type reportLine struct {
	Name, Value, Unit, Said string
	Broken                  bool
}

// writeHTML writes one page that needs nothing but itself.
func writeHTML(file string, results []*result, verdicts []verdict) (err error) {
	page, err := template.New("report").Parse(reportPage)
	if err != nil {
		return err
	}
	var sections []reportSection
	for _, r := range results {
		section := reportSection{result: r, Plot: newPlot(r.Curves)}
		for _, row := range r.Rows {
			line := reportLine{Name: row.Name, Value: number(row.Value), Unit: row.Unit, Said: said(verdicts, row)}
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

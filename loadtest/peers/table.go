package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// row is the summary of one server's rounds.
type row struct {
	peer
	user, system, cpu summary // µs per delivery; cpu is both
	redis             summary // the part of Redis in cpu
	last, p99         summary // ms
	idle, busy        summary // KB
	// The median ratio to the first server in the same round, or 0 if that used
	// nothing.
	cpuRatio, lastRatio, idleRatio float64
}

// summary is the median, the least and the greatest value of the rounds.
type summary struct{ median, min, max float64 }

// rows returns a row for each server, in the order of the turns.
func (r *comparison) rows() []row {
	user := func(s sample) float64 { return s.user }
	system := func(s sample) float64 { return s.system }
	redis := func(s sample) float64 { return s.redis }
	last := func(s sample) float64 { return s.last }
	p99 := func(s sample) float64 { return s.p99 }
	idle := func(s sample) float64 { return s.idle }
	busy := func(s sample) float64 { return s.busy }
	first := r.samples[r.peers[0].name]
	var all []row
	for _, p := range r.peers {
		samples := r.samples[p.name]
		all = append(all, row{
			peer: p,
			user: summarize(samples, user), system: summarize(samples, system), cpu: summarize(samples, sample.cpu),
			redis: summarize(samples, redis),
			last:  summarize(samples, last), p99: summarize(samples, p99),
			idle: summarize(samples, idle), busy: summarize(samples, busy),
			cpuRatio: ratio(samples, first, sample.cpu), lastRatio: ratio(samples, first, last), idleRatio: ratio(samples, first, idle),
		})
	}
	return all
}

// summarize returns the summary of one value of the samples.
func summarize(samples []sample, value func(sample) float64) summary {
	var values []float64
	for _, s := range samples {
		values = append(values, value(s))
	}
	return summary{median(values), quantile(values, 0), quantile(values, 1)}
}

// ratio returns the median of the ratios to the other samples in the same rounds.
// It returns 0 if another sample is not positive.
func ratio(samples, others []sample, value func(sample) float64) float64 {
	var values []float64
	for n, s := range samples {
		other := value(others[n])
		if other <= 0 {
			return 0
		}
		values = append(values, value(s)/other)
	}
	return median(values)
}

// cells returns the table with its header row.
func (r *comparison) cells() [][]string {
	rows := r.rows()
	against := "× " + rows[0].name
	table := [][]string{{"server", "user µs", "system µs", "all µs", against, "last ms", against, "p99 ms", "idle KB", against, "busy KB"}}
	times := func(ratio float64) string {
		if ratio <= 0 {
			return "-"
		}
		return fmt.Sprintf("%.2f", ratio)
	}
	for _, w := range rows {
		table = append(table, []string{
			w.about,
			fmt.Sprintf("%.2f", w.user.median), fmt.Sprintf("%.2f", w.system.median), fmt.Sprintf("%.2f", w.cpu.median), times(w.cpuRatio),
			fmt.Sprintf("%.1f", w.last.median), times(w.lastRatio), fmt.Sprintf("%.1f", w.p99.median),
			fmt.Sprintf("%.1f", w.idle.median), times(w.idleRatio), fmt.Sprintf("%.1f", w.busy.median),
		})
	}
	return table
}

// settings describes the workload in two lines.
func (r *comparison) settings() [2]string {
	where := "server and client on any core"
	if r.pinned {
		where = "server on one core, client on another"
	}
	return [2]string{
		fmt.Sprintf("%d watchers of one state, %d changes a round at least %s apart, frames of %d bytes;", r.watchers, r.changes, r.pace, r.frameSize),
		fmt.Sprintf("over loopback, %s; medians of %d rounds in turn.", where, r.rounds),
	}
}

// notes explains the table.
func (r *comparison) notes() []string {
	setting := r.settings()
	notes := []string{
		setting[0] + " " + setting[1],
		"user, system, all: CPU of the server's processes per delivered frame. last: from the publishing request to the last watcher, the median change; p99: the 99th percentile of the changes. idle, busy: resident memory per watcher before the first change, after the last. ×: relative to the first server in the same round.",
	}
	for _, w := range r.rows() {
		if w.redis.median > 0 {
			notes = append(notes, fmt.Sprintf("Of %s's CPU its Redis takes %.2f µs.", w.name, w.redis.median))
		}
	}
	notes = append(notes, "Checked: every watcher got every change, and versions never decreased.")
	if r.shortfall != "" {
		notes = append(notes, r.shortfall)
	}
	return append(notes, r.skipped...)
}

// text writes the table for a terminal.
func (r *comparison) text(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	widest := 0
	for _, cells := range r.cells() {
		widest = max(widest, utf8.RuneCountInString(cells[0]))
	}
	for _, cells := range r.cells() {
		fmt.Fprintf(w, "%-*s\t%s\t\n", widest, cells[0], strings.Join(cells[1:], "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "\n"+strings.Join(r.notes(), "\n"))
	return err
}

// markdown writes the table as Markdown.
func (r *comparison) markdown(out io.Writer) error {
	var b strings.Builder
	for i, cells := range r.cells() {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		if i == 0 {
			b.WriteString("|---|" + strings.Repeat("---:|", len(cells)-1) + "\n")
		}
	}
	b.WriteString("\n" + strings.Join(r.notes(), "\n") + "\n")
	_, err := io.WriteString(out, b.String())
	return err
}

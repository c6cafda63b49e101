package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"
)

// row is one server's medians, and how much its rounds differ.
type row struct {
	peer
	user, system, cpu span // µs per delivery; cpu is both
	store             span // of cpu, its Redis
	last, late        span // ms
	idle, busy        span // KB
	// Against the first server's in the same round, the median; 0: that took nothing.
	cpuTimes, lastTimes, idleTimes float64
}

// span is the median of the rounds, the least and the greatest of them.
type span struct{ median, least, most float64 }

// rows sums the rounds up, in the order of the turns.
func (r *comparison) rows() []row {
	var all []row
	for _, p := range r.peers {
		of := func(value func(sample) float64) span {
			var values []float64
			for _, s := range r.samples[p.name] {
				values = append(values, value(s))
			}
			return span{median(values), quantile(values, 0), quantile(values, 1)}
		}
		times := func(value func(sample) float64) float64 {
			var values []float64
			for n, s := range r.samples[p.name] {
				by := value(r.samples[r.peers[0].name][n])
				if by <= 0 {
					return 0
				}
				values = append(values, value(s)/by)
			}
			return median(values)
		}
		cpu := func(s sample) float64 { return s.user + s.system }
		last := func(s sample) float64 { return s.last }
		idle := func(s sample) float64 { return s.idle }
		all = append(all, row{
			peer:   p,
			user:   of(func(s sample) float64 { return s.user }),
			system: of(func(s sample) float64 { return s.system }),
			cpu:    of(cpu),
			store:  of(func(s sample) float64 { return s.store }),
			last:   of(last),
			late:   of(func(s sample) float64 { return s.late }),
			idle:   of(idle),
			busy:   of(func(s sample) float64 { return s.busy }),

			cpuTimes: times(cpu), lastTimes: times(last), idleTimes: times(idle),
		})
	}
	return all
}

// cells are the table, heads first.
func (r *comparison) cells() [][]string {
	rows := r.rows()
	ratio := "× " + rows[0].name
	table := [][]string{{"server", "user µs", "system µs", "all µs", ratio, "last ms", ratio, "p99 ms", "idle KB", ratio, "busy KB"}}
	times := func(ratio float64) string {
		if ratio <= 0 {
			return "-"
		}
		return fmt.Sprintf("%.2f", ratio)
	}
	for _, w := range rows {
		table = append(table, []string{
			w.about,
			fmt.Sprintf("%.2f", w.user.median), fmt.Sprintf("%.2f", w.system.median), fmt.Sprintf("%.2f", w.cpu.median), times(w.cpuTimes),
			fmt.Sprintf("%.1f", w.last.median), times(w.lastTimes), fmt.Sprintf("%.1f", w.late.median),
			fmt.Sprintf("%.1f", w.idle.median), times(w.idleTimes), fmt.Sprintf("%.1f", w.busy.median),
		})
	}
	return table
}

// setting says what was done, in two lines.
func (r *comparison) setting() [2]string {
	where := "server and client on any core"
	if r.pinned {
		where = "server on one core, client on another"
	}
	return [2]string{
		fmt.Sprintf("%d watchers of one state, %d changes a round at least %s apart, frames of %d bytes;", r.watchers, r.changes, r.pace, r.size),
		fmt.Sprintf("over loopback, %s; medians of %d rounds in turn.", where, r.rounds),
	}
}

// notes say what the table means.
func (r *comparison) notes() []string {
	setting := r.setting()
	notes := []string{
		setting[0] + " " + setting[1],
		"user, system, all: CPU of the server's processes per delivered frame. last: from the request that publishes to the last watcher, the median change; p99: the slowest but one in a hundred. idle, busy: resident memory per watcher before the first change, after the last. ×: against the first server in the same round.",
	}
	for _, w := range r.rows() {
		if w.store.median > 0 {
			notes = append(notes, fmt.Sprintf("Of %s's CPU its Redis takes %.2f µs.", w.name, w.store.median))
		}
	}
	notes = append(notes, "Checked: every watcher got every change, versions never went back.")
	if r.cut != "" {
		notes = append(notes, r.cut)
	}
	return append(notes, r.skipped...)
}

// text prints the table for a terminal.
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

// markdown prints the table for a README.
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

package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"junban/queue/approach"
)

// untimely returns the limits of notices that the result violates.
func (r result) untimely() (violations []string) {
	for i, travel := range travels {
		x := r.Timing[i]
		report := func(format string, args ...any) {
			violations = append(violations, fmt.Sprintf("%s, %.0f min of travel: ", r.Name, travel.Minutes())+fmt.Sprintf(format, args...))
		}
		ours, number := x.Of[byRule], x.Of[atBest]
		compared := travel == 30*time.Minute
		switch {
		case compared && ours.N == 0:
			report("no notices were measured")
		case ours.N < fewestTrips:
		case ours.Late > maxLateNotices:
			report("%.1f %% of calls are before the notice and the travel time, more than %.0f %%", 100*ours.Late, 100*maxLateNotices)
		case compared && x.Best > 0 && ours.Early > number.Early:
			report("patients wait %.1f min at the clinic, and %.1f min if sent when %d are ahead, which is late as rarely", ours.Early.Minutes(), number.Early.Minutes(), x.Best)
		}
	}
	return violations
}

// printTiming prints how late and how early notices send patients on the way.
func printTiming(w io.Writer, results []result) error {
	fmt.Fprintln(w, "\nSending patients on the way, over the calls of all clinics. late: calls before the notice and the travel time;")
	fmt.Fprintln(w, "early: median minutes at the clinic before the call.")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "scenario\ttravel\tn\t")
	for s := range senders {
		fmt.Fprintf(t, "%s: late\tearly\t", senderName(s))
	}
	fmt.Fprintln(t)
	for _, r := range results {
		for i, travel := range travels {
			x := r.Timing[i]
			if x.Of[byRule].N == 0 {
				continue
			}
			fmt.Fprintf(t, "%s\t%.0f\t%d\t", r.Name, travel.Minutes(), x.Of[byRule].N)
			for s, f := range x.Of {
				switch {
				case s == atBest && x.Best == 0:
					fmt.Fprint(t, "-\t-\t")
					continue
				case s == atBest:
					fmt.Fprintf(t, "%d: ", x.Best)
				}
				fmt.Fprintf(t, "%.1f %%\t%+.1f\t", 100*f.Late, f.Early.Minutes())
			}
			fmt.Fprintln(t)
		}
	}
	return t.Flush()
}

// printTimingMarkdown prints one line per travel time, as means over the scenarios without
// slots.
func printTimingMarkdown(w io.Writer, results []result) error {
	results = slices.DeleteFunc(slices.Clone(results), func(r result) bool { return r.Booking != nil })
	fmt.Fprint(w, "\n| travel |")
	line := "|---:|"
	for s := range senders {
		fmt.Fprintf(w, " %s |", senderName(s))
		line += "---:|"
	}
	fmt.Fprintln(w, "\n"+line)
	for i, travel := range travels {
		fmt.Fprintf(w, "| %.0f |", travel.Minutes())
		for s := range senders {
			f := meanOf(results, i, s)
			fmt.Fprintf(w, " %.0f %%, %.0f |", 100*f.Late, f.Early.Minutes())
		}
		fmt.Fprintln(w)
	}
	_, err := fmt.Fprintln(w, "\nShare of calls that are too early for the patient, and median minutes at the clinic; means over the scenarios without slots.")
	return err
}

// meanOf returns the mean figures of a sender over the scenarios that have them.
func meanOf(results []result, travel, sender int) (mean approach.Figures) {
	for _, r := range results {
		if f := r.Timing[travel].Of[sender]; f.N > 0 {
			mean.N++
			mean.Late += f.Late
			mean.Early += f.Early
		}
	}
	mean.Late /= float64(max(mean.N, 1))
	mean.Early /= time.Duration(max(mean.N, 1))
	return mean
}

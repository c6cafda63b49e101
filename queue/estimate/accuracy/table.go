package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// printTable prints every figure, or with --markdown the table of README.md.
func printTable(w io.Writer, results []result, o options) error {
	if o.markdown {
		return printMarkdown(w, results, o)
	}
	fmt.Fprintf(w, "%d clinics of each scenario (seeds from %d), %d sessions to learn from, %d evaluated; medians over clinics.\n", o.seeds, o.first, o.past, o.days)
	fmt.Fprintln(w, "Minutes. bias: positive if estimated too long; range, shown: calls within the 80 % range and within the shown interval;")
	fmt.Fprintln(w, "under: calls after the estimated mean; late: calls after the shown interval.")
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, r := range results {
		fmt.Fprintf(t, "\n%s: %s; mean wait %.1f min", r.Name, r.Summary, r.Wait)
		if r.More > 1 {
			fmt.Fprintf(t, "; %d × as many sessions", r.More)
		}
		if r.Stop {
			fmt.Fprintf(t, "; %.1f refused per session; the last visit ends %+.1f min from the session's end", r.Refused, r.Overtime)
		}
		fmt.Fprintln(t, "\nmoment\tmethod\tMAE\tP90\tbias\trange\tshown\tunder\tlate\tn\t")
		for moment := range moments {
			for method := range methods {
				x := r.Rows[moment][method]
				if x.N == 0 {
					continue
				}
				covered := "\t\t"
				late := ""
				if method <= oracle {
					covered = fmt.Sprintf("%.1f %%\t%.1f %%\t", 100*x.Coverage, 100*x.Shown)
					late = fmt.Sprintf("%.1f %%", 100*x.Late)
				}
				fmt.Fprintf(t, "%s\t%s\t%.2f\t%.1f\t%+.2f\t%s%.0f %%\t%s\t%d\t\n", momentName(moment), methodName(method), x.MAE, x.P90, x.Bias, covered, 100*x.Under, late, x.N)
			}
		}
		if err := t.Flush(); err != nil {
			return err
		}
		fmt.Fprintf(w, "MAE × oracle: %s. × average of today: %s.\n", ratios(r), average(r))
	}
	return printTiming(w, results)
}

func ratios(r result) string {
	var all []string
	for moment := range moments {
		all = append(all, fmt.Sprintf("%.2f %s", r.Ratio[moment].Oracle, momentName(moment)))
	}
	return strings.Join(all, ", ")
}

func average(r result) string {
	text := fmt.Sprintf("%.3f (oracle %.3f)", r.Ratio[atIssue].Average, r.Floor)
	if r.Exemption != "" {
		text += "; exempt from 0.35: " + r.Exemption
	}
	return text
}

// printMarkdown prints one line per scenario, with the mean errors at issue in
// minutes.
func printMarkdown(w io.Writer, results []result, o options) error {
	fmt.Fprint(w, "| scenario | mean wait |")
	for method := range methods {
		fmt.Fprintf(w, " %s |", methodName(method))
	}
	fmt.Fprint(w, " × oracle | × average | bias | in range | as shown |\n|---|")
	fmt.Fprintln(w, strings.Repeat("---:|", int(methods)+6))
	for _, r := range results {
		fmt.Fprintf(w, "| %s | %.0f |", r.Name, r.Wait)
		for method := range methods {
			fmt.Fprintf(w, " %.1f |", r.Rows[atIssue][method].MAE)
		}
		x := r.Rows[atIssue][ours]
		mark := ""
		if r.Exemption != "" {
			mark = "\\*"
		}
		fmt.Fprintf(w, " %.2f | %.2f%s | %+.1f | %.0f %% | %.0f %% |\n", r.Ratio[atIssue].Oracle, r.Ratio[atIssue].Average, mark, x.Bias, 100*x.Coverage, 100*x.Shown)
	}
	fmt.Fprintf(w, "\nMinutes, at issue; medians over %d simulated clinics of each scenario, %d sessions each after %d to learn from.\n", o.seeds, o.days, o.past)
	for _, r := range results {
		if r.More > 1 {
			if _, err := fmt.Fprintf(w, "%s: %d sessions each.\n", r.Name, r.More*o.days); err != nil {
				return err
			}
		}
		if r.Exemption != "" {
			if _, err := fmt.Fprintf(w, "\\* %s: the oracle itself reaches %.2f; %s.\n", r.Name, r.Floor, r.Exemption); err != nil {
				return err
			}
		}
	}
	return printTimingMarkdown(w, results)
}

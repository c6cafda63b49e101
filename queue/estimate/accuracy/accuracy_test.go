package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"junban/queue/approach"
	"junban/queue/estimate"
)

// TestRun_IsReproducible runs the command twice over a few clinics. Violated
// limits (exit 1) are ignored: they hold only for the full size.
func TestRun_IsReproducible(t *testing.T) {
	t.Parallel()
	var outputs, plots [2]string
	for i := range outputs {
		var out, errs bytes.Buffer
		file := filepath.Join(t.TempDir(), "plot.svg")
		args := []string{"--seeds", "1", "--first", "900", "--past", "3", "--days", "1", "--svg", file}
		if code := run(args, &out, &errs); code > 1 {
			t.Fatalf("exit %d: %s", code, errs.String())
		}
		svg, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		outputs[i], plots[i] = out.String(), string(svg)
	}
	if outputs[0] != outputs[1] || plots[0] != plots[1] {
		t.Error("the same seeds gave a different table or plot")
	}
	for _, s := range scenarios() {
		if !strings.Contains(outputs[0], "\n"+s.Name+": ") || !strings.Contains(plots[0], s.Name) {
			t.Errorf("%s is missing", s.Name)
		}
	}
	for d := xml.NewDecoder(strings.NewReader(plots[0])); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the plot is not XML: %v", err)
		}
	}
}

func TestRun_RefusesInvalidFlags(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--seeds", "0"}, {"--scenario", "no such"}, {"--nothing"}, {"--days", "100000"}} {
		if code := run(args, io.Discard, io.Discard); code != 2 {
			t.Errorf("%q: exit %d, want 2", args, code)
		}
	}
}

// TestMeasure_KeepsLooseLimits checks a small run against limits that allow for
// chance. The command checks the full size.
func TestMeasure_KeepsLooseLimits(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			var all []*outcome
			for seed := range uint64(2) {
				all = append(all, measure(s, 500+seed, 10, 2))
			}
			r := summarise(s, all)
			for moment := range moments {
				if x := r.Ratio[moment].Oracle; x > 1.6 {
					t.Errorf("%s: the error is %.2f × the oracle's", momentName(moment), x)
				}
				if c := r.Rows[moment][ours].Coverage; c < 0.6 || c > 0.97 {
					t.Errorf("%s: the range covers %.2f", momentName(moment), c)
				}
				if b := r.Rows[moment][ours].Bias; b < -8 || b > 8 {
					t.Errorf("%s: the bias is %.1f min", momentName(moment), b)
				}
			}
			if x := r.Ratio[atIssue].Average; x > 0.7 {
				t.Errorf("the error is %.2f × the average of today's", x)
			}
		})
	}
}

func TestBroken_ReportsEachLimit(t *testing.T) {
	t.Parallel()
	r := result{scenario: scenario{Name: "somewhere"}}
	for i := range travels {
		r.Timing[i].Of[byRule].N = 1000
	}
	for moment := range moments {
		r.Rows[moment][ours] = row{N: 1, Coverage: 0.8}
	}
	if got := r.violations(); len(got) != 0 {
		t.Errorf("violations %q, want none", got)
	}
	r.Ratio[atIssue].Oracle, r.Ratio[atIssue].Average = 1.3, 0.4
	r.Rows[at5][ours].Bias, r.Rows[at3][ours].Coverage, r.Rows[at3][ours].Bias = -1.2, 0.9, 1
	if got := r.violations(); len(got) != 4 {
		t.Errorf("violations %q, want four", got)
	}
	r.Exemption = "a reason"
	if got := r.violations(); len(got) != 3 {
		t.Errorf("with an exemption, violations %q, want three", got)
	}
	r.Rows[at5][ours] = row{}
	if got := r.violations(); !strings.Contains(strings.Join(got, "\n"), "no estimates were measured") {
		t.Errorf("without live estimates, violations %q", got)
	}
}

// TestNotices_KeepTheirLimits checks a small run of every scenario against the limits of
// the command. Its seeds are fixed.
func TestNotices_KeepTheirLimits(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
		if s.Booking != nil {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			var all []*outcome
			for seed := range uint64(6) {
				all = append(all, measure(s, 1+seed, 8, 8))
			}
			r := result{scenario: s, Timing: timingOf(all)}
			r.Timing[3].Of[atBest].Early += 3 * time.Minute // for chance
			for _, v := range r.untimely() {
				t.Error(v)
			}
			for i, travel := range travels {
				x := r.Timing[i].Of
				if x[byOracle].Early != 0 || x[byOracle].Late > x[byRule].Late {
					t.Errorf("the oracle's figures for %v are %+v", travel, x[byOracle])
				}
			}
			if x := r.Timing[3].Of; x[atFive].Late < 3*x[byRule].Late {
				t.Errorf("at 30 min, five ahead is late at %.2f of calls, and the rule at %.2f", x[atFive].Late, x[byRule].Late)
			}
		})
	}
}

func TestUntimely_ReportsEachLimit(t *testing.T) {
	t.Parallel()
	r := result{scenario: scenario{Name: "somewhere"}}
	if got := r.untimely(); len(got) != 1 || !strings.Contains(got[0], "no notices") {
		t.Errorf("without notices: %q", got)
	}
	for i := range travels {
		r.Timing[i].Of[byRule] = approach.Figures{N: fewestTrips, Late: 0.12, Early: 15 * time.Minute}
		r.Timing[i].Of[atBest], r.Timing[i].Best = approach.Figures{N: fewestTrips, Early: 15 * time.Minute}, 8
	}
	if got := r.untimely(); len(got) != 0 {
		t.Errorf("violations %q, want none", got)
	}
	r.Timing[1].Of[byRule].Late = 0.13
	r.Timing[3].Of[byRule].Early = 16 * time.Minute
	r.Timing[4].Of[byRule].Early = 16 * time.Minute
	if got := r.untimely(); len(got) != 2 {
		t.Errorf("violations %q, want those of 10 and of 30 min", got)
	}
	r.Timing[1].Of[byRule].N--
	if got := r.untimely(); len(got) != 1 {
		t.Errorf("violations %q, want that of 30 min", got)
	}
}

// TestJourney_LeavesAtTheNotice computes the case of one patient without the simulation.
func TestJourney_LeavesAtTheNotice(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	j := &journey{issued: at(0), ahead: 8}
	for _, look := range []struct {
		at, low time.Duration
		ahead   int
		figure  time.Duration
	}{{0, 35, 8, 40}, {5, 30, 7, 35}, {10, 25, 6, 30}, {20, 20, 5, 25}, {25, 10, 4, 20}, {40, 0, 0, 0}} {
		low := look.low * minute
		j.look(approach.Ticket{Now: at(look.at * minute), Waiting: true, Ahead: look.ahead, Low: low, High: low + 15*minute}, look.figure*minute)
	}
	j.called = at(42 * minute)
	const twenty = 2
	for sender, want := range [senders]time.Duration{
		byRule: 20*minute + settle, byTime: 20*minute + settle, atFive: 20*minute + settle, atBest: 10*minute + settle,
		byStep: 25*minute + settle, byOracle: 22 * minute,
	} {
		number := comeAt
		if sender == atBest {
			number = 6
		}
		if got := j.trip(twenty, sender, number).Sent; !got.Equal(at(want)) {
			t.Errorf("%s: sent at %v, want %v", senderName(sender), got.Sub(epoch()), want)
		}
	}
	if away := j.away; away != [len(travels)]bool{true, true, true, true, false, false} {
		t.Errorf("away are %v: those of 45 min and more have to leave at once", away)
	}
}

// TestDay_EveryPatientIsServedOnce simulates days of every scenario. Each
// patient that was not refused, lost or cancelled is served once, and each room
// serves one at a time.
func TestDay_EveryPatientIsServedOnce(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
		rng := rand.New(rand.NewPCG(77, 1))
		for range 20 {
			p := s.draw(rng)
			d := newDay(s, p)
			d.play()
			y := d.tally
			firsts, again, urgent := 0, 0, 0
			for _, v := range d.finished {
				switch v.Kind {
				case estimate.ExamKind(service):
					again++
				case estimate.UrgentKind(service):
					urgent++
				default:
					firsts++
				}
			}
			if want := y.Calls - y.Absent + y.Returned; firsts != want || again != len(y.Out) || urgent != y.Urgent {
				t.Fatalf("%s: %d visits, %d after exams and %d urgent, of %+v", s.Name, firsts, again, urgent, y)
			}
			if len(d.line) != 0 || len(d.away) != y.Absent-y.Returned {
				t.Fatalf("%s: %d still wait, %d are away", s.Name, len(d.line), len(d.away))
			}
			busy := map[string]time.Duration{}
			for _, v := range d.finished {
				busy[v.Room] += v.Took
			}
			for room, took := range busy {
				if took > d.ended {
					t.Fatalf("%s: room %s saw %v of patients in %v", s.Name, room, took, d.ended)
				}
			}
		}
	}
}

// TestDay_CallsFollowTheSlots simulates days of slots. Each call is of the first slot with
// somebody waiting, and not before the reach.
func TestDay_CallsFollowTheSlots(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
		if s.Booking == nil {
			continue
		}
		rng := rand.New(rand.NewPCG(78, 1))
		for range 20 {
			d := newDay(s, s.draw(rng))
			arrived := 0
			d.issued = func(*patient) { arrived++ }
			d.called = func(p *patient) {
				if d.now < p.slot-s.Booking.Reach {
					t.Fatalf("%s: a patient of %v was called at %v", s.Name, p.slot, d.now)
				}
				for _, q := range d.line {
					if q.slot < p.slot {
						t.Fatalf("%s: a patient of %v was called before one of %v", s.Name, p.slot, q.slot)
					}
				}
			}
			d.play()
			y := d.tally
			if arrived != len(y.Came)+y.Walkin || y.Booked != y.NoShow+len(y.Came) || len(d.expected) != y.NoShow || y.Walkin == 0 || y.Walkin > 6 {
				t.Fatalf("%s: %d arrived, %d are expected yet, of %+v", s.Name, arrived, len(d.expected), y)
			}
		}
	}
}

func TestDistribution_HasItsMeanAndVariation(t *testing.T) {
	t.Parallel()
	for _, l := range []distribution{{Minutes: 8, CV: 0.6}, {Minutes: 8, CV: 0.6, Gamma: true}} {
		rng := rand.New(rand.NewPCG(5, 5))
		const n = 100_000
		sum, squares := 0.0, 0.0
		for range n {
			x := l.draw(rng) / 60
			sum += x
			squares += x * x
		}
		mean := sum / n
		cv2 := squares/n/mean/mean - 1
		if mean < 7.9 || mean > 8.1 || cv2 < 0.33 || cv2 > 0.39 {
			t.Errorf("%+v: mean %.2f, squared variation %.3f", l, mean, cv2)
		}
	}
}

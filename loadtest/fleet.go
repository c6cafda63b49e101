package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/rpc"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// fleet is many watchers of one topic, in as many processes as they need. Its
// calls go to all of them at the same time; one after another, please.
type fleet struct {
	n     int
	crews []*crewProcess
}

// crewProcess is a child that runs serveCrew.
type crewProcess struct {
	cmd  *exec.Cmd
	conn *rpc.Client
}

// openFleet starts the watchers and returns when each has its first state.
func openFleet(ctx context.Context, s *stage, o Order) (*fleet, error) {
	f := &fleet{n: o.N}
	for first := 0; first < o.N; first += crewMost {
		c, err := startCrew(ctx, s.clientCPU)
		if err != nil {
			f.close()
			return nil, err
		}
		f.crews = append(f.crews, c)
	}
	o.Abreast = max(1, 64/len(f.crews))
	share := (o.N + len(f.crews) - 1) / len(f.crews)
	_, err := each(f, "Open", func(i int) Order {
		mine := o
		mine.First = o.First + i*share
		mine.N = min(share, o.N-i*share)
		return mine
	}, None{})
	if err == nil {
		_, err = f.wait(5 * time.Minute)
	}
	if err != nil {
		f.close()
		return nil, fmt.Errorf("opening %d watchers: %w", o.N, err)
	}
	return f, nil
}

// startCrew runs this program again. The child ends with its input, which is
// ours: it cannot outlive us.
func startCrew(ctx context.Context, cpu string) (*crewProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	argv := pinned(cpu, self, crewCommand)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &crewProcess{cmd, rpc.NewClient(pipes{io.NopCloser(out), in})}, nil
}

// each calls all crews at the same time and returns their answers. The last
// parameter only names the type of an answer.
func each[A, R any](f *fleet, method string, args func(i int) A, _ R) ([]R, error) {
	answers, errs := make([]R, len(f.crews)), make([]error, len(f.crews))
	var calls sync.WaitGroup
	for i, c := range f.crews {
		calls.Go(func() { errs[i] = c.conn.Call("Crew."+method, args(i), &answers[i]) })
	}
	calls.Wait()
	return answers, errors.Join(errs...)
}

func same[A any](a A) func(int) A { return func(int) A { return a } }

func (f *fleet) aim(g Goal) error {
	_, err := each(f, "Aim", same(g), None{})
	return err
}

// wait returns when each watcher reached the goal, in order of time.
func (f *fleet) wait(atMost time.Duration) ([]time.Time, error) {
	at, err := each(f, "Wait", same(atMost), []int64(nil))
	return times(at), err
}

func times(at [][]int64) []time.Time {
	all := slices.Concat(at...)
	slices.Sort(all)
	out := make([]time.Time, len(all))
	for i, ns := range all {
		out[i] = time.Unix(0, ns)
	}
	return out
}

// late returns how long after the moment that its last goodbye named each
// watcher reached the goal, which all have.
func (f *fleet) late() (durations, error) {
	parts, err := each(f, "Late", same(None{}), []int64(nil))
	var all durations
	for _, ns := range slices.Concat(parts...) {
		all = append(all, time.Duration(ns))
	}
	return all, err
}

// wake has stalled watchers read.
func (f *fleet) wake() error {
	_, err := each(f, "Wake", same(None{}), None{})
	return err
}

// cpu is the processor time that the watchers' processes have used.
func (f *fleet) cpu() (cpu, error) {
	var sum cpu
	for _, c := range f.crews {
		used, err := cpuOf(c.cmd.Process.Pid)
		if err != nil {
			return sum, err
		}
		sum.user += used.user
		sum.system += used.system
	}
	return sum, nil
}

// lose cuts the network of a share of the watchers.
func (f *fleet) lose(c Cut) error {
	_, err := each(f, "Lose", same(c), None{})
	return err
}

// count adds up what all counted.
func (f *fleet) count() (Tally, error) {
	counts, err := each(f, "Count", same(None{}), Tally{})
	sum := Tally{Closes: map[uint16]int{}, LeastFrames: counts[0].LeastFrames}
	for _, t := range counts {
		sum.Frames += t.Frames
		sum.Bytes += t.Bytes
		sum.Pulses += t.Pulses
		sum.Stale += t.Stale
		sum.Byes += t.Byes
		sum.Stayed += t.Stayed
		sum.Refused += t.Refused
		sum.MostFrames = max(sum.MostFrames, t.MostFrames)
		sum.LeastFrames = min(sum.LeastFrames, t.LeastFrames)
		for code, n := range t.Closes {
			sum.Closes[code] += n
		}
	}
	return sum, err
}

// views counts what the watchers see.
func (f *fleet) views() (map[View]int, error) {
	parts, err := each(f, "Views", same(None{}), map[View]int(nil))
	sum := map[View]int{}
	for _, part := range parts {
		for v, n := range maps.All(part) {
			sum[v] += n
		}
	}
	return sum, err
}

// close sends everybody home and returns when the processes have ended.
func (f *fleet) close() {
	var ends sync.WaitGroup
	for _, c := range f.crews {
		ends.Go(func() {
			_ = c.conn.Close() // its input ends, and so does it
			late := time.AfterFunc(patience, func() { _ = c.cmd.Process.Kill() })
			defer late.Stop()
			_ = c.cmd.Wait()
		})
	}
	ends.Wait()
}

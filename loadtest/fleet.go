package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// maxHandshakes limits the concurrent handshakes while connections are opened.
const maxHandshakes = 64

// fleet is the watchers of one topic in their worker processes. Each call goes to
// all processes at the same time. A fleet is not safe for concurrent use.
type fleet struct {
	size    int // number of watchers
	workers []*workerProcess
}

// workerProcess is a child process that runs serveWorker.
type workerProcess struct {
	cmd  *exec.Cmd
	conn *rpc.Client
}

// openFleet starts the watchers and returns when each has its first state. The
// worker processes run on the processors that cpu names, or on any.
func openFleet(ctx context.Context, cpu string, request WatchRequest) (*fleet, error) {
	f := &fleet{size: request.Count}
	for first := 0; first < request.Count; first += watchersPerWorker {
		p, err := startWorker(ctx, cpu)
		if err != nil {
			f.close()
			return nil, err
		}
		f.workers = append(f.workers, p)
	}
	request.Handshakes = max(1, maxHandshakes/len(f.workers))
	share := (request.Count + len(f.workers) - 1) / len(f.workers)
	_, err := callAll[None](f, "Open", func(i int) any {
		part := request
		part.FirstID = request.FirstID + i*share
		part.Count = min(share, request.Count-i*share)
		return part
	})
	if err == nil {
		_, err = f.wait(5 * time.Minute)
	}
	if err != nil {
		f.close()
		return nil, fmt.Errorf("opening %d watchers: %w", request.Count, err)
	}
	return f, nil
}

// startWorker runs this program as a worker process. The process ends when its
// input ends, and so not later than this one.
func startWorker(ctx context.Context, cpu string) (*workerProcess, error) {
	cmd, in, out, err := startSelf(ctx, cpu, workerCommand)
	if err != nil {
		return nil, err
	}
	return &workerProcess{cmd, rpc.NewClient(pipes{io.NopCloser(out), in})}, nil
}

// startSelf runs a command of this program in another process, on the given processors.
func startSelf(ctx context.Context, cpu, command string) (cmd *exec.Cmd, in io.WriteCloser, out io.Reader, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, nil, err
	}
	argv := pinnedCommand(cpu, self, command)
	cmd = exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stderr = os.Stderr
	if in, err = cmd.StdinPipe(); err != nil {
		return nil, nil, nil, err
	}
	if out, err = cmd.StdoutPipe(); err != nil {
		return nil, nil, nil, err
	}
	return cmd, in, out, cmd.Start()
}

// callAll calls a method of all workers at the same time. It returns their
// replies in the order of the workers.
func callAll[R any](f *fleet, method string, args func(i int) any) ([]R, error) {
	replies, errs := make([]R, len(f.workers)), make([]error, len(f.workers))
	var calls sync.WaitGroup
	for i, p := range f.workers {
		calls.Go(func() { errs[i] = p.conn.Call("Worker."+method, args(i), &replies[i]) })
	}
	calls.Wait()
	return replies, errors.Join(errs...)
}

// call is callAll with the same argument for all workers.
func call[R any](f *fleet, method string, arg any) ([]R, error) {
	return callAll[R](f, method, func(int) any { return arg })
}

// do is call without a reply.
func (f *fleet) do(method string, arg any) error {
	_, err := call[None](f, method, arg)
	return err
}

// setGoal sets the goal that wait waits for.
func (f *fleet) setGoal(g Goal) error { return f.do("SetGoal", g) }

// disconnect closes the connections of some watchers, which then reconnect.
func (f *fleet) disconnect(o Outage) error { return f.do("Disconnect", o) }

// resume makes stalled watchers read. It must be called once at most.
func (f *fleet) resume() error { return f.do("Resume", None{}) }

// wait waits until every watcher has reached the goal. It returns the sorted
// times at which they did.
func (f *fleet) wait(timeout time.Duration) ([]time.Time, error) {
	parts, err := call[[]int64](f, "Wait", timeout)
	reached := slices.Concat(parts...)
	slices.Sort(reached)
	times := make([]time.Time, len(reached))
	for i, ns := range reached {
		times[i] = time.Unix(0, ns)
	}
	return times, err
}

// reconnectDelays returns the delay of every watcher that has reached the goal,
// counted from the time in its last goodbye.
func (f *fleet) reconnectDelays() (durations, error) {
	parts, err := call[[]time.Duration](f, "ReconnectDelays", None{})
	return slices.Concat(parts...), err
}

// cpu returns the processor time of the worker processes.
func (f *fleet) cpu() (cpuTime, error) {
	var sum cpuTime
	for _, p := range f.workers {
		used, err := processCPU(p.cmd.Process.Pid)
		if err != nil {
			return sum, err
		}
		sum.user += used.user
		sum.system += used.system
	}
	return sum, nil
}

// tally returns the sums over all workers.
func (f *fleet) tally() (Tally, error) {
	tallies, err := call[Tally](f, "Count", None{})
	sum := Tally{Closes: map[uint16]int{}, MinFrames: tallies[0].MinFrames}
	for _, t := range tallies {
		sum.Frames += t.Frames
		sum.Bytes += t.Bytes
		sum.MaxFrames = max(sum.MaxFrames, t.MaxFrames)
		sum.MinFrames = min(sum.MinFrames, t.MinFrames)
		sum.Pulses += t.Pulses
		sum.Stale += t.Stale
		sum.Goodbyes += t.Goodbyes
		sum.AwaitedClose += t.AwaitedClose
		sum.RefusedHandshakes += t.RefusedHandshakes
		for code, n := range t.Closes {
			sum.Closes[code] += n
		}
	}
	return sum, err
}

// views counts the watchers by the board that they show.
func (f *fleet) views() (map[View]int, error) {
	parts, err := call[map[View]int](f, "Views", None{})
	sum := map[View]int{}
	for _, part := range parts {
		for v, n := range part {
			sum[v] += n
		}
	}
	return sum, err
}

// close ends the watchers and returns when the worker processes have ended.
func (f *fleet) close() {
	var ends sync.WaitGroup
	for _, p := range f.workers {
		ends.Go(func() {
			_ = p.conn.Close() // closes the input of the process, which ends it
			kill := time.AfterFunc(operationTimeout, func() { _ = p.cmd.Process.Kill() })
			defer kill.Stop()
			_ = p.cmd.Wait()
		})
	}
	ends.Wait()
}

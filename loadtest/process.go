package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// errUnknown says that a figure of the server cannot be seen from here.
var errUnknown = errors.New("not visible from outside")

// cpu is processor time that a process has used.
type cpu struct{ user, system time.Duration }

func (c cpu) minus(o cpu) cpu { return cpu{c.user - o.user, c.system - o.system} }

// clockTick is the unit of /proc/<pid>/stat: USER_HZ, 100 on every Linux.
const clockTick = 10 * time.Millisecond

// cpuOf reads the processor time of a process.
func cpuOf(pid int) (cpu, error) {
	if pid == 0 || runtime.GOOS != "linux" {
		return cpu{}, errUnknown
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return cpu{}, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name may hold spaces
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return cpu{}, fmt.Errorf("/proc/%d/stat: %d fields", pid, len(fields))
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return cpu{time.Duration(user) * clockTick, time.Duration(system) * clockTick}, errors.Join(err1, err2)
}

// residentOf reads the resident memory of a process in bytes.
func residentOf(pid int) (float64, error) {
	if pid == 0 || runtime.GOOS != "linux" {
		return 0, errUnknown
	}
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kb * 1024, err
		}
	}
	return 0, fmt.Errorf("/proc/%d/status has no VmRSS", pid)
}

// metrics reads the server's metrics by name; of those with labels, the sum.
func (s *stage) metrics(ctx context.Context) (map[string]float64, error) {
	resp, err := s.ask(ctx, "/metrics")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	sums := map[string]float64{}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		name, value, ok := cutLast(lines.Text(), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		name, _, _ = strings.Cut(name, "{")
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return nil, fmt.Errorf("metric %s: %w", name, err)
		}
		sums[name] += v
	}
	return sums, lines.Err()
}

// settle has the server collect its garbage, and gives its memory a moment to
// go back to the system.
func (s *stage) settle(ctx context.Context) error {
	for range 3 {
		resp, err := s.ask(ctx, "/debug/pprof/heap?gc=1")
		if err != nil {
			return err
		}
		resp.Body.Close()
		if !sleep(ctx, 300*time.Millisecond) {
			return ctx.Err()
		}
	}
	return nil
}

// ask reads from the operator's listener.
func (s *stage) ask(ctx context.Context, path string) (*http.Response, error) {
	if s.ops == "" {
		return nil, errUnknown
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.ops+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := s.operator.Do(r)
	if err == nil && resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		err = fmt.Errorf("GET %s: %s", path, resp.Status)
	}
	return resp, err
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

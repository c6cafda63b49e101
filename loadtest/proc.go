package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// cpuTime is the processor time that a process has used.
type cpuTime struct{ user, system time.Duration }

func (c cpuTime) sub(o cpuTime) cpuTime { return cpuTime{c.user - o.user, c.system - o.system} }

// clockTick is the unit of /proc/<pid>/stat: USER_HZ, 100 on every Linux.
const clockTick = 10 * time.Millisecond

// processCPU reads the processor time of a process. It returns errUnavailable
// for pid 0 and on systems other than Linux.
func processCPU(pid int) (cpuTime, error) {
	if pid == 0 || runtime.GOOS != "linux" {
		return cpuTime{}, errUnavailable
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return cpuTime{}, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name may hold spaces
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return cpuTime{}, fmt.Errorf("/proc/%d/stat: %d fields", pid, len(fields))
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return cpuTime{time.Duration(user) * clockTick, time.Duration(system) * clockTick}, errors.Join(err1, err2)
}

// processResident reads the resident memory of a process in bytes. It returns
// errUnavailable for pid 0 and on systems other than Linux.
func processResident(pid int) (float64, error) {
	if pid == 0 || runtime.GOOS != "linux" {
		return 0, errUnavailable
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

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// clockTick is the unit of CPU times in /proc, which is the same on every Linux.
const clockTick = 10 * time.Millisecond

// cost is what processes have used of the machine so far.
type cost struct {
	user, system time.Duration // CPU
	resident     int           // bytes
}

func (c cost) plus(o cost) cost {
	return cost{c.user + o.user, c.system + o.system, c.resident + o.resident}
}

// processCosts returns the costs of a process and its descendants, by the name of
// the program.
func processCosts(pid int) (map[string]cost, error) {
	all, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	type process struct {
		name string
		cost cost
	}
	processes := map[int]process{}
	children := map[int][]int{}
	for _, entry := range all {
		id, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		if err != nil {
			continue // the process has ended
		}
		name, parent, c, err := parseStat(text)
		if err != nil {
			return nil, fmt.Errorf("/proc/%d/stat: %w", id, err)
		}
		processes[id] = process{name, c}
		children[parent] = append(children[parent], id)
	}
	if _, ok := processes[pid]; !ok {
		return nil, errors.New("the server has ended")
	}
	sums := map[string]cost{}
	for pending := []int{pid}; len(pending) > 0; pending = pending[1:] {
		p := processes[pending[0]]
		sums[p.name] = sums[p.name].plus(p.cost)
		pending = append(pending, children[pending[0]]...)
	}
	return sums, nil
}

func totalCost(costs map[string]cost) cost {
	var all cost
	for _, c := range costs {
		all = all.plus(c)
	}
	return all
}

// parseStat parses /proc/PID/stat. The name is in parentheses and may hold any
// character. The fields after it have the numbers from 3 on in proc(5).
func parseStat(text []byte) (name string, parent int, c cost, err error) {
	open, shut := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || shut < open {
		return "", 0, cost{}, errors.New("no name")
	}
	fields := strings.Fields(string(text[shut+1:]))
	var n [4]int
	for i, at := range []int{4, 14, 15, 24} { // ppid, utime, stime, rss
		if at-3 >= len(fields) {
			return "", 0, cost{}, errors.New("too short")
		}
		if n[i], err = strconv.Atoi(fields[at-3]); err != nil {
			return "", 0, cost{}, err
		}
	}
	return string(text[open+1 : shut]), n[0], cost{time.Duration(n[1]) * clockTick, time.Duration(n[2]) * clockTick, n[3] * os.Getpagesize()}, nil
}

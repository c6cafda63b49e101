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

// tick is the unit of CPU times in /proc, the same on every Linux.
const tick = 10 * time.Millisecond

// cost is what processes have taken of the machine so far.
type cost struct {
	user, system time.Duration // CPU
	resident     int           // bytes
}

func (c cost) plus(o cost) cost {
	return cost{c.user + o.user, c.system + o.system, c.resident + o.resident}
}

// costs tells what a process and its descendants took, by the program's name.
func costs(pid int) (map[string]cost, error) {
	all, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	type one struct {
		name string
		cost cost
	}
	known := map[int]one{}
	children := map[int][]int{}
	for _, entry := range all {
		id, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile("/proc/" + entry.Name() + "/stat")
		if err != nil {
			continue // it has ended
		}
		name, parent, c, err := parseStat(text)
		if err != nil {
			return nil, fmt.Errorf("/proc/%d/stat: %w", id, err)
		}
		known[id] = one{name, c}
		children[parent] = append(children[parent], id)
	}
	if _, ok := known[pid]; !ok {
		return nil, errors.New("the server has ended")
	}
	sums := map[string]cost{}
	for family := []int{pid}; len(family) > 0; family = family[1:] {
		p := known[family[0]]
		sums[p.name] = sums[p.name].plus(p.cost)
		family = append(family, children[family[0]]...)
	}
	return sums, nil
}

func sum(costs map[string]cost) cost {
	var all cost
	for _, c := range costs {
		all = all.plus(c)
	}
	return all
}

// parseStat reads /proc/PID/stat. The name stands in parentheses and may hold
// anything; the fields after it are counted from 3 in proc(5).
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
	return string(text[open+1 : shut]), n[0], cost{time.Duration(n[1]) * tick, time.Duration(n[2]) * tick, n[3] * os.Getpagesize()}, nil
}

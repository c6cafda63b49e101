package main

import (
	"flag"
	"fmt"
	"strconv"
	"time"
)

// countFlag is a flag.Value for a number from 1 to max.
type countFlag struct {
	n   *int
	max int
}

// countVar registers a countFlag.
func countVar(fs *flag.FlagSet, n *int, name string, value, most int, about string) {
	*n = value
	fs.Var(countFlag{n, most}, name, fmt.Sprintf("%s, at most %d", about, most))
}

// watchersVar registers the number of watchers of a scenario.
func watchersVar(fs *flag.FlagSet, n *int, value, most int) {
	countVar(fs, n, "watchers", value, most, "sockets that watch the board")
}

// String formats the number.
func (c countFlag) String() string {
	if c.n == nil {
		return ""
	}
	return strconv.Itoa(*c.n)
}

// Set parses a number and refuses one out of bounds.
func (c countFlag) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > c.max {
		return fmt.Errorf("the value must be from 1 to %d", c.max)
	}
	*c.n = n
	return nil
}

// durationFlag is a flag.Value for a duration from 0 to max.
type durationFlag struct {
	d   *time.Duration
	max time.Duration
}

// durationVar registers a durationFlag.
func durationVar(fs *flag.FlagSet, d *time.Duration, name string, value, most time.Duration, about string) {
	*d = value
	fs.Var(durationFlag{d, most}, name, fmt.Sprintf("%s, at most %v", about, most))
}

// String formats the duration.
func (f durationFlag) String() string {
	if f.d == nil {
		return ""
	}
	return f.d.String()
}

// Set parses a duration and refuses one out of bounds.
func (f durationFlag) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > f.max {
		return fmt.Errorf("the value must be from 0s to %v", f.max)
	}
	*f.d = d
	return nil
}

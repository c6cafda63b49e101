package main

import (
	"cmp"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// countVar registers a flag for a number from 1 to most.
func countVar(fs *flag.FlagSet, n *int, name string, value, most int, about string) {
	boundedVar(fs, n, name, value, 1, most, strconv.Atoi, about)
}

// countsVar registers a flag for a list of different numbers from 1 to most.
func countsVar(fs *flag.FlagSet, list *[]int, name string, value []int, most int, about string) {
	*list = value
	text := func(list []int) string { return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ","), "[]") }
	fs.Func(name, fmt.Sprintf("%s, at most %d (default %s)", about, most, text(value)), func(s string) error {
		var values []int
		for part := range strings.SplitSeq(s, ",") {
			v, err := strconv.Atoi(part)
			if err != nil || v < 1 || v > most || slices.Contains(values, v) {
				return fmt.Errorf("the values must be different, and from 1 to %d", most)
			}
			values = append(values, v)
		}
		*list = values
		return nil
	})
}

// durationVar registers a flag for a duration from 0 to most.
func durationVar(fs *flag.FlagSet, d *time.Duration, name string, value, most time.Duration, about string) {
	boundedVar(fs, d, name, value, 0, most, time.ParseDuration, about)
}

// watchersVar registers the number of watchers of a scenario.
func watchersVar(fs *flag.FlagSet, n *int, value, most int) {
	countVar(fs, n, "watchers", value, most, "sockets that watch the board")
}

// boundedVar sets *p to value and registers a flag that accepts least to most.
func boundedVar[T cmp.Ordered](fs *flag.FlagSet, p *T, name string, value, least, most T, parse func(string) (T, error), about string) {
	*p = value
	fs.Func(name, fmt.Sprintf("%s, at most %v (default %v)", about, most, value), func(s string) error {
		v, err := parse(s)
		if err != nil || v < least || v > most {
			return fmt.Errorf("the value must be from %v to %v", least, most)
		}
		*p = v
		return nil
	})
}

package main

import (
	"cmp"
	"flag"
	"fmt"
	"strconv"
	"time"
)

// countVar registers a flag for a number from 1 to most.
func countVar(fs *flag.FlagSet, n *int, name string, value, most int, about string) {
	boundedVar(fs, n, name, value, 1, most, strconv.Atoi, about)
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

//go:build unix

package main

import (
	"math"
	"syscall"
)

// openFiles returns how many files and sockets this process may open. Package
// os has already raised the soft limit to the hard limit.
func openFiles() int {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil || uint64(l.Cur) > math.MaxInt32 {
		return math.MaxInt32
	}
	return int(l.Cur)
}

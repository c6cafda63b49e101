//go:build unix

package main

import (
	"math"
	"syscall"
)

// openFiles is how many files and sockets this process may have open. The os
// package has raised the soft limit to the hard one.
func openFiles() int {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil || uint64(l.Cur) > math.MaxInt32 {
		return math.MaxInt32
	}
	return int(l.Cur)
}

//go:build unix

package hub

import "syscall"

// processorTime returns what this process has used, in nanoseconds.
func processorTime() (user, system int64) {
	var use syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &use) // cannot fail with these arguments
	return use.Utime.Nano(), use.Stime.Nano()
}

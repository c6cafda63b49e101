package main

import (
	"errors"
	"os/exec"
	"syscall"
	"time"
	"unsafe"
)

// terminateSignal asks a process to end.
const terminateSignal = syscall.SIGTERM

// terminateWithParent makes the kernel terminate the child if this process ends.
func terminateWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}

// setSmallReceiveBuffer limits the socket's buffer before it connects. A client
// that does not read then stalls after a few frames.
func setSmallReceiveBuffer(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 8<<10)
	})
	return errors.Join(err, failed)
}

// pinnedCommand returns the command line that runs a program on the given
// processors, such as "0" or "1-3". An empty string allows all.
func pinnedCommand(cpu string, argv ...string) []string {
	if cpu == "" {
		return argv
	}
	return append([]string{"taskset", "-c", cpu}, argv...)
}

// processorClock reads the processor time of a process, user and system together,
// to the nanosecond. It is the sum that /proc/<pid>/stat has in ticks of 10 ms.
func processorClock(pid int) (time.Duration, error) {
	clock := int32(^pid<<3 | 2) // CPUCLOCK_SCHED of the process, linux/posix-timers_types.h
	var t syscall.Timespec
	if _, _, errno := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, uintptr(clock), uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		return 0, errno
	}
	return time.Duration(t.Nano()), nil
}

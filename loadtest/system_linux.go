package main

import (
	"errors"
	"os/exec"
	"syscall"
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

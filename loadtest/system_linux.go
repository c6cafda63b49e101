package main

import (
	"errors"
	"os/exec"
	"syscall"
)

const terminate = syscall.SIGTERM

// dieWithParent has the kernel end the child, kindly, when we are killed.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
}

// keepLittle gives a socket a small receive buffer before it connects, so that
// a client that does not read stalls after a few frames.
func keepLittle(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 8<<10)
	})
	return errors.Join(err, failed)
}

// pinned returns the command line that runs a program on some processors only,
// such as "0" or "1-3"; "" is any.
func pinned(cpu string, argv ...string) []string {
	if cpu == "" {
		return argv
	}
	return append([]string{"taskset", "-c", cpu}, argv...)
}

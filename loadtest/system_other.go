//go:build !linux

package main

import (
	"os"
	"os/exec"
	"syscall"
	"time"
)

// terminateSignal asks a process to end.
var terminateSignal = os.Interrupt

// terminateWithParent does nothing, as it needs Linux.
func terminateWithParent(*exec.Cmd) {}

// setSmallReceiveBuffer does nothing, as it needs Linux.
func setSmallReceiveBuffer(_, _ string, _ syscall.RawConn) error { return nil }

// pinnedCommand returns the command line unchanged, as pinning needs Linux.
func pinnedCommand(_ string, argv ...string) []string { return argv }

// processorClock returns errUnavailable, as it needs Linux.
func processorClock(int) (time.Duration, error) { return 0, errUnavailable }

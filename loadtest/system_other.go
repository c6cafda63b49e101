//go:build !linux

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// terminate is what every system knows; few but Linux are measured on.
var terminate = os.Interrupt

// dieWithParent does nothing: only Linux can.
func dieWithParent(*exec.Cmd) {}

// keepLittle leaves the socket as it is.
func keepLittle(_, _ string, _ syscall.RawConn) error { return nil }

// pinned returns the command line as it is: only Linux pins.
func pinned(_ string, argv ...string) []string { return argv }

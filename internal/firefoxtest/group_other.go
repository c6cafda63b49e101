//go:build !unix

package firefoxtest

import "os/exec"

// inOwnGroup does nothing: the end of a browser ends its processes.
func inOwnGroup(*exec.Cmd) {}
